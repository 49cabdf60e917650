"""stub"""

from pathlib import Path

from .reading import Reading

SUFFIXES = (".xlsx",)


def read(path: Path) -> Reading:
    raise NotImplementedError
