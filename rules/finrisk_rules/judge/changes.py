"""Changes of a row: how much it rose or fell between two of its periods, where the answer writes that alone.

``Net sales rose by $507 million in 2024`` stands in no cell, but follows from two of one row. The row is the
one to which the words of the claim lead, or that of a figure beside it; the period is the claim's, and the
other one is named too, or is the year or the quarter before.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from finrisk_rules.judge.agreement import Agreement, agreement, are_other_currencies
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.fits import BESIDE
from finrisk_rules.judge.operations import stems_of_operations
from finrisk_rules.judge.period_fits import comparable, same_period
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.table_evidence import Figure, Named, TableEvidence
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.judge.year_spans import YearSpan, year_spans
from finrisk_rules.patterns import pattern_of

LEAST_FIT, SAME = 0.4, 0.8
"""Fit from which on words lead to a row, and from which on two periods are one."""

_ALL_IN_ALL = whole(
    "total overall cumulative cumulated combined altogether in_all insgesamt au_total en_total"
)
_OVERALL = pattern_of(rf"{_ALL_IN_ALL}[^\d.;:]{{0,30}}\Z", re.IGNORECASE)
_OVERALL_BEHIND = pattern_of(rf"\s+(?:in\s+)?{_ALL_IN_ALL}", re.IGNORECASE)
_LEAD = 60

MOST_LINES, MOST_CELLS = 3, 40
"""Rows that fit alike, namesakes, and cells of a row that are looked at."""


class Line(NamedTuple):
    """A row of a table, or the column of one whose rows are periods, and how well a claim's words fit it."""

    reader: Reader
    table: int
    cells: Sequence[Figure]
    fit: float


class Change(NamedTuple):
    """What the row says of a claim: its place, whether the figure agrees, and whether the row rose.

    ``rises`` is None where both of its figures are below zero: readers mean either. ``is_all`` where the
    claim names nothing but the row, so that it can tell of nothing else.
    """

    place: Trace
    agreement: Agreement
    rises: bool | None
    is_all: bool = False


def change_of(text: str, claim: Claim, readers: Sequence[Reader], beside: Sequence[Traced]) -> Change | None:
    """Return what the row of a claim says of it: the change that agrees, else the first; None without a row.

    ``text`` is the sentence, ``beside`` are its other claims that are right, with their places.
    """
    others: list[Change] = []
    lines = _lines(readers)
    spans = [*year_spans(text)]
    start = claim.quantity.start
    is_overall = bool(
        _OVERALL.search(text, max(0, start - _LEAD), start) or _OVERALL_BEHIND.match(text, claim.quantity.end)
    )
    for line in (*lines, *_lines_beside(readers, beside)):
        over = [*_over(line, spans[0])] if len(spans) == 1 else []
        for new, old in over or _pairs(line, beside, is_overall=is_overall):
            for figure in differences(new, old):
                change = _change(line, claim, figure, new, old)
                if change.agreement not in ("", "scale"):
                    return change
                if line in lines:
                    others.append(change)
    if not others:
        return None
    of_its_unit = (change for change in others if change.place.spot[2][4] == claim.quantity.unit)
    first = next(of_its_unit, others[0])
    return first._replace(is_all=_names_nothing_else(text, claim, first.place))


def _names_nothing_else(text: str, claim: Claim, place: Trace) -> bool:
    """Whether the telling words of a claim all name its row, or say that something changed."""
    label = f"{place.place.row} {place.place.column}"
    said = {word for word, weight in claim.phrase.words.items() if weight >= BESIDE}
    return said <= stems_of_name(label) | stems_of_operations(text)


def _change(line: Line, claim: Claim, figure: Figure, new: Figure, old: Figure) -> Change:
    reader = line.reader
    said = agreement(claim.quantity, figure, reader.half, reader.evidence.tables[line.table].scales)
    is_growth_in_points = claim.quantity.unit == "points" and figure[4] == "percent"
    if is_growth_in_points or (said not in ("", "scale") and not reader.allows(figure)):
        said = ""
    spot = (line.table, -1, figure)
    place = reader.trace(spot, line.fit, said, line.fit)
    is_amount = max(float(new[2]), float(old[2])) < 0
    return Change(place, said, None if is_amount else float(figure[2]) > 0)


