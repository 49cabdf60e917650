"""A cluster as the target of a release."""
