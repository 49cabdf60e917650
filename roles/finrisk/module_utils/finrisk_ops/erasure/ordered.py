"""Finds requests in an export, whose rows are in the order of their ids."""

from __future__ import annotations

import mmap
import re
from collections.abc import Collection
from pathlib import Path

from ..dataset.names import RAW, RAW_METADATA
from . import files

_ID = re.compile(rb'"id": ?"([0-9a-f-]{36})"')
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OPENING = b'{"id":"'
_LENGTH = 36  # of an id


def rows_of(path: Path, requests: Collection[str]) -> int:
    """Return how many of these requests an export holds.

    As export.yml wrote it, it is its own index: a search takes some twenty looks, however large it is. One
    that was edited since is read from end to end.
    """
    wanted = {request.encode() for request in requests}
    if not wanted or not path.stat().st_size:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if _is_as_written(path):
            return sum(_holds(content, request) for request in wanted)
        return len({found[1] for found in _ID.finditer(content) if found[1] in wanted})


def newest(path: Path) -> str:
    """Return the id of the last row of an export, "" where it has none that is a UUID."""
    if not path.stat().st_size:
        return ""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = _ID.search(content, max(content.rfind(_OPENING), 0))
        return found[1].decode() if found and _UUID.fullmatch(found[1]) else ""


def _is_as_written(path: Path) -> bool:
    said = files.content(path.with_name(path.name.replace(RAW, RAW_METADATA, 1)))
    return said.get("file") == path.name and said.get("bytes") == path.stat().st_size


def _holds(content: mmap.mmap, request: bytes) -> bool:
    """Say whether one of the lines, each of which begins with its id, is the request's."""
    low, high = content.find(b"\n") + 1, len(content)
    while low < high:
        start = content.rfind(b"\n", low - 1, (low + high) // 2) + 1
        name = content[start + len(_OPENING) : start + len(_OPENING) + _LENGTH]
        if content[start : start + len(_OPENING)] != _OPENING or name > request:
            high = start
        elif name < request:
            low = content.find(b"\n", start) + 1 or high
        else:
            return True
    return False
