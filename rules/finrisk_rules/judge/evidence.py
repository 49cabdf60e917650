"""The evidence of a source: its figures by value, and the words and periods that say what each one is."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property, lru_cache
from math import log10
from typing import Any, NamedTuple

from finrisk_rules.judge.bare_numbers import MOST_COUNT, Pairs, pairs_of_numbers
from finrisk_rules.judge.claims import MOST_FIGURES
from finrisk_rules.judge.hints import words_of
from finrisk_rules.judge.phrasing import Phrase, phrases
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.table_evidence import Figure, Named, TableEvidence
from finrisk_rules.judge.vocabulary import is_change, lead
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import quantities

Spot = tuple[int, int, Figure]
"""Where a figure stands: (number of the table, -1, figure) or (-1, number of the sentence, figure)."""

Said = tuple[Mapping[str, float], float, tuple[Named, ...]]
"""Words that a sentence has for a figure, all that they weigh, and the periods of which it says it."""

_DIGIT = pattern_of(r"\d")


@lru_cache(maxsize=8192)
def _pairs_of_name(text: str) -> Pairs:
    """Return the numbers of a label or a head, each with the word beside it; pages have the same heads."""
    return frozenset(pairs_of_numbers(text))


MOST_SENTENCES = 200
"""Sentences of a source in which a place of another value is looked for."""

MOST_SPOTS = 50
"""Places of one value that are looked at in a source: what stands everywhere is at home nowhere."""


_SLACK = 1e-9
"""Share of a value by which arithmetic may move it."""


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

    def periods_to(self, number: int, text: str) -> tuple[Named, ...]:
        """Return the periods beside a figure, else those before it: "for 2024 we expect 5"."""
        start = self.figures[number][4]
        before = ((year, part) for year, part, first, _ in self.periods if first < start)
        return self.own_periods(number, text) or tuple(before)

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
        bounds = read.get("b") or [()] * len(read["t"])
        self.tables = [TableEvidence(*table) for table in zip(read["t"], named, bounds, strict=True)]
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
        self._digits = sorted(log10(value) % 1.0 for value in values if value)

    @cached_property
    def names(self) -> Pairs:
        """The numbers in the names of rows and columns, each with the word beside it."""
        names = {label for table in self.tables for label, _ in table.rows}
        names.update(*(table.heads for table in self.tables))
        return frozenset().union(*map(_pairs_of_name, filter(_DIGIT.search, names)))

    @cached_property
    def writes_scales(self) -> bool:
        """Whether the prose says the scale of its amounts: one without has none."""
        return any(figure[1] for each in self.statements for figure in each.figures if figure[3])

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

    def may_say(self, value: float, tolerance: float) -> bool:
        """Whether a figure has the digits of a value, in whatever power of ten: without one none says it."""
        slack = tolerance + value * _SLACK
        if slack >= value:
            return True
        first, last = log10(value - slack), log10(value + slack)
        if last - first >= 1.0:
            return True
        first, last = first % 1.0, last % 1.0
        at = bisect_left(self._digits, first - _SLACK)
        if first > last:
            return at < len(self._digits) or (bool(self._digits) and self._digits[0] <= last + _SLACK)
        return at < len(self._digits) and self._digits[at] <= last + _SLACK

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
    slack = tolerance + size * _SLACK
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
