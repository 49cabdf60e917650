"""How well the periods of a claim fit those that a place names."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from finrisk_rules.judge.table_evidence import Named, TableEvidence

NO_PERIOD = 0.5
"""How well a place without a period fits any."""

OTHER_PERIOD, SAME_PERIOD = 0.3, 0.8
"""Fit of a period below which it is another one, and above which it is the claim's."""

_MOST_OF_NAME = 3
_QUARTER_OF = {"3": "Q1", "6": "Q2", "9": "Q3", "12": "Q4"}
"""The quarter of a calendar year that ends with a month."""

Claimed = tuple[tuple[Named, float], ...]
"""The periods of a claim, each with what it counts for."""


@lru_cache(maxsize=4096)
def period_fit(claimed: Claimed, said: Sequence[Named]) -> float:
    """Return how well the periods of a claim fit those of a name, 0..1."""
    return name_fit(claimed, said, None) if said else NO_PERIOD


@lru_cache(maxsize=2048)
def period_fits(claimed: Claimed, table: TableEvidence, most: float) -> Sequence[float]:
    """Return how well the periods of a claim fit those of each head of a table, 0..``most``."""
    return [most * period_fit(claimed, said) for said in _by_quarter(claimed, table.head_periods)]


def _by_quarter(claimed: Claimed, heads: Sequence[Sequence[Named]]) -> Sequence[Sequence[Named]]:
    """Return the heads; those of a calendar year by quarters as quarters, where a claim names one.

    "Jun 30, 2024" and "Sep 30, 2024" are Q2 and Q3 where the year has both, and begins with its first.
    """
    parts = [part for (_, part), _ in claimed if part in _QUARTER_OF.values()]
    if not parts:
        return heads
    dated = [said[0] for said in heads if len(said) == 1 and said[0][1] in _QUARTER_OF]
    if len(dated) < 2 or len({year for year, _ in dated}) != 1:
        return heads
    return [
        ((said[0][0], _QUARTER_OF[said[0][1]]),) if len(said) == 1 and said[0] in dated else said
        for said in heads
    ]


def comparable(claimed: Iterable[Named], said: Sequence[Named]) -> Sequence[Named]:
    """Return the periods of a name with which a claim is compared.

    "Fiscal 2024 (ended February 1, 2025)" is of 2024 for who says a year, of 2025 for who says a date.
    """
    if len(said) < 2:
        return said
    dated = {part.isdecimal() for _, part in claimed}
    alike = [period for period in said if period[1].isdecimal() in dated]
    return alike or said


def name_fit(claimed: Claimed, said: Sequence[Named], alike: float | None) -> float:
    """Return the average fit of the periods of a name; ``alike`` is what each claimed period counts for.

    A span fits one of the same years as a year fits itself: "2025-2027".
    """
    said = comparable([period for period, _ in claimed], said)
    if len(claimed) == len(said) == 1:
        ((period, weight),), (named,) = claimed, said
        return (alike or weight) * same_period(period, named)
    if len(claimed) == len(said) and {period for period, _ in claimed} == {*said}:
        return alike or max(weight for _, weight in claimed)
    best = [
        max((alike or weight) * same_period(period, each) for period, weight in claimed)
        for each in said[:_MOST_OF_NAME]
    ]
    return sum(best) / len(best)


@lru_cache(maxsize=4096)
def best_fit(claimed: Claimed, said: Sequence[Named]) -> float:
    """Return how well the one of several periods fits that fits one of a claim best, 0..1."""
    if not said:
        return NO_PERIOD
    return max(weight * same_period(period, each) for period, weight in claimed for each in said)


def same_period(claimed: Named, said: Named) -> float:
    """Return how far two periods are one, 0..1: a year and its quarter nearly, two quarters not."""
    if claimed == said:
        return 1.0
    (year, part), (other_year, other_part) = claimed, said
    if year is not None and other_year is not None and year != other_year:
        return 0.0
    if part == other_part:
        return 1.0
    if year is None or other_year is None:
        return 0.1 if part and other_part else 0.6
    if not part:
        return 0.85 if other_part[0] in "QH" else 0.98
    if not other_part:
        return 0.5 if part[0] in "QH" else 0.9
    if part[0] in "QH" and other_part[0] in "QH":
        return 0.0
    return 0.7 if part[0] in "QH" or other_part[0] in "QH" else 0.1
