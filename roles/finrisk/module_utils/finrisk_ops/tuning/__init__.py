"""A tuning job: exactly one for a dataset and its parameters."""
