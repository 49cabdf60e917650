"""Series: three and more figures of one line, each of a year of its own.

``Climbed to 4.42 in 2019, from 4.03 in 2018 and 2.91 in 2017`` says no more of any two of them than that each
is more than the one before. Those of a list between two that are dated are of the years between: ``from 121
in 2015 to 130, 139 and finally 148 in 2018``.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from finrisk_rules.judge.traces import Traced

LEAST = 3
"""Figures that make a series."""


class _Point(NamedTuple):
    at: int
    year: int
    value: float


def goes_through(numbers: Sequence[int], traced: Sequence[Traced], *, rises: bool) -> bool:
    """Whether claims of these numbers, each of a year, rise or fall from each year to the next."""
    if len(numbers) < LEAST:
        return False
    claims = [traced[n][0] for n in numbers]
    if len({(each.quantity.unit, each.quantity.currency, each.quantity.scale) for each in claims}) > 1:
        return False
    points: list[_Point] = []
    for n, claim in zip(numbers, claims, strict=True):
        trace = traced[n][1]
        years = {year for year, _ in claim.phrase.periods if year} or (trace.years if trace else set())
        if len(years) != 1:
            return False
        points.append(_Point(n, min(years), float(claim.quantity.amount)))
    points.sort(key=lambda point: point.year)
    return all(
        one.year < two.year and one.value != two.value and (two.value > one.value) == rises
        for one, two in pairwise(points)
    )


def out_of_turn(traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the claims without a year, of a list between two that have one, whose years are out of order."""
    dated = [n for n, (claim, _) in enumerate(traced) if claim.phrase.periods]
    for first, last in pairwise(dated):
        if last - first < LEAST:
            continue
        points = _points(range(first, last + 1), traced)
        if len(points) < last - first + 1:
            continue
        is_forward = points[-1].year > points[0].year
        for one, two in pairwise(points):
            if (two.year > one.year) != is_forward:
                yield one.at


def _points(numbers: Sequence[int], traced: Sequence[Traced]) -> list[_Point]:
    """Return the figures of these numbers that are each of one year; none where they are not of one line."""
    points: list[_Point] = []
    tables: set[tuple[int, int]] = set()
    rows: set[int] = set()
    columns: set[int] = set()
    for n in numbers:
        trace = traced[n][1]
        if trace is None or trace.table is None or len(trace.years) != 1:
            continue
        tables.add((trace.source, trace.spot[0]))
        rows.add(trace.spot[2][0])
        columns.add(trace.spot[2][1])
        points.append(_Point(n, min(trace.years), trace.value))
    return points if len(tables) == 1 and min(len(rows), len(columns)) == 1 else []
