"""Which rows speak of one document, where none is named: by the sentences that they quote and the filing.

A sentence or table line that several questions and answers hold word for word comes from what they speak of,
unless so many hold it that it is a manner of speaking. Figures make that unlikely, so a line with figures may
be held more often. A question that quotes more than one document at length is left out: its answer says which
of them it is about.
"""

from __future__ import annotations

import re
import tempfile
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import IO

from finrisk_rules.examples import fold

from ..machine.files import naming
from .sketches import words

LONGEST = 1_500
"""Words of a question up to which it is taken to quote one document."""
LINE = 4_000
"""Characters of a question's first line in which filings are looked for: it takes their square of steps."""

_LEAST_WORDS = 5
_LEAST_CELLS = 3  # words of a line with two figures
_HOLDERS = 8
"""Most rows that hold a document's sentence without figures: more seldom ask about one. Up to 64 the same
rows come together, since what everybody says is held by more."""

_PLAIN_SHARE, _FIGURED_SHARE = 50, 10
"""One in so many rows is the most that hold a document's sentence, without figures and with some.

A document of more than a tenth of all rows is larger than what validates: no side is left to keep it on. From
a fifth on, remarks such as "amounts are in thousands, 100 %" make one group of all; at a twentieth, documents
in an export of fifty rows come apart. ``test_dataset_split.py`` holds the limits to rows made for it.
"""

_PARTS = 16
_BLOCK = 1 << 12
_ROW_BITS = 24
_ROWS = (1 << _ROW_BITS) - 1
_FIGURE = 1 << _ROW_BITS
_END = re.compile(r"(?<=[.!?;])\s+|[\u3002\uff01\uff1f]|\n+")
_FIGURE_SIGNS = re.compile(r"\d(?:[\d.,]*\d)?")
_DATE = re.compile(r"(?:19|20)\d\d|[012]?\d|3[01]")
_FILING = re.compile(  # "Corvane Bank (fiscal 2019)"
    r"([A-Z][\w&.'-]*(?: (?:of|and|the|&|de|[A-Z][\w&.'-]*))*),? \((?:[A-Za-z]+ ?)?((?:19|20)\d\d)\)"
)


def quotes_of(strategy: str, analysis: str) -> array[int]:
    """Return the sentences of a question and its answer, and the filing that it names first, as numbers.

    64 bits each; one bit tells whether there are figures.
    """
    asked, length = _sentences(strategy)
    said, _ = _sentences(analysis)
    named = {_number(f"{name} {year}", has_figures=True) for name, year in _named(strategy)}
    return array("Q", sorted(named | said | (asked if length <= LONGEST else set())))


def _named(strategy: str) -> list[tuple[str, str]]:
    line = strategy.strip().partition("\n")[0][:LINE]
    return [(fold(name), year) for name, year in _FILING.findall(line)]


def _sentences(text: str) -> tuple[set[int], int]:
    numbers, count = set(), 0
    for sentence in _END.split(text):
        run = words(sentence)
        count += len(run)
        figures = _FIGURE_SIGNS.findall(sentence)
        if len(run) >= _LEAST_WORDS or (len(run) >= _LEAST_CELLS and len(figures) > 1):
            has_figures = not all(map(_DATE.fullmatch, figures))
            numbers.add(_number(" ".join(run), has_figures=has_figures))
    return numbers, count


def _number(text: str, *, has_figures: bool) -> int:
    """Return a number with the bits of a row left free."""
    value = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return value & ~(_ROWS | _FIGURE) | (_FIGURE if has_figures else 0)


class Quotes:
    """What rows quote, kept in files without names: memory does not grow with the texts."""

    def __init__(self) -> None:
        """Start empty."""
        self._files: list[IO[bytes]] = []
        self._blocks = [array("Q") for _ in range(_PARTS)]

    def add(self, row: int, quotes: array[int]) -> None:
        """Keep what a row quotes; rows above some 16 million are left out."""
        if row > _ROWS:
            return
        for quote in quotes:
            part = quote >> 60
            block = self._blocks[part]
            block.append(quote | row)
            if len(block) == _BLOCK:
                self._files = self._files or [tempfile.TemporaryFile() for _ in range(_PARTS)]  # noqa: SIM115
                with naming(Path(tempfile.gettempdir())):
                    block.tofile(self._files[part])
                del block[:]

    def holders(self, rows: set[int]) -> Iterator[list[int]]:
        """Yield those of the rows, ascending, that hold one quote, for each quote that tells a document."""
        plain, figured = min(_HOLDERS, len(rows) // _PLAIN_SHARE), max(2, len(rows) // _FIGURED_SHARE)
        for part in range(_PARTS):
            for quote, entries in groupby(self._entries(part), key=lambda entry: entry & ~_ROWS):
                held = [row for entry in entries if (row := entry & _ROWS) in rows]
                if 2 <= len(held) <= (figured if quote & _FIGURE else plain):
                    yield held

    def _entries(self, part: int) -> list[int]:
        entries = array("Q")
        if self._files:
            file = self._files[part]
            file.seek(0)
            entries.frombytes(file.read())
        return sorted(entries + self._blocks[part])
