"""``python -m finrisk``."""

from finrisk.cli import main

main()
