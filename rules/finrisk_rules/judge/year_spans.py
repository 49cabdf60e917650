"""Spans of years that a sentence names: ``after 2028``, ``from 2022 to 2024``, ``the next three years``."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from finrisk_rules.judge.vocabulary import counted, whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period, periods

_AFTER = pattern_of(
    rf"{whole('after beyond past later_than following nach après después_de dopo')}\W*"
    rf"(?:{whole('fiscal year end the of december 31 dem')}\W*)*\Z",
    re.IGNORECASE,
)
_SINCE = pattern_of(
    rf"{whole('from since starting_in ab desde à_partir_de')}\W*(?:fiscal|year)?\W*\Z", re.IGNORECASE
)
_ONWARDS = pattern_of(
    rf"\W*(?:{whole('and or und et y')}\W*)?"
    rf"{whole('thereafter beyond later onward onwards on after danach später')}",
    re.IGNORECASE,
)
_THROUGH = pattern_of(
    rf"{whole('through until till up_to by bis jusqu_en jusqu_à hasta')}\W*"
    rf"(?:{whole('and including the end of fiscal year december 31 einschließlich ende')}\W*)*\Z",
    re.IGNORECASE,
)
_BEFORE = pattern_of(rf"{whole('before prior_to vor avant antes_de')}\W*\Z", re.IGNORECASE)
_TO = pattern_of(
    rf"\s*(?:[-\u2013\u2014/]|{whole('to through until till bis à a al hasta')})\W*"
    rf"(?:{whole('the end of fiscal year')}\W*)*",
    re.IGNORECASE,
)
_AND = pattern_of(rf"\s*(?:,|,?\s*{whole('and und et y e')})\s*(?:{whole('in fiscal')}\s*)?", re.IGNORECASE)
_BETWEEN = pattern_of(rf"{whole('between zwischen entre')}\W*\Z", re.IGNORECASE)
_COUNT = pattern_of(
    rf"(?:(?P<next>{whole('next coming following first within nächsten kommenden prochaines próximos')})"
    rf"|{whole('last past these those the all over in letzten drei dernières últimos')})"
    r"\s+(?P<count>[a-zäöüß]{3,6}|\d\d?)[\s-]+(?:fiscal\s+|financial\s+)?(?:years|jahren?|années|ans|exercices|años|anni)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_LATER = pattern_of(
    whole("after beyond past later thereafter following nach danach après au-delà después dopo"),
    re.IGNORECASE,
)
_NEAR = 30


class YearSpan(NamedTuple):
    """A span of years, and where it stands: from ``first`` to ``last``, either of them None where it is open.

    ``number`` is the number of years, of the next ones where it is above zero, of the last where below.
    """

    start: int
    end: int
    first: int | None
    last: int | None
    number: int = 0

    def years(self, known: Sequence[int]) -> Sequence[int] | None:
        """Return the years of the span among those that a line has, in order; None where it has not all."""
        if self.number:
            chosen = known[: self.number] if self.number > 0 else known[self.number :]
            return chosen if len(chosen) == abs(self.number) else None
        first = known[0] if self.first is None else self.first
        last = known[-1] if self.last is None else self.last
        chosen = [year for year in known if first <= year <= last]
        return chosen if len(chosen) == last - first + 1 else None


def names_later(text: str) -> bool:
    """Whether a text may say that it speaks of what comes after a year: a cheap test."""
    return _LATER.search(text) is not None


@lru_cache(maxsize=64)
def year_spans(text: str) -> tuple[YearSpan, ...]:
    """Return the spans of years that a sentence names, in the order of their kinds."""
    return tuple(_spans(text))


def _spans(text: str) -> Iterator[YearSpan]:
    named = [each for each in periods(text) if each.year is not None and not each.part.startswith(("Q", "H"))]
    taken: set[int] = set()
    for at, (one, two) in enumerate(pairwise(named)):
        first, last = one.year or 0, two.year or 0
        joint = text[one.end : two.start]
        is_range = bool(_TO.fullmatch(joint)) or (
            bool(_AND.fullmatch(joint)) and _is_before(_BETWEEN, text, one)
        )
        if first < last and is_range:
            taken |= {at, at + 1}
            yield YearSpan(one.start, two.end, first, last)
    yield from _listed(text, named, taken)
    for at, each in enumerate(named):
        if at not in taken:
            yield from _open(text, each)
    for match in _COUNT.finditer(text):
        if count := _number(match["count"]):
            yield YearSpan(match.start(), match.end(), None, None, count if match["next"] else -count)


def _listed(text: str, named: Sequence[Period], taken: set[int]) -> Iterator[YearSpan]:
    """Yield the lists of years that follow one another: "in 2025, 2026 and 2027"."""
    at = 0
    while at < len(named):
        last = at
        while (
            last + 1 < len(named)
            and not taken & {last, last + 1}
            and abs((named[last + 1].year or 0) - (named[last].year or 0)) == 1
            and _AND.fullmatch(text, named[last].end, named[last + 1].start)
        ):
            last += 1
        if last > at:
            years = [each.year or 0 for each in named[at : last + 1]]
            taken |= set(range(at, last + 1))
            yield YearSpan(named[at].start, named[last].end, min(years), max(years))
        at = last + 1


def _open(text: str, period: Period) -> Iterator[YearSpan]:
    start, end, year = period.start, period.end, period.year or 0
    if _is_before(_AFTER, text, period):
        yield YearSpan(start, end, year + 1, None)
    elif onwards := _ONWARDS.match(text, end):
        yield YearSpan(start, onwards.end(), year, None)
    elif _is_before(_SINCE, text, period):
        yield YearSpan(start, end, year, None)
    elif _is_before(_BEFORE, text, period):
        yield YearSpan(start, end, None, year - 1)
    elif _is_before(_THROUGH, text, period):
        yield YearSpan(start, end, None, year)


def _is_before(pattern: re.Pattern[str], text: str, period: Period) -> bool:
    return bool(pattern.search(text, max(0, period.start - _NEAR), period.start))


def _number(word: str) -> int:
    """Return the number that a word says, 0 for none."""
    if word.isdecimal():
        return int(word)
    numbers = (n for n in range(2, 13) if (said := counted(Decimal(n))) and said.fullmatch(word))
    return next(numbers, 0)
