"""From rows of the database to a dataset that can be tuned on."""
