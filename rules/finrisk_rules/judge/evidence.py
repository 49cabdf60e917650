"""The evidence of a source: its figures by value, and the words and periods that say what each one is."""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from math import log
from typing import Any, NamedTuple

from finrisk_rules.judge.claims import MOST_COUNT, MOST_FIGURES, Pairs, pairs_of_numbers
from finrisk_rules.judge.hints import words_of
from finrisk_rules.judge.phrasing import Phrase, phrases
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.vocabulary import CHANGE_NAME, is_change, lead
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import quantities

COMMON = 64
"""Rows of a table from which on a word that all of them have tells nothing."""

OF_SECTION = 0.35
"""What a word of a section counts for its rows."""

SHARED = 0.4
"""What a word counts for a column that rows have too."""

Named = tuple[int | None, str]
"""A period as (year, part)."""

Figure = list[Any]
"""A figure as it was stored: [row, column, value, scale, unit, currency]; in a sentence [place, 0, ...]."""

Spot = tuple[int, int, Figure]
"""Where a figure stands: (number of the table, -1, figure) or (-1, number of the sentence, figure)."""

Said = tuple[Mapping[str, float], float, tuple[Named, ...]]
"""Words that a sentence has for a figure, all that they weigh, and the periods of which it says it."""

_DIGIT = re.compile(r"\d")
_FIGURES = re.compile(r"\d+")


@lru_cache(maxsize=8192)
def periods_of_name(text: str) -> tuple[Named, ...]:
    """Return the periods of a label, a head or a caption as (year, part)."""
    return tuple((period.year, period.part) for period in periods(text))


@lru_cache(maxsize=8192)
def _pairs_of_name(text: str) -> Pairs:
    """Return the numbers of a label or a head, each with the word beside it; pages have the same heads."""
    return frozenset(pairs_of_numbers(text))


MOST_SENTENCES = 200
"""Sentences of a source in which a place of another value is looked for."""

MOST_SPOTS = 50
"""Places of one value that are looked at in a source: what stands everywhere is at home nowhere."""


class Axis:
    """The rows or the columns of a table: how well words fit each of them.

    A word weighs the less the more names have it; what stands in all of them tells nothing.
    """

    def __init__(self, names: Sequence[str], sections: Sequence[str] = ()) -> None:
        self.where: dict[str, list[tuple[int, float]]] = {}
        own = [stems_of_name(name) for name in names]
        for at, said in enumerate(own):
            for word in said:
                self.where.setdefault(word, []).append((at, 1.0))
        for at, section in enumerate(sections):
            if section:
                for word in stems_of_name(section) - own[at]:
                    self.where.setdefault(word, []).append((at, OF_SECTION))
        count = len(names)
        self.weights = {word: log(1 + count / len(places)) for word, places in self.where.items()}
        self.totals = [0.0] * count
        for word, places in self.where.items():
            weight = self.weights[word]
            for at, share in places:
                self.totals[at] += weight * share

    def fits(
        self, words: Mapping[str, float], other: "Axis | None" = None, most: float = 1.0
    ) -> dict[int, float]:
        """Return how well the words fit, 0..``most``, for each name that has one of them.

        That is twice the weight of the common words, by the weight of both. A word that also names
        something on the ``other`` axis counts less. Names that fit alike are told in their order: to nine
        digits, since sums of sets differ in the last ones from process to process.
        """
        matched: dict[int, float] = {}
        said = 0.0
        where, weights = self.where, self.weights
        for word in words.keys() & where.keys():
            places = where[word]
            if len(places) > COMMON:
                continue
            weight = words[word] * weights[word]
            if other is not None and word in other.where:
                weight *= SHARED
            said += weight
            for at, share in places:
                matched[at] = matched.get(at, 0.0) + weight * share
        if not matched:
            return matched
        totals = self.totals
        return {at: most * round(2 * match / (said + totals[at]), 9) for at, match in sorted(matched.items())}


