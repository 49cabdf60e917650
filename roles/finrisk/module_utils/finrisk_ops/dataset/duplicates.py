"""Rows that ask again what others ask: which of them is trained on, and how that is told."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

from ..machine.workers import batched, in_order
from .digests import DigestIndex
from .figures import figures_digest, form_digest
from .kin import Kin, differing, sharing
from .sketches import Sketch, pair_sketch
from .spellings import evened

Answer = TypeVar("Answer")

Rank = tuple[float, float]
"""An answer's standing and age: of equally good ones the newer is taken, of equally old ones the first."""

Text = tuple[int, str, str]
"""A row, its question and its answer."""

Texts = Callable[[Iterable[int]], Iterator[Text]]


class Questions:
    """Knows the answer to each question on its sources that stands."""

    def __init__(self) -> None:
        """Start empty."""
        self.conflicts = 0
        """Rows whose question has another answer in another row."""
        self._numbers = DigestIndex()
        self._rows = array("I")  # by question: the row whose answer stands

    def rival(self, question: int, row: int) -> int | None:
        """Return the row whose answer stands; None for a question that is new: then the row's does."""
        number = self._numbers.number(question)
        if number < len(self._rows):
            return self._rows[number]
        self._rows.append(row)
        return None

    def replace(self, question: int, row: int) -> None:
        """Let the row's answer stand for a known question."""
        self._rows[self._numbers.number(question)] = row


def families(
    rows: Sequence[int], figures: Sequence[int], values: Sequence[int], texts: Texts, processes: int
) -> Kin:
    """Return which rows nearly repeat each other; ``texts`` yields row, question and answer of some.

    First those with the same figures as they are written, then short ones that write them otherwise.
    """
    kin = Kin(len(figures))
    alike = sharing(rows, figures)
    for sketches in _answers(_sketches, texts(alike), processes):
        for row, sketch in sketches:
            kin.add(row, sketch, kind=figures[row])
    alike = sharing((row for row in rows if values[row] and kin.of(row) == row), values)
    forms = chain.from_iterable(_answers(_forms, texts(alike), processes))
    others = differing(alike, values, array("I", forms))
    for spelled in _answers(_evened_sketches, texts(others), processes):
        for row, figure, sketch in spelled:
            kin.add(row, sketch, kind=values[row], figures=figure)
    return kin


def _answers(
    function: Callable[[Sequence[Text]], Answer], texts: Iterable[Text], processes: int
) -> Iterator[Answer]:
    """Yield the function's answers to the texts in batches; one batch is not worth another process."""
    batches = batched(texts, _weight)
    begun = list(islice(batches, 2))
    return in_order(function, chain(begun, batches), processes if len(begun) > 1 else 1)


def _weight(row: Text) -> int:
    return len(row[1]) + len(row[2])


def _sketches(batch: Sequence[Text]) -> list[tuple[int, Sketch]]:
    return [(row, pair_sketch(strategy, analysis)) for row, strategy, analysis in batch]


def _forms(batch: Sequence[Text]) -> list[int]:
    return [form_digest(strategy, analysis) for _, strategy, analysis in batch]


def _evened_sketches(batch: Sequence[Text]) -> list[tuple[int, int, Sketch]]:
    """Return of each row the digest of its figures in one spelling, and the sketch of its texts in it."""
    spelled = ((row, *evened(strategy, analysis)) for row, strategy, analysis in batch)
    return [(row, figures_digest(*pair), pair_sketch(*pair)) for row, *pair in spelled]


def worse(kin: Kin, sources: Sequence[int], rank_of: Callable[[int], Rank]) -> Iterator[int]:
    """Yield the rows that nearly repeat a better one on the same sources."""
    for group in kin.groups():
        best: dict[int, tuple[Rank, int]] = {}
        for row in group:
            rank = rank_of(row)
            rank_of_rival, rival = best.setdefault(sources[row], (rank, row))
            if rival == row:
                continue
            if rank > rank_of_rival:
                best[sources[row]] = rank, row
                yield rival
            else:
                yield row
