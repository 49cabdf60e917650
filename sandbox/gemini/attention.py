"""Which cell fills a blank: features of a cell for the statement that is being written, and their weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.gemini.blanks import Blank, Entry, Lookup
from sandbox.gemini.passages import YEAR, terms

FEATURES = (
    "words",  # cosine of what was asked and written so far to all words of the cell
    "row",  # share of words that the row's label and the label just written have in common
    "period",  # the year just written stands over or beside the figure; half when only in the source's title
    "other_period",  # another year stands there
    "column",  # share of words that the head and the column just written have in common
    "section",  # share of the section's words that the question has
    "source",  # the label just written was copied from the same source
    "title",  # share of the words and years of the source's title that the question has
    "source_rank",  # 1 over the rank of the source
    "first_column",  # 1 over the number of the column
    "first_row",  # 1 over the number of the row
)


@dataclass(frozen=True, slots=True)
class Attention:
    """The weights by which a model looks at cells, one for each feature."""

    values: tuple[float, ...]

    def score(self, features: Sequence[float]) -> float:
        """How much the model is drawn to a cell with these features."""
        return sum(w * x for w, x in zip(self.values, features, strict=True))

    def as_json(self) -> dict[str, float]:
        """These weights by feature name."""
        return dict(zip(FEATURES, self.values, strict=True))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Attention:
        """Weights from their stored form; a feature that is not named weighs nothing."""
        return cls(tuple(float(stored.get(name, 0.0)) for name in FEATURES))


BASE = Attention.from_json({"words": 1.0, "row": 0.2, "first_column": 0.15})
"""Looks at words alone, a year being one among others, with the habit that the first column is meant."""


def features(lookup: Lookup, blank: Blank) -> list[tuple[float, ...]]:
    """The features of every cell that could fill the blank, in the order of ``lookup.entries``."""
    context = _Context.of(lookup, blank)
    return [context.features(each) for each in lookup.entries]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a cell is compared with: what was asked, and the statement as far as it is written."""

    asked: frozenset[str]
    rank: int
    label: frozenset[str]
    column: frozenset[str]
    period: str
    words: Mapping[str, int]
    length: float
    titles: Mapping[int, float]

    @classmethod
    def of(cls, lookup: Lookup, blank: Blank) -> _Context:
        asked = lookup.words | lookup.years
        words = Counter([*asked, *terms(blank.label), blank.period])
        return cls(
            asked,
            blank.rank,
            frozenset(terms(blank.label)),
            frozenset(terms(blank.column)),
            blank.period,
            words,
            math.sqrt(sum(n * n for n in words.values())) or 1.0,
            {each.rank: _share(frozenset(terms(each.source.title)), asked) for each in lookup.entries},
        )

    def features(self, entry: Entry) -> tuple[float, ...]:
        cell = entry.cell
        words, years = cell.words, cell.years
        if not years and self.period in YEAR.findall(entry.source.title):
            meant = 0.5
        else:
            meant = float(self.period in years)
        return (
            sum(self.words.get(word, 0) for word in words) / (self.length * (math.sqrt(len(words)) or 1.0)),
            _common(cell.label, self.label),
            meant,
            float(bool(self.period and years) and self.period not in years),
            _common(cell.head, self.column),
            _share(cell.section, self.asked),
            float(entry.rank == self.rank),
            self.titles[entry.rank],
            1 / (1 + entry.rank),
            1 / cell.figure.column,
            1 / (1 + cell.figure.row),
        )


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / (len(part) or 1)


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def fill(lookup: Lookup, blank: Blank, attention: Attention) -> Entry:
    """The cell that this model is drawn to most, the first of equals; the lookup has at least one cell."""
    scores = [attention.score(each) for each in features(lookup, blank)]
    return lookup.entries[max(range(len(scores)), key=lambda place: (scores[place], -place))]