class TableEvidence:
    """A table as it was stored, with the words and periods of its rows and columns."""

    def __init__(self, table: list[Any], named: list[list[Any]] | None = None) -> None:
        self.caption: str
        self.caption, self.heads, self.rows, self.cells = table[:4]
        self._named = named
        self._has_both_ends: bool | None = None

    @cached_property
    def scales(self) -> frozenset[int]:
        """The powers of ten of its figures."""
        return frozenset(cell[3] for cell in self.cells if cell[3])

    @cached_property
    def row_axis(self) -> Axis:
        """The labels of the rows, each with its section."""
        return Axis([label for label, _ in self.rows], [section for _, section in self.rows])

    @cached_property
    def column_axis(self) -> Axis:
        """The words over the columns."""
        return Axis(self.heads)

    @cached_property
    def head_periods(self) -> tuple[tuple[Named, ...], ...]:
        """The periods over each column; facts of before index version 4 do not have them."""
        if self._named is None:
            return tuple(periods_of_name(head) for head in self.heads)
        return tuple(tuple((year, part) for year, part in named) for named in self._named)

    @cached_property
    def is_turned(self) -> bool:
        """Whether its rows are periods and its columns name what is told of them."""
        if any(self.head_periods) or not self.has_row_periods:
            return False
        dated = sum(bool(periods_of_name(label)) for label, _ in self.rows)
        return 2 * dated > len(self.rows)

    @cached_property
    def has_row_periods(self) -> bool:
        """Whether a row may name a period."""
        return any(_DIGIT.search(name) for row in self.rows for name in row)

    @cached_property
    def row_periods(self) -> list[tuple[Named, ...]]:
        """The periods of each row; of its section where no column has any."""
        if not self.has_row_periods:
            return [()] * len(self.rows)
        has_heads = any(self.head_periods)
        return [
            periods_of_name(label) or (() if has_heads else periods_of_name(section))
            for label, section in self.rows
        ]

    @cached_property
    def by_row(self) -> dict[int, list[Figure]]:
        """The cells of each row."""
        rows: dict[int, list[Figure]] = {}
        for cell in self.cells:
            rows.setdefault(cell[0], []).append(cell)
        return rows

    @cached_property
    def by_column(self) -> dict[int, list[Figure]]:
        """The cells of each column."""
        columns: dict[int, list[Figure]] = {}
        for cell in self.cells:
            columns.setdefault(cell[1], []).append(cell)
        return columns

    def is_change(self, row: int, column: int) -> bool:
        """Whether a cell tells how much something changed."""
        return self.has_change_over[column] or self._has_change_before[row]

    @cached_property
    def has_change_over(self) -> list[bool]:
        """Of each column whether its head says that it tells how much something changed."""
        return [bool(CHANGE_NAME.search(head)) for head in self.heads]

    @cached_property
    def _has_change_before(self) -> list[bool]:
        return [bool(CHANGE_NAME.search(label)) for label, _ in self.rows]

    def has_both_ends(self, first: re.Pattern[str], last: re.Pattern[str]) -> bool:
        """Whether labels of rows match both of two patterns; each table is asked for one pair only."""
        if self._has_both_ends is None:
            labels = " | ".join(label for label, _ in self.rows)
            self._has_both_ends = bool(first.search(labels) and last.search(labels))
        return self._has_both_ends

    def of_one_kind(self, column: int, cells: Sequence[Figure]) -> list[Figure]:
        """Return the cells whose heads say the same beside their periods as that of a column; all if none."""
        if len(cells) < 2:
            return list(cells)
        return [cell for cell in cells if self.kinds[cell[1]] == self.kinds[column]] or list(cells)

    @cached_property
    def kinds(self) -> list[str]:
        """What each head says beside its figures: "Aerospace" of "Aerospace 2023"."""
        return [_FIGURES.sub("", head) for head in self.heads]

    def year_before(self, row: int, column: int) -> float | None:
        """Return the figure of the same row for the same part of the year before, where there is just one."""
        named = self.head_periods[column]
        if len(named) != 1 or named[0][0] is None:
            return None
        before_that = ((named[0][0] - 1, named[0][1]),)
        before = [cell for cell in self.by_row[row] if self.head_periods[cell[1]] == before_that]
        before = self.of_one_kind(column, before)
        return float(before[0][2]) if len(before) == 1 else None


