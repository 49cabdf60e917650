"""Imported by a benchmark before all else: it runs on what `make lint` installed."""

from benchmarks import environment

environment.enter(".venv-dev", "ansible")
