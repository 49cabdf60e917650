"""What the examples of both sets are like: counts of each side, and ten of them to read."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from finrisk_rules import redaction
from finrisk_rules.examples import fold

from .candidates import Line
from .variety import Traits

SIDES = ("training", "validation")
EXCERPTS = 10

_NAMED = 12  # names that are told one by one
_MOST_NAMES = 20_000  # names that are told apart, so that memory does not grow with the rows
_LABEL_MAX = 80  # characters
_TOGETHER = 256  # examples that are counted at once
_MOST_TRAITS = 4_096  # that are counted before their names are told


@dataclass
class Tally:
    """Counts names on each side, however they are spelled; the first spelling stands for all."""

    labels: dict[str, str] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=lambda: [0, 0])  # examples without a name
    late: list[int] = field(default_factory=lambda: [0, 0])  # names that there was no room for

    def add(self, names: Iterable[str], side: int, examples: int = 1) -> None:
        """Count the names that some examples have."""
        is_named = False
        for name in names:
            key = fold(name)
            if not key:
                continue
            is_named = True
            if key not in self.counts:
                if len(self.counts) >= _MOST_NAMES:
                    self.late[side] += examples
                    continue
                self.labels[key] = _label(name)
                self.counts[key] = [0, 0]
            self.counts[key][side] += examples
        self.unnamed[side] += 0 if is_named else examples

    def content(self) -> dict[str, Any]:
        """Return the most frequent names, and the sums of the others and of examples without a name."""
        ordered = sorted(self.counts, key=lambda key: (-sum(self.counts[key]), key))
        others = [self.counts[key] for key in ordered[_NAMED:]]
        return {
            "named": [{"name": self.labels[key], **_by_side(self.counts[key])} for key in ordered[:_NAMED]],
            "others": {
                "names": len(others),
                **_by_side([sum(each[side] for each in others) + self.late[side] for side in (0, 1)]),
            },
            "unnamed": _by_side(self.unnamed),
        }


@dataclass
class Lengths:
    """How many examples have so many characters: of the question, of the answer, and as a whole."""

    strategy: Counter[int] = field(default_factory=Counter)
    analysis: Counter[int] = field(default_factory=Counter)
    example: Counter[int] = field(default_factory=Counter)

    def add(self, chars: Sequence[tuple[int, int, int]]) -> None:
        """Count examples by their characters."""
        for place, counter in enumerate((self.strategy, self.analysis, self.example)):
            counter.update([each[place] for each in chars])

    def __add__(self, other: Lengths) -> Lengths:
        """Return the counts of both."""
        return Lengths(
            self.strategy + other.strategy, self.analysis + other.analysis, self.example + other.example
        )


@dataclass
class Portrait:
    """Collects, example by example, what is told of the sets."""

    picks: frozenset[int]  # the rows to read
    topics: Tally = field(default_factory=Tally)
    companies: Tally = field(default_factory=Tally)
    languages: Tally = field(default_factory=Tally)
    scores: tuple[Counter[float], Counter[float]] = field(default_factory=lambda: (Counter(), Counter()))
    by_reviewers: list[int] = field(default_factory=lambda: [0, 0])
    lengths: tuple[Lengths, Lengths] = field(default_factory=lambda: (Lengths(), Lengths()))
    excerpts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # side and Vertex example
    _late: list[tuple[int, Line]] = field(default_factory=list)  # side and example, to be counted together
    _traits: Counter[tuple[int, tuple[tuple[str, ...], str, str, int]]] = field(default_factory=Counter)

    @classmethod
    def with_picks(cls, rows: Sequence[int], seed: str) -> Portrait:
        """Make one that keeps ten of the rows to read, at random; the same for the same seed."""
        chance = random.Random(seed)  # noqa: S311 - a sample, no secret
        return cls(frozenset(chance.sample(rows, min(EXCERPTS, len(rows)))))

    def add(self, row: int, line: Line, side: int) -> None:
        """Take in one example: 0 to train on, 1 to validate with."""
        self._late.append((side, line))
        if len(self._late) == _TOGETHER:
            self.settle()
        if row in self.picks:
            self.excerpts.append((SIDES[side], json.loads(line.body)))

    def settle(self) -> None:
        """Count what was taken in."""
        self._traits.update([(side, line.traits) for side, line in self._late])
        if len(self._traits) >= _MOST_TRAITS:
            self._tell()
        for side in (0, 1):
            lines = [line for at, line in self._late if at == side]
            self.by_reviewers[side] += sum([line.is_human for line in lines])
            self.lengths[side].add([line.chars for line in lines])
            self.scores[side].update([round(line.score, 4) for line in lines if line.score is not None])
        self._late.clear()

    def content(self) -> dict[str, Any]:
        """Return the counts as the metadata names them."""
        self._tell()
        return {
            "topics": self.topics.content(),
            "companies": self.companies.content(),
            "languages": self.languages.content(),
        }

    def _tell(self) -> None:
        """Count the names of what came since; they stay in the order in which they came first."""
        for (side, known), examples in self._traits.items():
            traits = Traits(*known)
            self.topics.add([traits.topic], side, examples)
            self.companies.add(traits.companies, side, examples)
            self.languages.add([traits.language], side, examples)
        self._traits.clear()


def _label(name: str) -> str:
    """Return the name as it may be shown: in one line, redacted, without signs that act on others."""
    visible = "".join(character if character.isprintable() else " " for character in name)
    try:
        clean = redaction.redact(" ".join(visible.split())).text
    except Exception:  # whatever went wrong: what is not redacted is not shown
        return "(not shown)"
    return clean if len(clean) <= _LABEL_MAX else clean[: _LABEL_MAX - 1] + "…"


def _by_side(counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(SIDES, counts, strict=True))
