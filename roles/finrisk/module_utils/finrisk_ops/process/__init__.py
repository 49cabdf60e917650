"""This machine as the target of a release: Gunicorn, its files and its settings."""
