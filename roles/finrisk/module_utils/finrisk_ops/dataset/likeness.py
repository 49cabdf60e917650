"""Which rows nearly repeat each other: the same figures, and nearly the same words around them.

Words alone cannot tell a repetition from the same question of another year, so rows are compared only where
their figures are equal. A sketch (one-permutation MinHash over runs of words) stands for the words: the share
of places in which two sketches agree estimates the share of runs that two texts have in common.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from zlib import crc32

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold

from .digests import Unions

PLACES = 64
"""Numbers of a sketch."""

_ALIKE = 0.6  # share of places from which two rows are alike: texts with 0.7 of their runs in common reach it
_BAND = 2  # places that must agree for two rows to be compared
_RUN = 3  # words
_EMPTY = 0xFFFF
_PARTS = 64  # in which rows are sorted one after the other: numbers in a list take five times their bytes
_NUMBER, _ASCII_NUMBER = re.compile(r"\d[\d.]*"), re.compile(r"[0-9][0-9.]*")
_CITATION = re.compile(r"\[\d{1,3}(?:, ?\d{1,3})*\]")
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)

Sketch = Sequence[int]


def figures_digest(strategy: str, analysis: str) -> int:
    """32 bits of the numbers of a question and those of its answer, in any order; citations are none."""
    return digest("figures", _numbers(strategy), _numbers(analysis)) >> 32


def _numbers(text: str) -> str:
    bare = _CITATION.sub(" ", text).replace(",", "")
    numbers = (_ASCII_NUMBER if bare.isascii() else _NUMBER).findall(bare)
    return " ".join(sorted(number.rstrip(".") for number in numbers))


def pair_sketch(strategy: str, analysis: str) -> array[int]:
    """The sketches of a question and of its answer, one after the other."""
    return _sketch(words(strategy), _RUN) + _sketch(words(analysis), _RUN)


def likeness(one: Sketch, other: Sketch) -> float:
    """The share of places, of those that either sketch fills, in which both agree; 0 to 1.

    Of several texts sketched one after the other: of those that are least alike.
    """
    return min(
        _share(one[start : start + PLACES], other[start : start + PLACES])
        for start in range(0, len(one), PLACES)
    )


def _share(one: Sketch, other: Sketch) -> float:
    filled = agreed = 0
    for left, right in zip(one, other, strict=True):
        if left != _EMPTY or right != _EMPTY:
            filled += 1
            agreed += left == right
    return agreed / filled if filled else 0.0


class Kin:
    """Joins rows that are alike, as their sketches come; each is compared with the first of its bands.

    Kept are the rows, and of those of one kind a sketch and ``PLACES / 2`` band numbers.
    """

    def __init__(self, size: int) -> None:
        """Start with ``size`` rows, each alone."""
        self._unions = Unions(size)
        self._rows = array("I")
        self._kind = 0
        self._sketches: dict[int, array[int]] = {}
        self._first: dict[int, int] = {}

    def add(self, row: int, sketch: array[int], kind: int = 0) -> None:
        """Add a row; it is compared with those of its kind that came just before, one after the other."""
        if kind != self._kind:
            self._kind = kind
            self._sketches.clear()
            self._first.clear()
        self._rows.append(row)
        self._sketches[row] = sketch
        compared: set[int] = set()
        for band in _bands(sketch, kind):
            first = self._first.setdefault(band, row)
            if first != row and first not in compared:
                compared.add(first)
                if likeness(self._sketches[first], sketch) >= _ALIKE:
                    self._unions.join(first, row)

    def of(self, row: int) -> int:
        """The number of the row's group: its least row."""
        return self._unions.find(row)

    def groups(self) -> dict[int, list[int]]:
        """The groups of more than one row, by their least row."""
        groups: dict[int, list[int]] = {}
        for row in self._rows:  # a group's are of one kind: its least row came first
            if (group := self.of(row)) != row:
                groups.setdefault(group, [group]).append(row)
        return groups


def sharing(rows: Iterable[int], values: Sequence[int]) -> array[int]:
    """The rows whose value (32 bits) another one has too, those of one value together and in their order."""
    parts = [array("Q") for _ in range(_PARTS)]
    for row in rows:
        parts[values[row] % _PARTS].append(values[row] << 32 | row)
    together = array("I")
    for part in parts:
        for _, equal in groupby(sorted(part), key=lambda each: each >> 32):
            group = [each & 0xFFFF_FFFF for each in equal]
            if len(group) > 1:
                together.extend(group)
    return together


def words(text: str) -> list[str]:
    """The words of a text, folded; a sign of a script without blanks is one."""
    return _WORD.findall(fold(text))


def _sketch(said: Sequence[str], run: int) -> array[int]:
    sketch = array("H", [_EMPTY]) * PLACES
    for hashed in {crc32(" ".join(said[at : at + run]).encode()) for at in range(len(said) - run + 1)}:
        place, value = hashed % PLACES, hashed >> 16
        if value < sketch[place]:
            sketch[place] = value
    return sketch


def _bands(sketch: Sketch, kind: int) -> Iterator[int]:
    """The bands of the last text that the sketch is of."""
    for at in range(len(sketch) - PLACES, len(sketch), _BAND):
        band = tuple(sketch[at : at + _BAND])
        if any(value != _EMPTY for value in band):
            yield hash((kind, at, *band))  # of integers alone: equal in every process
