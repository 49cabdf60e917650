"""stub"""

from pathlib import Path

from .reading import Reading

SUFFIXES = (".pdf",)


def read(path: Path) -> Reading:
    raise NotImplementedError
