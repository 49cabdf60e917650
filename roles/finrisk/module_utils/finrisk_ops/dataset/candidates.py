"""The rows of an export that can be trained on, and those that cannot, as prepare keeps them apart."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, NamedTuple

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold, question_digest
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

from ..machine.files import Sink
from . import vertex
from .duplicates import DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION, Likely
from .likeness import figures_digest
from .preferences import LIKED
from .rows import Example, is_safe
from .split import Tie, Ties
from .variety import Traits

_FATES = ("", DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION)


class Chars(NamedTuple):
    """Characters of a question, of its answer, and of the whole example."""

    strategy: int
    analysis: int
    example: int


class Line(NamedTuple):
    """A usable row as it is written."""

    number: int  # of its line in the export
    name: str | None  # its id
    body: bytes  # as ``vertex.line``
    replaced: str | None  # the model's answer that a reviewer's took the place of
    is_liked: bool  # a reader rated its answer up
    is_human: bool  # a reviewer wrote its answer
    score: float | None  # 0 to 1
    chars: Chars
    traits: Traits

    @property
    def quality(self) -> float:
        """Its score, -1 without one; what a reviewer wrote is above every score."""
        return (-1.0 if self.score is None else self.score) + 2 * self.is_human


class Candidate(NamedTuple):
    """A row that can be trained on: how it is written, and what is kept of it in memory."""

    written: bytes  # for the nameless file: what is known of it, question, prompt and answer, a tab between
    question: int  # 64 bits of the question on its sources
    standing: float  # beside other answers to the question; the greater the better
    created_at: float  # seconds since 1970
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
        chars = Chars(len(strategy), len(analysis), whole)
        known = number, name, example.replaced, example.rating == LIKED, example.is_human, example.score
        head = json.dumps([*known, chars, traits])
        texts = map(vertex.json_text, (strategy, example.prompt, analysis))
        return cls(
            written=b"\t".join((head.encode(), *texts)) + b"\n",
            question=question_digest(strategy, example.documents),
            standing=example.standing,
            created_at=example.created_at,
            figures=figures_digest(strategy, analysis),
            sources=_digest_of(example.documents),
            kind=traits.kind,
            tie=Tie.of(example.documents, example.user, strategy, analysis),
            redacted=dict(example.redacted),
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
    known: Likely = field(
        default_factory=lambda: Likely(array("I"), array("I"), array("d"), array("d")),
    )
    fates: bytearray = field(default_factory=bytearray)  # numbers of ``_FATES``
    ties: Ties = field(default_factory=Ties)
    kinds: array[int] = field(default_factory=lambda: array("I"))
    _end: int = 0  # of the file

    def add(self, candidate: Candidate) -> None:
        """Keep one."""
        self.places.append(self._end)
        self._end += self.spool.write(candidate.written)
        self.known.figures.append(candidate.figures)
        self.known.sources.append(candidate.sources)
        self.known.standing.append(candidate.standing)
        self.known.created_at.append(candidate.created_at)
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

    def ranks(self) -> list[tuple[float, float]]:
        """Return by what one row is better than another: quality, then age."""
        return [(line.quality, at) for line, at in zip(self.lines(), self.known.created_at, strict=True)]

    def answers_otherwise(self, candidate: Candidate, row: int) -> bool:
        """Say whether a row has another answer than the candidate."""
        line = self._line(row)
        self.spool.seek(self._end)  # where rows are added
        return fold(_answer(line)) != fold(_answer(candidate.written))

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, str, str]]:
        """Yield number, question and answer of the rows."""
        for row in rows:
            _, strategy, _, analysis = self._line(row).split(b"\t")
            yield row, json.loads(strategy), json.loads(analysis)

    def lines(self) -> Iterator[Line]:
        """Yield each row in order."""
        self.spool.seek(0)
        for line in self.spool:
            head, _, prompt, analysis = line[:-1].split(b"\t")
            number, name, replaced, is_liked, is_human, score, chars, (companies, *traits) = json.loads(head)
            kind = Traits(tuple(companies), *traits)
            body = vertex.line(prompt, analysis)
            yield Line(number, name, body, replaced, is_liked, is_human, score, Chars(*chars), kind)

    def _line(self, row: int) -> bytes:
        self.spool.seek(self.places[row])
        return self.spool.readline()


def _answer(written: bytes) -> str:
    """Return the answer of a row in the nameless file."""
    text: str = json.loads(written[written.rindex(b"\t") :])
    return text


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
