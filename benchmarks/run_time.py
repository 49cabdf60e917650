"""Imported by a benchmark before all else: it runs on what `make setup` installed."""

from benchmarks import environment

environment.enter(".venv", "psycopg")
