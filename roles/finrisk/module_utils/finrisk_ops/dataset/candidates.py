"""The rows of an export that can be trained on, and those that cannot, as prepare keeps them apart."""

from __future__ import annotations

import json
import marshal
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold, question_digest
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

from ..machine.files import Sink
from . import vertex
from .duplicates import Rank
from .figures import figures_digest, values_digest
from .preferences import LIKED
from .repeats import DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION
from .rows import Example, is_safe
from .split import Tie, Ties
from .spool import Spool

_FATES = ("", DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION)
_BLOCK = 1 << 17  # bytes that are read at a time
_PLAIN = 2  # marshal's version that looks for no object that comes twice


class Line(NamedTuple):
    """A usable row as it is written, and as it stands in the nameless file."""

    number: int  # of its line in the export
    name: str | None  # its id
    replaced: str | None  # the model's answer that a reviewer's took the place of
    is_liked: bool  # a reader rated its answer up
    is_human: bool  # a reviewer wrote its answer
    score: float | None  # 0 to 1
    standing: float  # beside other answers to the same question
    created_at: float  # seconds since 1970
    chars: tuple[int, int, int]  # characters of the question, of its answer, and of the whole example
    traits: tuple[tuple[str, ...], str, str, int]  # as ``Traits``
    strategy: str
    prompt: bytes  # this and the next one as ``vertex.json_text``
    analysis: bytes

    @property
    def body(self) -> bytes:
        """The example as ``vertex.line``."""
        return vertex.line(self.prompt, self.analysis)

    @property
    def quality(self) -> float:
        """Its score, -1 without one; what a reviewer wrote is above every score."""
        return (-1.0 if self.score is None else self.score) + 2 * self.is_human

    @property
    def rank(self) -> Rank:
        """By what it is better than another that asks the same."""
        return self.standing, self.created_at

    @property
    def folded(self) -> str:
        """What tells its answer from others to the same question."""
        return fold(json.loads(self.analysis))


@dataclass(slots=True)
class Candidates:
    """Rows that can be trained on, in order: how each is written, and in columns what is kept in memory.

    So a thousand rows are sent from one process to another, and kept, as a few objects.
    """

    written: list[bytes] = field(default_factory=list)  # until they are stored
    places: array[int] = field(default_factory=lambda: array("Q"))  # where each is stored
    sizes: array[int] = field(default_factory=lambda: array("I"))  # its bytes there
    questions: array[int] = field(default_factory=lambda: array("Q"))  # 64 bits of each on its sources
    figures: array[int] = field(default_factory=lambda: array("I"))  # as ``figures_digest``
    values: array[int] = field(default_factory=lambda: array("I"))  # as ``values_digest``
    sources: array[int] = field(default_factory=lambda: array("I"))  # 32 bits of the ids of the sources
    kinds: array[int] = field(default_factory=lambda: array("I"))
    keys: array[int] = field(default_factory=lambda: array("Q"))  # this and the next ones as in ``Tie``
    strategies: array[int] = field(default_factory=lambda: array("Q"))
    users: array[int] = field(default_factory=lambda: array("I"))
    quotes: dict[int, array[int]] = field(default_factory=dict)  # by place
    redacted: dict[int, dict[str, int]] = field(default_factory=dict)  # by place, where something was

    @classmethod
    def of(cls, lines: Sequence[tuple[int, str | None]], examples: Sequence[Example]) -> Candidates:
        """Return the examples of the export's lines with these numbers and ids.

        Made column by column: what one of them needs is then at hand in the processor.
        """
        ties = [Tie.of(each.documents, each.user, each.strategy, each.analysis) for each in examples]
        prompts = [vertex.json_text(each.prompt) for each in examples]
        answers = [vertex.json_text(each.analysis) for each in examples]
        return cls(
            list(map(_written, lines, examples, prompts, answers)),
            questions=array("Q", [question_digest(each.strategy, each.documents) for each in examples]),
            figures=array("I", [figures_digest(each.strategy, each.analysis) for each in examples]),
            values=array("I", [values_digest(each.strategy, each.analysis) for each in examples]),
            sources=array("I", [_digest_of(each.documents) for each in examples]),
            kinds=array("I", [each.traits.kind for each in examples]),
            keys=array("Q", [each.key for each in ties]),
            strategies=array("Q", [each.strategy for each in ties]),
            users=array("I", [each.user for each in ties]),
            quotes={place: each.quotes for place, each in enumerate(ties) if each.quotes is not None},
            redacted={place: each.redacted for place, each in enumerate(examples) if each.redacted},
        )

    def store(self, spool: Spool) -> None:
        """Put into the nameless file how the rows are written."""
        self.sizes.extend(map(len, self.written))
        place = spool.add(b"".join(self.written))
        self.places.extend(accumulate(self.sizes[:-1], initial=place) if self.written else ())
        self.written.clear()


