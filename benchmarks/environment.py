"""Where a benchmark runs: in the environment that has its libraries, with every room on the path."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
_ROOMS = ("", "app", "rules", "roles/finrisk/module_utils")


def enter(folder: str, library: str) -> None:
    """Go on in this environment of the repository where Python lacks the library, and find the rooms."""
    python = REPOSITORY / folder / "bin/python"
    if find_spec(library) is None and python.exists() and Path(sys.prefix) != REPOSITORY / folder:
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - what the Makefile made
    sys.path[:0] = [path for room in _ROOMS if (path := str(REPOSITORY / room)) not in sys.path]
