"""Lists of figures with lists of their periods: ``5 and 6 for 2023 and 2022, and a gain of 4 for 2021``."""

import re
from collections.abc import Sequence
from typing import Protocol

from finrisk_rules.judge.vocabulary import LIST_JOINT, whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period

LEAST_FIGURES = 3
"""Figures of a sentence from which on some of them may be a list with periods of its own."""

_ITEM = pattern_of(rf"(?:\s+[^\W\d_]+)?{LIST_JOINT.pattern}", re.IGNORECASE)
_TO_LIST = pattern_of(
    rf"[^\w.;:]*(?:{whole('in for at during on by of ended the years fiscal im für en au pour al para nel')}"
    r"[^\w.;:]+)*",
    re.IGNORECASE,
)
"""From a list of figures to the periods behind it: "5 and 6 in 2023 and 2022"."""


_RESPECTIVELY = pattern_of(
    rf"[\s,]*{whole('respectively beziehungsweise respectivement respectivamente rispettivamente')}",
    re.IGNORECASE,
)
"""Right behind a list of figures, what says that it is in the order of another one."""


class Stretches(Protocol):
    """A sentence parted by its figures: stretch n stands before figure n, the last one behind the last.

    ``bare`` is its text without periods, ``spans`` and ``periods`` are those of each stretch.
    """

    count: int
    bare: str
    spans: list[tuple[int, int]]
    periods: list[Sequence[Period]]

    def own_periods(self, at: int) -> list[Period]:
        """Return the periods by a figure."""

    def is_compared(self, period: Period) -> bool:
        """Whether a figure is compared with that of a period."""


def periods_of_lists(stretches: Stretches) -> dict[int, Period]:
    """Return the periods of the figures of lists that have as many before or behind them.

    A list behind another one of its length, without periods, is of the same: "5 and 6 in 2023 and 2022, with
    a value of 50 and 60".
    """
    found: dict[int, Period] = {}
    if stretches.count < LEAST_FIGURES or sum(map(len, stretches.periods)) < 2:
        return found
    first = 0
    while first < stretches.count:
        last = first
        while last + 1 < stretches.count and _is_item(stretches, last + 1):
            last += 1
        if last > first:
            said = _said_by(stretches, first, last) or _said_before(stretches, first, last, found)
            found |= dict(zip(range(first, last + 1), said, strict=bool(said)))
        first = last + 1
    return found


def _is_item(stretches: Stretches, at: int) -> bool:
    """Whether a figure goes on with the list in which the one before it stands."""
    return not stretches.periods[at] and _ITEM.fullmatch(stretches.bare, *stretches.spans[at]) is not None


def _said_by(stretches: Stretches, first: int, last: int) -> Sequence[Period]:
    """Return the periods in a row right behind a list, or before it, where there is one for each."""
    behind, before = stretches.periods[last + 1], stretches.periods[first]
    for periods in (behind, before):
        if len(periods) != last - first + 1 or any(map(stretches.is_compared, periods[1:])):
            continue
        start = stretches.spans[last + 1][0]
        if periods is behind and _TO_LIST.fullmatch(stretches.bare, start, periods[0].start):
            return periods
        if periods is before and (first == 0 or _RESPECTIVELY.match(stretches.bare, start)):
            return periods
    return ()


def _said_before(stretches: Stretches, first: int, last: int, found: dict[int, Period]) -> Sequence[Period]:
    """Return the periods of the figures before a list without any, as many as it has, each of another one."""
    length = last - first + 1
    if stretches.periods[first] or stretches.periods[last + 1] or first < length:
        return ()
    given = [
        period
        for at in range(first - length, first)
        for period in ([found[at]] if at in found else stretches.own_periods(at)[:1])
    ]
    return given if len({(each.year, each.part) for each in given}) == length else ()