def _written(line: tuple[int, str | None], example: Example, prompt: bytes, answer: bytes) -> bytes:
    """Return how a row is written into the nameless file: in the order of ``Line``."""
    strategy, analysis = example.strategy, example.analysis
    whole = len(SYSTEM_INSTRUCTION) + len(example.prompt) + len(analysis)
    fields = (
        *line,
        example.replaced,
        example.rating == LIKED,
        example.is_human,
        example.score,
        example.standing,
        example.created_at,
        (len(strategy), len(analysis), whole),
        (*example.traits,),
        strategy,
        prompt,
        answer,
    )
    return marshal.dumps(fields, _PLAIN)


@lru_cache(maxsize=4096)
def _digest_of(documents: tuple[str, ...]) -> int:
    """Return 32 bits of the ids of sources, in any order: remembered, since many rows have the same."""
    return digest("sources", *sorted(documents)) >> 32


@dataclass
class UsableRows:
    """The usable rows: their lines in a nameless file, and a few numbers for each."""

    spool: Spool
    places: array[int] = field(default_factory=lambda: array("Q"))  # where a row begins in the file
    sizes: array[int] = field(default_factory=lambda: array("I"))  # its bytes there
    figures: array[int] = field(default_factory=lambda: array("I"))  # as ``figures_digest``
    values: array[int] = field(default_factory=lambda: array("I"))  # as ``values_digest``
    sources: array[int] = field(default_factory=lambda: array("I"))  # 32 bits of the ids of the sources
    fates: bytearray = field(default_factory=bytearray)  # numbers of ``_FATES``
    ties: Ties = field(default_factory=Ties)
    kinds: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        """Return the number of rows, those that were taken out included."""
        return len(self.fates)

    def extend(self, rows: Candidates, start: int, end: int) -> None:
        """Keep the rows from one place to the one before another."""
        if start == end:
            return
        self.places.extend(rows.places[start:end])
        self.sizes.extend(rows.sizes[start:end])
        self.figures.extend(rows.figures[start:end])
        self.values.extend(rows.values[start:end])
        self.sources.extend(rows.sources[start:end])
        self.fates.extend(bytes(end - start))
        self.kinds.extend(rows.kinds[start:end])
        quotes = {place - start: each for place, each in rows.quotes.items() if start <= place < end}
        self.ties.extend(rows.keys[start:end], rows.strategies[start:end], rows.users[start:end], quotes)

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
        return self._line(row).rank

    def beside(self, rows: Candidates, place: int, row: int) -> tuple[bool, bool]:
        """Say whether a candidate is better than a row, and whether it answers otherwise."""
        own, rival = self.candidate(rows, place), self._line(row)
        return own.rank > rival.rank, own.folded != rival.folded

    def candidate(self, rows: Candidates, place: int) -> Line:
        """Return a row that is not kept yet."""
        return _line(self.spool.read(rows.places[place], rows.sizes[place]))

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, str, str]]:
        """Yield number, question and answer of the rows."""
        for row in rows:
            line = self._line(row)
            yield row, line.strategy, json.loads(line.analysis)

    def lines(self) -> Iterator[Line]:
        """Yield each row in order."""
        for start, ends in self._runs():
            written = memoryview(self.spool.read(start, ends[-1] - start))
            at = 0
            for end in ends:
                yield _line(written[at : end - start])
                at = end - start

    def _runs(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield where rows that follow each other in the file begin, and where each of them ends."""
        start, ends = 0, array("Q")
        for place, size in zip(self.places, self.sizes, strict=True):
            if ends and (place != ends[-1] or place - start > _BLOCK):
                yield start, ends
                ends = array("Q")
            if not ends:
                start = place
            ends.append(place + size)
        if ends:
            yield start, ends

    def _line(self, row: int) -> Line:
        return _line(self.spool.read(self.places[row], self.sizes[row]))


def _line(written: bytes | memoryview) -> Line:
    return Line(*marshal.loads(written))  # noqa: S302 - this program wrote it, into a file without a name


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