def _lines(readers: Sequence[Reader]) -> list[Line]:
    """Return the rows to which the words of a claim lead best: several only where they fit alike."""
    lines: list[Line] = []
    best = LEAST_FIT
    for reader in readers:
        for at, table in enumerate(reader.evidence.tables):
            for number, fit in reader.line_fits(at).items():
                if fit >= best:
                    lines = [*(line for line in lines if line.fit >= fit), Line(reader, at, (), fit)][
                        :MOST_LINES
                    ]
                    lines[-1] = lines[-1]._replace(cells=_cells(table, number))
                    best = fit
    return [line for line in lines if line.fit >= best]


def _lines_beside(readers: Sequence[Reader], beside: Sequence[Traced]) -> list[Line]:
    """Return the row of the first right figure beside the claim."""
    for _, trace in beside:
        if trace is not None and trace.table is not None:
            row, column = trace.spot[2][:2]
            number = column if trace.table.is_turned else row
            cells = _cells(trace.table, number)
            return [
                Line(reader, trace.spot[0], cells, trace.row_fit)
                for reader in readers
                if reader.source == trace.source
            ]
    return []


def _cells(table: TableEvidence, number: int) -> list[Figure]:
    """Return the cells of a line that tell no change; no line has many."""
    cells = (table.by_column if table.is_turned else table.by_row).get(number, [])[:MOST_CELLS]
    return [cell for cell in cells if not table.has_change_over[cell[1]]]


def _over(line: Line, span: YearSpan) -> Iterator[tuple[Figure, Figure]]:
    """Yield the last and the first cell of a span of years: "since 2022", "over two years"."""
    table = line.reader.evidence.tables[line.table]
    by_year = {period[0][0]: cell for cell in line.cells if len(period := _periods(table, cell)) == 1}
    years = sorted(year for year in by_year if year)
    if len(by_year) < len(line.cells) or len(years) < 2:
        return
    first = years[-1] + span.number if span.number < 0 else span.first
    last = years[-1] if span.last is None else span.last
    if first in by_year and last in by_year and first != last and span.number <= 0:
        yield by_year[last], by_year[first]


def _pairs(line: Line, beside: Sequence[Traced], *, is_overall: bool) -> Iterator[tuple[Figure, Figure]]:
    """Yield the later and the earlier of two cells of which a claim may tell the change.

    They are those that the sentence states, else that of the claim's period and the one before. What the
    sentence starts from ("from 5") is the earlier one. Of more than two that it states, a change of all in
    all is between the last and the first.
    """
    table = line.reader.evidence.tables[line.table]
    named = {id(cell): _periods(table, cell) for cell in line.cells}
    stated = [
        (other.phrase.is_base, cell)
        for other, trace in beside
        if trace is not None and trace.table is table
        for cell in line.cells
        if cell[:2] == trace.spot[2][:2]
    ]
    stated = [
        each for each in stated if named[id(each[1])]
    ] or stated  # what has no period is a limit, an aim
    bases = [id(cell) for is_base, cell in stated if is_base]
    if not bases and _has_base_alone(beside, line.reader.claim):
        return
    ends = _each_once(cell for _, cell in stated)
    if is_overall and len(ends) > 2:
        by_time = sorted(ends, key=lambda cell: _order(named[id(cell)]))
        yield by_time[-1], by_time[0]
        return
    if len(ends) < 2 and bases and len(stated) > 1:
        return
    if len(ends) < 2:
        is_dated = ends and _is_of_claim(line, named[id(ends[0])])
        ends = ends if is_dated else _said(line, named) or ends
    groups = [ends]
    if not ends and not line.reader.periods:
        last = _last_of_kinds(table, sorted(line.cells, key=lambda cell: _order(named[id(cell)])))
        groups = [[each] for each in last]
    for group in groups:
        for new, old in _by_time(table, group, line.cells, named):
            if not bases or id(old) in bases:
                yield new, old


def _last_of_kinds(table: TableEvidence, cells: Sequence[Figure]) -> list[Figure]:
    """Return the last cell, by time, of each kind of columns of a row, but for their years."""
    last = {table.kinds[cell[1]]: cell for cell in cells}
    return list(last.values())[: -MOST_LINES - 1 : -1]


def _has_base_alone(beside: Sequence[Traced], claim: Claim) -> bool:
    """Whether a figure may be what that of the claim is compared with: none of its own row stands by it.

    "Europe rose 5 % to 1,846, while Asia fell to 1,392 from 1,508" compares 1,508 with Asia's. In prose that
    is told by its measure alone: "2.5x from 2.6x, as debt was cut by $155 million".
    """
    bases = [(base, trace) for base, trace in beside if base.phrase.is_base]
    if not bases:
        return False
    rows = {_row(trace) for each, trace in beside if trace and trace.table and not each.phrase.is_base}
    for base, trace in bases:
        if trace is None or (trace.table and _row(trace) not in rows):
            return True
        if not trace.table and (claim.quantity.unit or base.quantity.currency == claim.quantity.currency):
            return True
    return False


