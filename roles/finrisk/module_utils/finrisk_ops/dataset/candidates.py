"""The rows of an export that can be trained on, and those that cannot, as prepare keeps them apart."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from typing import IO

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

from ..machine.files import Sink
from .duplicates import DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION, Likely
from .likeness import figures_digest
from .preferences import LIKED
from .rows import Example, is_safe
from .split import Ties
from .variety import Traits

_FATES = ("", DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION)


@dataclass(frozen=True, slots=True)
class Line:
    """A usable row as it is written."""

    number: int  # of its line in the export
    name: str | None  # its id
    body: bytes  # JSONL
    replaced: str | None  # the model's answer that a reviewer's took the place of
    is_liked: bool  # a reader rated its answer up
    is_human: bool  # a reviewer wrote its answer
    score: float | None  # 0 to 1
    traits: Traits


@dataclass
class UsableRows:
    """The usable rows: their lines in a nameless file, and a few numbers for each."""

    spool: IO[bytes]
    quality: array[float] = field(default_factory=lambda: array("f"))
    known: Likely = field(
        default_factory=lambda: Likely(array("Q"), array("Q"), array("d"), array("d")),
    )
    strategy_chars: array[int] = field(default_factory=lambda: array("I"))
    analysis_chars: array[int] = field(default_factory=lambda: array("I"))
    chars: array[int] = field(default_factory=lambda: array("I"))
    fates: bytearray = field(default_factory=bytearray)  # numbers of ``_FATES``
    ties: Ties = field(default_factory=Ties)
    kinds: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, number: int, name: str | None, example: Example) -> None:
        """Keep one example."""
        is_liked = example.rating == LIKED
        traits = Traits.of(example.companies, example.analysis)
        texts = [example.strategy, example.analysis]
        known = [number, name, example.replaced, is_liked, example.is_human, example.score, *astuple(traits)]
        head = json.dumps([*texts, *known])
        self.spool.write(head.encode() + b"\t" + example.json_line())
        self.quality.append(example.quality)
        self.known.figures.append(figures_digest(example.strategy, example.analysis))
        self.known.sources.append(digest("sources", *sorted(example.documents)))
        self.known.standing.append(example.standing)
        self.known.created_at.append(example.created_at)
        self.strategy_chars.append(len(example.strategy))
        self.analysis_chars.append(len(example.analysis))
        self.chars.append(len(SYSTEM_INSTRUCTION) + len(example.prompt) + len(example.analysis))
        self.fates.append(0)
        self.kinds.append(traits.kind)
        self.ties.add(example.documents, example.user, fold(example.strategy))

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
        return list(zip(self.quality, self.known.created_at, strict=True))

    def texts(self) -> Iterator[tuple[int, str, str]]:
        """Yield number, question and answer of each row in order."""
        for row, (head, _) in enumerate(self._split()):
            strategy, analysis, *_ = json.loads(head)
            yield row, strategy, analysis

    def lines(self) -> Iterator[Line]:
        """Yield each row in order."""
        for head, body in self._split():
            _, _, number, name, replaced, is_liked, is_human, score, companies, *traits = json.loads(head)
            kind = Traits(tuple(companies), *traits)
            yield Line(number, name, body, replaced, is_liked, is_human, score, kind)

    def _split(self) -> Iterator[tuple[bytes, bytes]]:
        self.spool.seek(0)
        for line in self.spool:
            head, _, body = line.partition(b"\t")
            yield head, body


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
