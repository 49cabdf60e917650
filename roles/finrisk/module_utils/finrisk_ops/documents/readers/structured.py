"""JSON, and JSON Lines perhaps compressed: documents that say everything themselves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, cast

from ...text import ENCODING, LOOK, foreign, is_foreign, is_no_utf8
from .reading import UnreadableError, utf8

SUFFIXES = (".json", ".jsonl", ".jsonl.gz")


def read(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield where each value stands, with the value, or with the UnreadableError that is in its place.

    Raises UnreadableError when the file is not UTF-8; OSError and EOFError when it is broken.
    """
    if path.name.lower().endswith(".json"):
        yield from _items(path)
        return
    with _opened(path) as file:
        if encoding := foreign(file.read(LOOK)):
            raise UnreadableError(is_foreign(encoding, path))
        file.seek(0)
        try:
            yield from _lines(str(path), TextIOWrapper(file, encoding=ENCODING))
        except UnicodeDecodeError as error:
            raise UnreadableError(is_no_utf8(error, path)) from None


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb"))


def _items(path: Path) -> Iterator[tuple[str, Any]]:
    text = utf8(path)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield str(path), UnreadableError(f"is not JSON ({error})")
        return
    if isinstance(values, dict) and isinstance(values.get("documents"), list):
        values = values["documents"]
    items = values if isinstance(values, list) else [values]
    yield from ((f"{path} item {number}", value) for number, value in enumerate(items, start=1))


def _lines(name: str, lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield f"{name} line {number}", json.loads(line)
        except (ValueError, RecursionError) as error:
            yield f"{name} line {number}", UnreadableError(f"is not JSON ({error})")