class Name(NamedTuple):
    """A name of a row or of a column with a number; ``is_bare`` where that has no decimals and no unit."""

    row: str
    column: str
    is_bare: bool = False


class StatementEvidence:
    """A sentence with figures as it was stored: [start, end, figures, periods]."""

    def __init__(self, at: int, statement: list[Any]) -> None:
        self.start, self.end, figures, self.periods = statement
        self.figures = figures[:MOST_FIGURES]
        self.spots: list[Spot] = [
            (-1, at, [number, 0, *figure[:4]]) for number, figure in enumerate(self.figures)
        ]
        self._phrases: list[Phrase] | None = None
        self._words: frozenset[str] | None = None
        self._amounts: list[tuple[Spot, bool]] | None = None
        self._said: dict[int, Said] = {}

    @property
    def named(self) -> tuple[Named, ...]:
        """The periods of the whole sentence."""
        return tuple((year, part) for year, part, _, _ in self.periods)

    def said(self, number: int, text: str) -> Said:
        """Return what the sentence says of a figure, and of which periods."""
        said = self._said.get(number)
        if said is None:
            words = self.phrases(text)[number].words
            named = self.own_periods(number, text) or self.shared_periods(number, text)
            said = self._said[number] = words, sum(words.values()), named
        return said

    def own_periods(self, number: int, text: str) -> tuple[Named, ...]:
        """Return the periods that the sentence gives a figure: those beside it.

        A figure with which another one is compared is of the year before that one's where it has none.
        """
        phrase, others = self.phrases(text)[number], self._others
        if phrase.periods or not phrase.is_base or len(others) != 1:
            return phrase.periods
        ((year, part),) = others
        return () if year is None else ((year - 1, part),)

    def shared_periods(self, number: int, text: str) -> tuple[Named, ...]:
        """Return the periods of the whole sentence, but those of a figure with which others are compared."""
        phrases = self.phrases(text)
        if phrases[number].is_base:
            return self.named
        of_bases = {period for phrase in phrases if phrase.is_base for period in phrase.periods}
        return tuple(period for period in self.named if period not in of_bases) if of_bases else self.named

    @cached_property
    def _others(self) -> frozenset[Named]:
        """The periods beside those of its figures with which no other one is compared."""
        said = self._phrases or ()
        return frozenset(period for phrase in said if not phrase.is_base for period in phrase.periods)

    def amounts(self, text: str) -> list[tuple[Spot, bool]]:
        """Return the figures that count nothing, each with whether it is how much another one changed."""
        if self._amounts is None:
            sentence = text[self.start : self.end]
            self._amounts = [
                (spot, is_change(sentence, end, lead(sentence, start)))
                for spot, (*said, start, end) in zip(self.spots, self.figures, strict=True)
                if not _is_count(said)
            ]
        return self._amounts

    def words(self, text: str) -> frozenset[str]:
        """Return all words of the sentence."""
        if self._words is None:
            self._words = stems(text[self.start : self.end])
        return self._words

    def phrases(self, text: str) -> list[Phrase]:
        """Return what the sentence says of each of its figures."""
        if self._phrases is None:
            named = [Period(*period) for period in self.periods]
            spans = [(figure[4], figure[5]) for figure in self.figures]
            sentence = text[self.start : self.end]
            self._phrases = phrases(sentence, spans, named, words_of(sentence))
        return self._phrases


