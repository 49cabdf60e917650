"""Which request each line of a dataset comes from: ``dataset_rows_<time>.tsv``, one tab-separated line each.

A line has the request's id, the set (``training_set``, ``validation_set``, ``preference_pairs``) and the
number of the line in it, from 1. A row whose id is no UUID was made elsewhere, and leads to no request.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..machine.files import Sink

_REQUEST = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Place:
    """A line of a set, and the request that it comes from."""

    request_id: str
    set_name: str
    line: int


@dataclass
class Places:
    """Writes the places of a dataset's lines, never any text."""

    file: Sink
    lines: Counter[str] = field(default_factory=Counter)

    def add(self, set_name: str, *rows: str | None) -> None:
        """Say from which rows, by their ids, the next line of a set is made."""
        self.lines[set_name] += 1
        for row in rows:
            if row and _REQUEST.fullmatch(row):
                self.file.write(f"{row}\t{set_name}\t{self.lines[set_name]}\n".encode())


def places_of(path: Path, requests: Collection[str]) -> Iterator[Place]:
    """Yield the lines that come from these requests."""
    wanted = {request.encode() for request in requests}
    with path.open("rb") as lines:
        for line in lines:
            if line[:36] in wanted:
                yield _place(line)


def place_at(path: Path, set_name: str, number: int) -> Place | None:
    """Return what is known of a line of a set; None when it comes from no request, or there is no such line.

    Of a preference pair that is the preferred answer's.
    """
    end = f"\t{set_name}\t{number}\n".encode()
    with path.open("rb") as lines:
        return next((_place(line) for line in lines if line.endswith(end)), None)


def _place(line: bytes) -> Place:
    request, set_name, number = line.decode().split("\t")
    return Place(request, set_name, int(number))
