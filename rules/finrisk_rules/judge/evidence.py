"""The evidence of a source: its figures by value, and the words and periods that say what each one is."""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from math import log
from typing import Any

from finrisk_rules.judge.claims import pairs_of_numbers
from finrisk_rules.judge.phrasing import Phrase, phrases
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.vocabulary import CHANGE_NAME
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.periods import Period, periods

_DIGIT = re.compile(r"\d")

SHARED = 0.4
"""What a word counts for a column that rows have too."""

COMMON = 64
"""Rows of a table from which on a word that all of them have tells nothing."""

Named = tuple[int | None, str]
"""A period as (year, part)."""

Figure = list[Any]
"""A figure as it was stored: [row, column, value, scale, unit, currency]; in a sentence [place, 0, ...]."""


@lru_cache(maxsize=4096)
def periods_of_name(text: str) -> tuple[Named, ...]:
    """Return the periods of a label, a head or a caption as (year, part)."""
    return tuple((period.year, period.part) for period in periods(text))


class Axis:
    """The rows or the columns of a table: how well words fit each of them.

    A word weighs the less the more names have it; what stands in all of them tells nothing.
    """

    def __init__(self, names: list[tuple[str, str]]) -> None:
        self.count = len(names)
        where: dict[str, list[tuple[int, float]]] = {}
        for at, (name, context) in enumerate(names):
            own = stems_of_name(name)
            for word in own:
                where.setdefault(word, []).append((at, 1.0))
            if context:
                for word in stems_of_name(context) - own:
                    where.setdefault(word, []).append((at, 0.35))
        self.where = where
        self.weights = {word: log(1 + self.count / len(places)) for word, places in where.items()}
        self.totals = [0.0] * self.count
        for word, places in where.items():
            weight = self.weights[word]
            for at, share in places:
                self.totals[at] += weight * share

    def fits(self, words: dict[str, float], other: "Axis | None" = None) -> dict[int, float]:
        """Return how well the words fit, 0..1, for each name that has one of them.

        A word that also names something on the ``other`` axis counts less.
        """
        matched: dict[int, float] = {}
        said: float = 0
        where, weights = self.where, self.weights
        for word, weight in words.items():
            places = where.get(word)
            if places is None or len(places) > COMMON:
                continue
            weight *= weights[word]
            if other is not None and word in other.where:
                weight *= SHARED
            said += weight
            for at, share in places:
                matched[at] = matched.get(at, 0.0) + weight * share
        totals = self.totals
        return {at: 2 * match / (said + totals[at]) for at, match in matched.items()}


class TableEvidence:
    """A table as it was stored, with the words of its rows and columns."""

    def __init__(self, figure: Figure) -> None:
        self.caption, self.heads, self.rows, self.cells = figure
        self.scales = frozenset(cell[3] for cell in self.cells if cell[3])
        self._row_axis: Axis | None = None
        self._column_axis: Axis | None = None
        self._by_row: dict[int, list[Figure]] | None = None

    @property
    def row_axis(self) -> Axis:
        """The labels of the rows, each with its section."""
        if self._row_axis is None:
            self._row_axis = Axis([(label, section) for label, section in self.rows])
        return self._row_axis

    @property
    def column_axis(self) -> Axis:
        """The words over the columns."""
        if self._column_axis is None:
            self._column_axis = Axis([(head, "") for head in self.heads])
        return self._column_axis

    def is_change(self, row: int, column: int) -> bool:
        """Whether a cell tells how much something changed."""
        return bool(CHANGE_NAME.search(self.heads[column]) or CHANGE_NAME.search(self.rows[row][0]))

    @property
    def by_row(self) -> dict[int, list[Figure]]:
        """The cells of each row."""
        if self._by_row is None:
            self._by_row = {}
            for cell in self.cells:
                self._by_row.setdefault(cell[0], []).append(cell)
        return self._by_row

    def periods_at(self, row: int, column: int) -> list[tuple[Named, ...]]:
        """The periods of a cell: of its column and of its row, else of the section of its row."""
        label, section = self.rows[row]
        said = [named for named in (periods_of_name(self.heads[column]), periods_of_name(label)) if named]
        if not said and section:
            said = [named for named in (periods_of_name(section),) if named]
        return said


class StatementEvidence:
    """A sentence with figures as it was stored: [start, end, figures, periods]."""

    def __init__(self, figure: Figure) -> None:
        self.start, self.end, self.figures, self.periods = figure
        self._phrases: list[Phrase] | None = None
        self._words: frozenset[str] = frozenset()

    def read(self, text: str) -> tuple[list[Phrase], frozenset[str]]:
        """Return what the sentence says of each of its figures, and all its words."""
        if self._phrases is None:
            sentence = text[self.start : self.end]
            named = [Period(year, part, start, end) for year, part, start, end in self.periods]
            self._phrases = phrases(sentence, [(each[4], each[5]) for each in self.figures], named)
            self._words = stems(sentence)
        return self._phrases, self._words


Spot = tuple[int, int, Figure]
"""Where a figure stands: (number of the table, -1, figure) or (-1, number of the sentence, figure)."""


class Evidence:
    """The figures of a source, sorted by size as written and by amount."""

    def __init__(self, facts: str) -> None:
        read = json.loads(facts) if facts else {"t": [], "s": []}
        self.tables = [TableEvidence(each) for each in read["t"]]
        self.statements = [StatementEvidence(each) for each in read["s"]]
        spots: list[tuple[float, float, Spot]] = []
        for at, table in enumerate(self.tables):
            for cell in table.cells:
                value = abs(float(cell[2]))
                spots.append((value, value * 10.0 ** (cell[3] or 0), (at, -1, cell)))
        for at, statement in enumerate(self.statements):
            for place, figure in enumerate(statement.figures):
                value = abs(float(figure[0]))
                spots.append((value, value * 10.0 ** (figure[1] or 0), (-1, at, [place, 0, *figure[:4]])))
        self._names: frozenset[tuple[str, str]] | None = None
        spots.sort(key=lambda spot: spot[0])
        self._values = [spot[0] for spot in spots]
        self._by_value = [spot[2] for spot in spots]
        spots.sort(key=lambda spot: spot[1])
        self._amounts = [spot[1] for spot in spots]
        self._by_amount = [spot[2] for spot in spots]

    @property
    def names(self) -> frozenset[tuple[str, str]]:
        """The numbers in the names of rows and columns, each with the word beside it."""
        if self._names is None:
            names = {
                name
                for table in self.tables
                for name in (*table.heads, *(label for label, _ in table.rows))
                if _DIGIT.search(name)
            }
            self._names = frozenset(pair for name in names for pair in pairs_of_numbers(name))
        return self._names

    def of_value(self, value: float, tolerance: float) -> Iterable[Spot]:
        """Return the figures that are written so."""
        slack = tolerance + value * 1e-9
        return self._by_value[
            bisect_left(self._values, value - slack) : bisect_right(self._values, value + slack)
        ]

    def of_amount(self, amount: float, tolerance: float) -> Iterable[Spot]:
        """Return the figures that are this much, their scale included."""
        slack = tolerance + amount * 1e-9
        return self._by_amount[
            bisect_left(self._amounts, amount - slack) : bisect_right(self._amounts, amount + slack)
        ]


@lru_cache(maxsize=512)
def evidence_of(facts: str) -> Evidence:
    """Return the evidence of stored facts; the same facts are read once."""
    return Evidence(facts)


@lru_cache(maxsize=256)
def facts_now(text: str) -> str:
    """Return the facts of a text as they would have been stored."""
    return stored(facts_of(text))
