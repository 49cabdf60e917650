"""Which row each line of a dataset comes from: ``dataset_rows_<time>.tsv``, one tab-separated line each.

A line has the row's id, the set (``training_set``, ``validation_set``, ``preference_pairs``) and the number
of the line in it, from 1. Where a row has no id, or one that may not be shown, its line in the export stands
for it, ``#17``. Only a row whose id is a UUID leads to a request: any other was made elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..machine.files import Sink

_REQUEST = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_request(name: str) -> bool:
    """Whether a row's id is that of a request: a UUID."""
    return _REQUEST.fullmatch(name) is not None


@dataclass(frozen=True)
class Place:
    """A line of a set, and what names the row that it comes from."""

    name: str
    set_name: str
    line: int

    @property
    def is_of_request(self) -> bool:
        """Whether the row has the id of a request."""
        return is_request(self.name)


@dataclass
class Places:
    """Writes the places of a dataset's lines, never any text."""

    file: Sink
    lines: Counter[str] = field(default_factory=Counter)

    def add(self, set_name: str, *rows: str) -> None:
        """Say from which rows, by their names, the next line of a set is made."""
        self.lines[set_name] += 1
        for row in rows:
            self.file.write(f"{row}\t{set_name}\t{self.lines[set_name]}\n".encode())


def places_of(path: Path, requests: Collection[str]) -> Iterator[Place]:
    """Yield the lines that come from these requests."""
    wanted = {request.encode() for request in requests}
    with path.open("rb") as lines:
        for line in lines:
            if line.partition(b"\t")[0] in wanted:
                yield _place(line)


def place_at(path: Path, set_name: str, number: int) -> Place | None:
    """Return what is known of a line of a set; None when there is no such line.

    Of a preference pair that is the preferred answer's.
    """
    end = f"\t{set_name}\t{number}\n".encode()
    with path.open("rb") as lines:
        return next((_place(line) for line in lines if line.endswith(end)), None)


def _place(line: bytes) -> Place:
    name, set_name, number = line.decode().split("\t")
    return Place(name, set_name, int(number))
