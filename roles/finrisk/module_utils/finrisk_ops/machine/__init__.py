"""This computer: files, locks, processes, progress."""
