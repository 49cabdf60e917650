"""stub"""

from pathlib import Path

from .reading import Reading

SUFFIXES = (".docx",)


def read(path: Path) -> Reading:
    raise NotImplementedError