def _row(trace: Trace) -> tuple[int, int, int]:
    return trace.source, trace.spot[0], trace.spot[2][0]


def _each_once(cells: Iterable[Figure]) -> list[Figure]:
    return list({id(cell): cell for cell in cells}.values())


def _said(line: Line, named: Mapping[int, tuple[Named, ...]]) -> list[Figure]:
    """Return the cells of the periods of a claim, the nearest first; of several the best head."""
    said: list[Figure] = []
    for period, _ in line.reader.periods:
        cells = [cell for cell in line.cells if _is_of(period, named[id(cell)])]
        said += line.reader.of_best_heads(line.table, cells) if len(cells) > 1 else cells
    return _each_once(said)


def _is_of_claim(line: Line, named: Sequence[Named]) -> bool:
    """Whether a cell of these periods is of one of the claim."""
    return any(_is_of(period, named) for period, _ in line.reader.periods)


def _is_of(period: Named, named: Sequence[Named]) -> bool:
    return any(same_period(period, each) >= SAME for each in comparable([period], named))


def _by_time(
    table: TableEvidence,
    ends: Sequence[Figure],
    cells: Sequence[Figure],
    named: Mapping[int, tuple[Named, ...]],
) -> Iterator[tuple[Figure, Figure]]:
    """Yield the first two of these cells as later and earlier; of two units each with the one before."""
    if len(ends) > 1 and ends[0][4] == ends[1][4]:
        yield from _ordered(ends[0], ends[1], named)
        return
    for end in ends:
        others = [cell for cell in cells if cell is not end]
        before = table.of_one_kind(
            end[1], [cell for cell in others if _is_before(named[id(cell)], named[id(end)])]
        )
        for other in before or (others if len(others) == 1 else ()):
            yield from _ordered(end, other, named)


def _periods(table: TableEvidence, cell: Figure) -> tuple[Named, ...]:
    """Return the periods of a cell, those of its head, else of its row."""
    return table.head_periods[cell[1]] or table.row_periods[cell[0]]


def _order(periods: Sequence[Named]) -> tuple[int, int, str]:
    year, part = periods[0] if periods else (None, "")
    return (year or 0, len(part), part)


def _ordered(
    one: Figure, two: Figure, named: Mapping[int, tuple[Named, ...]]
) -> Iterator[tuple[Figure, Figure]]:
    """Yield two cells as later and earlier; both ways where nothing tells."""
    first, second = _order(named[id(one)]), _order(named[id(two)])
    if first >= second:
        yield one, two
    if second >= first:
        yield two, one


def _is_before(periods: Sequence[Named], others: Sequence[Named]) -> bool:
    """Whether the first period of a name is the year or the quarter before that of another one.

    A year of 52 weeks ends on another day, maybe of another month.
    """
    if not periods or not others:
        return False
    (year, part), (later, later_part) = periods[0], others[0]
    if year is None or later is None:
        return False
    if part.isdecimal() and later_part.isdecimal():
        return abs(12 * (later - year) + int(later_part) - int(part) - 12) <= 1
    if part[:1] == later_part[:1] == "Q" and 4 * (later - year) + int(later_part[1:]) - int(part[1:]) == 1:
        return True
    return part == later_part and year == later - 1


def differences(new: Figure, old: Figure) -> Iterator[Figure]:
    """Yield the change between two cells, and as a percentage of the old one; nothing where units differ."""
    row, column, after, scale, unit, currency = new
    _, _, before, other_scale, other_unit, other_currency = old
    if unit != other_unit or len({scale, other_scale} - {None}) > 1:
        return
    if are_other_currencies(currency, other_currency):
        return
    scale = other_scale if scale is None else scale
    try:
        difference, base = Decimal(after) - Decimal(before), abs(Decimal(before))
        yield [row, column, f"{difference:f}", scale, "points" if unit == "percent" else unit, currency]
        if base and (Decimal(after) < 0) == (Decimal(before) < 0):
            yield [row, column, f"{difference / base * 100:.4f}", None, "percent", ""]
    except InvalidOperation:
        return
