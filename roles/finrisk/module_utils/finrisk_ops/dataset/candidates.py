"""The rows of an export that can be trained on, and those that cannot, as prepare keeps them apart."""

from __future__ import annotations

import json
import marshal
import os
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise
from typing import IO, NamedTuple

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold, question_digest
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

from ..machine.files import Sink
from . import vertex
from .duplicates import DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION, Rank
from .likeness import figures_digest
from .preferences import LIKED
from .rows import Example, is_safe
from .split import Tie, Ties
from .variety import Traits

_FATES = ("", DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION)


_Record = tuple[
    tuple[int, str | None, str | None, bool, bool, float | None],  # the first six of a ``Line``
    tuple[int, int, int],  # as ``Chars``
    tuple[tuple[str, ...], str, str, int],  # as ``Traits``
    Rank,
    tuple[str, bytes, bytes],  # question; prompt and answer as ``json_text``
]
"""What of a row is in the nameless file."""


class Chars(NamedTuple):
    """Characters of a question, of its answer, and of the whole example."""

    strategy: int
    analysis: int
    example: int


class Line(NamedTuple):
    """A usable row as it is written."""

    number: int  # of its line in the export
    name: str | None  # its id
    replaced: str | None  # the model's answer that a reviewer's took the place of
    is_liked: bool  # a reader rated its answer up
    is_human: bool  # a reviewer wrote its answer
    score: float | None  # 0 to 1
    body: bytes  # as ``vertex.line``
    created_at: float  # seconds since 1970
    chars: Chars
    traits: Traits

    @property
    def quality(self) -> float:
        """Its score, -1 without one; what a reviewer wrote is above every score."""
        return (-1.0 if self.score is None else self.score) + 2 * self.is_human


class Candidate(NamedTuple):
    """A row that can be trained on: how it is written, and what is kept of it in memory."""

    number: int  # of its line in the export
    name: str | None  # its id
    written: bytes  # for the nameless file
    question: int  # 64 bits of the question on its sources
    rank: Rank
    figures: int
    sources: int
    kind: int
    tie: Tie
    redacted: dict[str, int]

    @classmethod
    def of(cls, number: int, name: str | None, example: Example) -> Candidate:
        """Make it of the example of the export's line with that number, and its id."""
        strategy, analysis = example.strategy, example.analysis
        traits = Traits.of(example.companies, analysis)
        whole = len(SYSTEM_INSTRUCTION) + len(example.prompt) + len(analysis)
        rank = example.standing, example.created_at
        known = number, name, example.replaced, example.rating == LIKED, example.is_human, example.score
        sizes = len(strategy), len(analysis), whole
        texts = strategy, vertex.json_text(example.prompt), vertex.json_text(analysis)
        return cls(
            number=number,
            name=name,
            written=marshal.dumps((known, sizes, tuple(traits), rank, texts)),
            question=question_digest(strategy, example.documents),
            rank=rank,
            figures=figures_digest(strategy, analysis),
            sources=_digest_of(example.documents),
            kind=traits.kind,
            tie=Tie.of(example.documents, example.user, strategy, analysis),
            redacted=example.redacted,
        )


@lru_cache(maxsize=4096)
def _digest_of(documents: tuple[str, ...]) -> int:
    """Return 32 bits of the ids of sources, in any order: remembered, since many rows have the same."""
    return digest("sources", *sorted(documents)) >> 32


@dataclass
class UsableRows:
    """The usable rows: their lines in a nameless file, and a few numbers for each."""

    spool: IO[bytes]
    places: array[int] = field(default_factory=lambda: array("Q"))  # where a row begins in the file
    figures: array[int] = field(default_factory=lambda: array("I"))  # as ``figures_digest``
    sources: array[int] = field(default_factory=lambda: array("I"))  # 32 bits of the ids of the sources
    fates: bytearray = field(default_factory=bytearray)  # numbers of ``_FATES``
    ties: Ties = field(default_factory=Ties)
    kinds: array[int] = field(default_factory=lambda: array("I"))
    _end: int = 0  # of the file

    def add(self, candidate: Candidate) -> None:
        """Keep one."""
        self.places.append(self._end)
        self._end += self.spool.write(candidate.written)
        self.figures.append(candidate.figures)
        self.sources.append(candidate.sources)
        self.fates.append(0)
        self.kinds.append(candidate.kind)
        self.ties.add(candidate.tie)

    def drop(self, row: int, reason: str) -> None:
        """Take a row out for a reason of ``duplicates``."""
        self.fates[row] = _FATES.index(reason)

    def fate(self, row: int) -> str:
        """Return the reason why a row was taken out; empty for one that was not."""
        return _FATES[self.fates[row]]

    def rows(self) -> array[int]:
        """Return the numbers of the rows that were not taken out."""
        return array("I", (row for row, fate in enumerate(self.fates) if not fate))

    def ranks(self) -> list[Rank]:
        """Return by what one row is better than another when not all are wanted: quality, then age."""
        return [(line.quality, line.created_at) for line in self.lines()]

    def rank(self, row: int) -> Rank:
        """Return by what a row is better than another that asks the same."""
        *_, rank, _ = self._record(row)
        return rank

    def beside(self, candidate: Candidate, row: int) -> tuple[Rank, bool]:
        """Return the rank of a row, and whether it has another answer than the candidate."""
        *_, rank, texts = self._record(row)
        *_, own = _read(candidate.written)
        return rank, _answer(texts) != _answer(own)

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, str, str]]:
        """Yield number, question and answer of the rows."""
        for row in rows:
            *_, (strategy, _, analysis) = self._record(row)
            yield row, strategy, json.loads(analysis)

    def lines(self) -> Iterator[Line]:
        """Yield each row in order."""
        self.spool.seek(0)
        for place, end in pairwise(chain(self.places, (self._end,))):
            known, chars, traits, (_, created_at), texts = _read(self.spool.read(end - place))
            body = vertex.line(*texts[1:])
            yield Line(*known, body, created_at, Chars._make(chars), Traits._make(traits))

    def _record(self, row: int) -> _Record:
        place = self.places[row]
        end = self.places[row + 1] if row + 1 < len(self.places) else self._end
        self.spool.flush()
        return _read(os.pread(self.spool.fileno(), end - place, place))  # a row alone, not a whole buffer


def _read(written: bytes) -> _Record:
    record: _Record = marshal.loads(written)  # noqa: S302 - this program wrote it, into a file without a name
    return record


def _answer(texts: tuple[str, bytes, bytes]) -> str:
    return fold(json.loads(texts[2]))


@dataclass
class Rejections:
    """Writes which rows were rejected and why: the place in the export and the id, never any of the text."""

    file: Sink
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, name: str | None, reason: str) -> None:
        """Write one."""
        self.counts[reason] += 1
        if name and not is_safe(name):
            name = None
        self.file.write(json.dumps({"row": number, "id": name, "reason": reason}).encode() + b"\n")
