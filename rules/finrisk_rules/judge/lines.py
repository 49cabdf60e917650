"""Lines of a table, its rows, or its columns where the rows are periods, and what they come to over years."""

import re
from collections.abc import Iterator, Sequence, Set
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from finrisk_rules.judge.mentions import names_of
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, Named, TableEvidence
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.year_spans import YearSpan
from finrisk_rules.patterns import pattern_of

MOST_CELLS, MOST_LINES = 40, 3
"""Cells of a line, and lines that fit alike, which are looked at."""

LEAST_FIT = 0.4
"""Fit from which on words lead to a line."""

_REST = pattern_of(
    r"\W*(?:there)?after\b|.*\b(?:beyond|later|danach|spätere|darüber|au-delà|ultérieur\w*|después|posterior\w*|oltre)\b"
    r"|.*以降",
    re.IGNORECASE,
)
"""The name of what comes after the last year of a ladder."""


def cells_of(table: TableEvidence, line: int) -> Sequence[Figure]:
    """Return the cells of a line that tell no change; no line has many."""
    cells = (table.by_column if table.is_turned else table.by_row).get(line, [])[:MOST_CELLS]
    return [cell for cell in cells if not table.has_change_over[cell[1]]]


def across_of(table: TableEvidence, cell: Figure) -> int:
    """Return the number of the column of a cell, or of its row where the rows are periods."""
    return int(cell[0] if table.is_turned else cell[1])


def periods_across(table: TableEvidence, across: int) -> Sequence[Named]:
    """Return the periods of a column, or of a row where the rows are periods."""
    return table.row_periods[across] if table.is_turned else table.head_periods[across]


def lines_said(reader: Reader, number: int, named: Sequence[int]) -> Iterator[int]:
    """Yield the lines of a table that a sentence names, else those to which a claim's words lead best.

    Else its total, or its only line: "total" is a verb as well.
    """
    table = reader.evidence.tables[number]
    names = names_of(table)
    own = [line for line in named if not stems_of_name(names[line][0]) <= STEMS_OF_TOTAL]
    if not own:
        fits = {line: fit for line, fit in reader.line_fits(number).items() if fit >= LEAST_FIT}
        own = [line for line, fit in fits.items() if not stems_of_name(names[line][0]) <= STEMS_OF_TOTAL]
        own = [line for line in own if fits[line] == max(map(fits.__getitem__, own))]
    if not own:
        known = table.by_column if table.is_turned else table.by_row
        totals = [line for line in known if stems_of_name(names[line][0]) & STEMS_OF_TOTAL]
        own = totals or (list(known) if len(known) == 1 else [])
    yield from list(dict.fromkeys(own))[:MOST_LINES]


class Ladder:
    """The years of a table, by what is across its lines: rows or columns.

    ``rests`` is what comes after the last of them: a table that has it tells of what falls due.
    """

    def __init__(self, table: TableEvidence) -> None:
        names = [row[0] for row in table.rows] if table.is_turned else table.heads
        self.table = table
        self.rests = {across for across, name in enumerate(names) if _REST.match(name)}
        self.years: dict[int, int] = {}
        for across in range(len(names)):
            named = {year for year, part in periods_across(table, across) if part[:1] not in ("Q", "H")}
            if len(named) == 1 and across not in self.rests and (year := named.pop()):
                self.years[across] = year

    def over(self, line: int, span: YearSpan, kinds: Set[str]) -> Figure | None:
        """Return what a line comes to over a span of years: their sum, or their mean where that is said.

        ``kinds`` are the operations that the sentence names: what is no ladder is not added up where it names
        none. None where a year is missing or there twice; in a ladder, an empty cell is nothing.
        """
        if (not self.rests and kinds.isdisjoint(("mean", "total"))) or (span.number and not self._has(span)):
            return None
        known = sorted(set(self.years.values()))
        years = span.years(known) if known else None
        if years is None:
            return None
        cells = cells_of(self.table, line)
        chosen = [cell for cell in cells if self.years.get(across_of(self.table, cell)) in years]
        said = [self.years[across_of(self.table, cell)] for cell in chosen]
        if len(set(said)) < len(said) or (len(said) < len(years) and not self.rests):
            return None
        if span.last is None and not span.number:
            chosen += [cell for cell in cells if across_of(self.table, cell) in self.rests]
        return _sum(chosen, is_mean="mean" in kinds)

    def _has(self, span: YearSpan) -> bool:
        """Whether the next years are those of a ladder, or the last ones those of another table."""
        return bool(self.rests) == (span.number > 0)


@lru_cache(maxsize=512)
def ladder_of(table: TableEvidence) -> Ladder:
    """Return the years of a table; each is read once."""
    return Ladder(table)


def _sum(cells: Sequence[Figure], *, is_mean: bool) -> Figure | None:
    if not cells or len({(cell[3], cell[4]) for cell in cells}) > 1:
        return None
    try:
        total = sum((Decimal(cell[2]) for cell in cells), Decimal())
    except InvalidOperation:
        return None
    row, column, *_ = cells[0]
    value = total / len(cells) if is_mean else total
    return [row, column, f"{value:.6f}" if is_mean else f"{value:f}", *cells[0][3:]]
