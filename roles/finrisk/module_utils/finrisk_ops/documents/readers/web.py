"""stub"""

from pathlib import Path

from .reading import Reading

SUFFIXES = (
    ".html",
    ".htm",
    ".xhtml",
)


def read(path: Path) -> Reading:
    raise NotImplementedError