class Evidence:
    """The figures of a source, by size as written and by amount.

    ``language`` is that of its text; None where its facts are of before index version 4.
    """

    def __init__(self, facts: str) -> None:
        read = json.loads(facts) if facts else {"t": [], "s": []}
        self.language: str | None = read.get("l")
        named = read.get("p") or [None] * len(read["t"])
        self.tables = [TableEvidence(*table) for table in zip(read["t"], named, strict=True)]
        self.statements = [StatementEvidence(at, statement) for at, statement in enumerate(read["s"])]
        self._sentences: dict[str, list[int]] | None = None
        spots: list[Spot] = [(at, -1, cell) for at, table in enumerate(self.tables) for cell in table.cells]
        for statement in self.statements:
            spots += statement.spots
        values = [abs(float(spot[2][2])) for spot in spots]
        scales = [spot[2][3] for spot in spots]
        amounts = [
            value * 10.0**scale if scale else value for value, scale in zip(values, scales, strict=True)
        ]
        self._values, self._amounts = (_by_size(sizes, spots) for sizes in (values, amounts))

    @cached_property
    def names(self) -> Pairs:
        """The numbers in the names of rows and columns, each with the word beside it."""
        names = {label for table in self.tables for label, _ in table.rows}
        names.update(*(table.heads for table in self.tables))
        return frozenset().union(*map(_pairs_of_name, filter(_DIGIT.search, names)))

    @cached_property
    def figures_of_names(self) -> Mapping[tuple[float, str], list["Name"]]:
        """The names of rows and columns that have a number, which is no period, by its value and unit."""
        found: dict[tuple[float, str], list[Name]] = {}
        for table in self.tables:
            names = [Name(label, "") for label, _ in table.rows]
            names += [Name("", head) for head in dict.fromkeys(table.heads)]
            for name in names:
                text = name.row or name.column
                if _DIGIT.search(text):
                    spans = [(period.start, period.end) for period in periods(text)]
                    for each in quantities(text):
                        if not any(start < each.end and each.start < end for start, end in spans):
                            found.setdefault((abs(float(each.value)), each.unit), []).append(
                                name._replace(is_bare=not (each.places or each.unit))
                            )
        return found

    def sentences_with(self, text: str) -> Mapping[str, list[int]]:
        """Return the numbers of its first MOST_SENTENCES sentences, by the words that they have."""
        if self._sentences is None:
            self._sentences = {}
            for at, statement in enumerate(self.statements[:MOST_SENTENCES]):
                for word in statement.words(text):
                    self._sentences.setdefault(word, []).append(at)
        return self._sentences

    def of_value(self, value: float, tolerance: float) -> list[Spot]:
        """Return the figures that are written so."""
        return _between(self._values, value, tolerance)

    def of_amount(self, amount: float, tolerance: float) -> list[Spot]:
        """Return the figures that are this much, their scale included."""
        return _between(self._amounts, amount, tolerance)


def _is_count(figure: Figure) -> bool:
    """Whether a figure of a sentence is a bare whole number that counts: "at week 12"."""
    value, scale, unit, currency = figure[:4]
    return not (scale or unit or currency) and "." not in value and abs(float(value)) <= MOST_COUNT


def _by_size(sizes: list[float], spots: list[Spot]) -> tuple[list[float], list[Spot]]:
    order = sorted(range(len(spots)), key=sizes.__getitem__)
    return [sizes[at] for at in order], [spots[at] for at in order]


def _between(ordered: tuple[list[float], list[Spot]], size: float, tolerance: float) -> list[Spot]:
    sizes, spots = ordered
    slack = tolerance + size * 1e-9
    first, most = bisect_left(sizes, size - slack), size + slack
    if first == len(sizes) or sizes[first] > most:
        return []
    return spots[first : min(bisect_right(sizes, most, first), first + MOST_SPOTS)]


@lru_cache(maxsize=512)
def evidence_of(facts: str) -> Evidence:
    """Return the evidence of stored facts; the same facts are read once."""
    return Evidence(facts)


@lru_cache(maxsize=256)
def facts_now(text: str) -> str:
    """Return the facts of a text as they would have been stored."""
    return stored(facts_of(text))
