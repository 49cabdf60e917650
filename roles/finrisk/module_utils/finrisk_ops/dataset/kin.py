"""The families of rows that nearly repeat each other, found without a comparison of all with all."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from .digests import Unions
from .likeness import is_repeated
from .sketches import EMPTY, PLACES, Sketch

_BAND = 2  # places that must agree for two rows to be compared
_LEAST_WORDS = 8  # of content, by which short rows come to be compared
_PARTS = 64  # in which rows are sorted one after the other: numbers in a list take five times their bytes


class Kin:
    """Joins rows that are alike, as their sketches come; each is compared with the first of its bands.

    Kept are of the rows of one kind a sketch and ``PLACES / 2`` band numbers.
    """

    def __init__(self, size: int) -> None:
        """Start with ``size`` rows, each alone."""
        self._unions = Unions(size)
        self._kind = 0
        self._sketches: dict[int, Sketch] = {}
        self._first: dict[int, int] = {}

    def add(self, row: int, sketch: Sketch, kind: int = 0, figures: int = 0) -> None:
        """Add a row: it is compared with those of its kind and figures that came just before."""
        if kind != self._kind:
            self._kind = kind
            self._sketches.clear()
            self._first.clear()
        self._sketches[row] = sketch
        compared: set[int] = set()
        for band in _bands(sketch, figures):
            first = self._first.setdefault(band, row)
            if first != row and first not in compared:
                compared.add(first)
                if is_repeated(self._sketches[first], sketch):
                    self._unions.join(first, row)

    def of(self, row: int) -> int:
        """The number of the row's group: its least row."""
        return self._unions.find(row)

    def groups(self) -> Iterator[list[int]]:
        """The groups of more than one row, each ascending."""
        joined = ((self.of(row), row) for row in self._unions.joined())
        return ([group, *others] for group, others in _by_value(joined))


def sharing(rows: Iterable[int], values: Sequence[int]) -> array[int]:
    """The rows whose value (32 bits) another one has too, those of one value together and in their order."""
    together = array("I")
    for _, equal in _by_value((values[row], row) for row in rows):
        if len(equal) > 1:
            together.extend(equal)
    return together


def differing(rows: Sequence[int], values: Sequence[int], forms: Sequence[int]) -> array[int]:
    """Of rows as ``sharing`` has them and their forms: those of a value that rows of several forms have."""
    together = array("I")
    for _, equal in groupby(zip(rows, forms, strict=True), key=lambda each: values[each[0]]):
        same, others = zip(*equal, strict=True)
        if len(set(others)) > 1:
            together.extend(same)
    return together


def _by_value(rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """Each value (32 bits) with its rows, ascending."""
    parts = [array("Q") for _ in range(_PARTS)]
    for value, row in rows:
        parts[value % _PARTS].append(value << 32 | row)
    for part in parts:
        for value, entries in groupby(sorted(part), key=lambda each: each >> 32):
            yield value, [each & 0xFFFF_FFFF for each in entries]


def _bands(sketch: Sketch, figures: int) -> Iterator[int]:
    """The bands of the last text that the places are of, and the least words of content."""
    places = sketch.places
    for at in range(len(places) - PLACES, len(places), _BAND):
        band = tuple(places[at : at + _BAND])
        if any(value != EMPTY for value in band):
            yield hash((figures, at, *band))  # of integers alone: equal in every process
    for code in sorted(sketch.asked | sketch.said)[:_LEAST_WORDS]:
        yield hash((figures, -1, code))
