"""What should run, for how many users, and how it gets there."""
