"""Tables of a page, understood: which words stand over and before each figure, and in what unit it is.

A table is read from Markdown, the form in which pages are kept. Head rows may be several and their cells
merged; a row without figures opens a section; marks of footnotes belong to nobody; a currency sign or a
percent sign in a column of its own belongs to its neighbour.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from finrisk_rules.judge.bounds import Bound
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Quantity, Style
from finrisk_rules.scales import Scale, scale_said
from finrisk_rules.table_cells import BARE_YEAR, said_of, without_footnote
from finrisk_rules.table_heads import (
    ENDS_IN_YEAR,
    heads_of,
    is_head,
    is_over_all,
    length_of_head,
    names_a_year,
    unit_column,
)
from finrisk_rules.table_scales import EXCEPT, scale_above, unit_of
from finrisk_rules.units import Unit

_SEPARATOR = pattern_of(r"[\s:|-]*")
_BEFORE_FIGURE = pattern_of(r"-? ?\(? ?(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}) ?-? ?\(?|\(")
_AFTER_FIGURE = pattern_of(r"\s*(?:\)|%|\)\s*%|%\s*\))\s*")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table, with the words that say what it is.

    ``value`` is as written; ``scale`` the power of ten of its unit, None where the page does not say;
    ``unit`` is "percent" too where the row or the column says so; ``head`` holds the column's words from top
    to bottom; ``bound`` is what the cell's own words make of the figure: "at least 2.50x".
    """

    value: Quantity
    scale: int | None
    unit: Unit
    currency: str
    row: int
    column: int
    label: str
    section: str
    head: str
    bound: Bound = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page: the words above it, the words over each column, and its figures, row by row."""

    caption: str
    heads: tuple[str, ...]
    cells: tuple[Cell, ...]


def tables_of(page: str, style: Style = "point", above: str = "") -> list[Table]:
    """Return the tables of a page, in order; ``above`` is the text before it, which may say the unit."""
    tables: list[Table] = []
    for is_table, lines in groupby(page.splitlines(), key=lambda line: line.lstrip().startswith("|")):
        if is_table:
            if rows := _rows(list(lines)):
                tables += _parts(rows, above, style)
        else:
            above = "\n".join([above, *lines])
    return tables


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table's lines, all rows equally long, without the line below the head."""
    rows = [
        [
            cell.strip().replace("\\|", "|")
            for cell in re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
        ]
        for line in lines
        if not _SEPARATOR.fullmatch(line)
    ]
    width = max((len(row) for row in rows), default=0)
    return [_joined([*row, *[""] * (width - len(row))]) for row in rows]


def _joined(row: list[str]) -> list[str]:
    """Return the row with the signs that stand in columns of their own joined to their figures.

    A period is none: ``2023 | %`` heads two columns.
    """
    cells = row[:]
    for at in range(len(cells) - 2, 0, -1):
        if cells[at] and cells[at + 1][:1].isdigit() and _BEFORE_FIGURE.fullmatch(cells[at]):
            cells[at], cells[at + 1] = "", f"{cells[at]} {cells[at + 1]}"
    for at in range(2, len(cells)):
        is_behind = _AFTER_FIGURE.fullmatch(cells[at]) and cells[at - 1][-1:].isdigit()
        if is_behind and not ENDS_IN_YEAR.search(cells[at - 1]):
            cells[at - 1], cells[at] = f"{cells[at - 1]}{cells[at]}", ""
    return cells


def _parts(rows: list[list[str]], above: str, style: Style) -> Iterator[Table]:
    """Yield the table of these rows: several where another head begins in the middle.

    A head there of nothing but a period or a unit over all columns stands in place of the last such one.
    """
    first = length_of_head(rows, style)
    starts = [
        at
        for at in range(first + 1, len(rows))
        if not rows[at][0] and any(rows[at]) and is_head(rows[at], (), style)
    ]
    of_all = [
        cell for row in rows[:first] for cell in row if cell and (cell is row[0] or EXCEPT.search(cell))
    ]
    said = scale_above(above, of_all)
    year_columns = _year_columns(rows[first:])
    head: list[list[str]] = []
    for start, end in zip([0, *starts], [*starts, len(rows)], strict=True):
        body = start + (length_of_head(rows[start:end], style) if start else first)
        own = rows[start:body]
        kept = [row for row in head if not is_over_all(row)] if start and all(map(is_over_all, own)) else []
        head = [*kept, *own]
        heads = list(heads_of(head) or ("",) * len(rows[0]))
        cells = tuple(_cells(rows[body:end], heads, said, style, year_columns))
        table = Table(_caption(above), tuple(heads), cells)
        if table.cells:
            yield table


def _cells(
    rows: list[list[str]], heads: list[str], said: Scale, style: Style, year_columns: set[int]
) -> Iterator[Cell]:
    """Yield the figures below these heads; one of a period that is not its column's gets its own head."""
    sections, column_of_units = _Sections(heads), unit_column(heads)
    for number, row in enumerate(rows):
        label = without_footnote(row[0])
        of_row = f"{label} ({row[column_of_units]})" if column_of_units else label
        if not any(row[1:]):
            if (scale := scale_said(label)).power is not None:
                said = scale
            if scale.power is None or names_a_year(label):
                sections.open(label)
        for column in range(1, len(row)):
            for each in said_of(row[column], style, years=column not in year_columns):
                at = _column_of(each.period, column, heads) if each.period else column
                unit = unit_of(each, (of_row, heads[at], sections.name), said)
                yield Cell(each.figure, *unit, number, at, label, sections.name, heads[at], each.bound)


def _column_of(period: str, column: int, heads: list[str]) -> int:
    """Return the number of the head that says of a period what a column's says of its own.

    That is the column's own where it says that period, else one behind all columns.
    """
    said = [each[:2] for each in periods(period)]
    head = heads[column]
    if [each[:2] for each in periods(head)] == said:
        return column
    for each in reversed(periods(head)):
        head = f"{head[: each.start]}{head[each.end :]}"
    head = " ".join([*head.split(), period])
    if head not in heads:
        heads.append(head)
    return heads.index(head)


class _Sections:
    """The section of the rows below it; one of a period goes on below those within it.

    A period in the corner of a table is over all its rows where no column has one.
    """

    def __init__(self, heads: Sequence[str]) -> None:
        self._heads = heads
        self._period = heads[0] if self._is_period(heads[0]) else ""
        self.name = self._period

    def open(self, label: str) -> None:
        """Open the section of a row that has nothing but its label."""
        if self._is_period(label):
            self.name = self._period = label
        elif label:
            self.name = f"{label}, {self._period}" if self._period else label

    def _is_period(self, label: str) -> bool:
        return names_a_year(label) and self._is_dated

    @cached_property
    def _is_dated(self) -> bool:
        """Whether periods may stand in rows: no column names one."""
        return not any(periods(head) for head in self._heads[1:])


def _caption(above: str) -> str:
    lines = [line.strip() for line in above.splitlines() if line.strip()]
    return lines[-1][-300:] if lines else ""


def _year_columns(body: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns that hold nothing but bare years: maturities, not figures that look like a year."""
    columns = {}
    for column in range(1, len(body[0]) if body else 0):
        columns[column] = [row[column] for row in body if row[column]]
    return {column for column, cells in columns.items() if cells and all(map(BARE_YEAR.fullmatch, cells))}
