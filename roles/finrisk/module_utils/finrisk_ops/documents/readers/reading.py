"""What a reader finds in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import FinriskError
from ...text import ENCODING, LOOK, foreign, is_foreign, is_no_utf8


@dataclass(frozen=True)
class Reading:
    """The text of a file, form feeds between its pages, and what it says of itself.

    ``notes`` hold what an operator should know, as the rest of a sentence about the file.
    """

    text: str
    title: str | None = None
    said: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class UnreadableError(Exception):
    """A file cannot be taken; the message is the rest of a sentence about it."""


@contextmanager
def library(name: str) -> Iterator[None]:
    """Import a library of the extra ``documents`` inside.

    Raises FinriskError that says how to get it when it is missing.
    """
    try:
        yield
    except ImportError as error:
        raise FinriskError(
            f"the Python package {name} is missing, which reads such files: run make setup, or "
            "pip install --require-hashes -r requirements/documents.txt"
        ) from error


def utf8(path: Path) -> str:
    """Return the text of a file; raises UnreadableError, with what turns it, when it is not UTF-8."""
    content = path.read_bytes()
    if encoding := foreign(content[:LOOK]):
        raise UnreadableError(is_foreign(encoding, path))
    try:
        return content.decode(ENCODING)
    except UnicodeDecodeError as error:
        raise UnreadableError(is_no_utf8(error, path)) from None
