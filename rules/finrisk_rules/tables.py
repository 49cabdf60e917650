"""Tables of a page, understood: which words stand over and before each figure, and in what unit it is.

A table is read from Markdown, the form in which pages are kept. Head rows may be several and their cells
merged; a row without figures opens a section; marks of footnotes belong to nobody; a currency sign or a
percent sign in a column of its own belongs to its neighbour.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.periods import periods
from finrisk_rules.plain_text import plain
from finrisk_rules.quantities import Quantity, Style, quantities
from finrisk_rules.scales import Scale, scale_said
from finrisk_rules.units import Unit

LONGEST_CELL = 60
"""Characters of a cell that can hold figures; a longer one is prose."""

MOST_HEAD_ROWS = 8
"""A table whose first rows have no figure even then is one of words, with a head of one row."""

MOST_ABOVE = 1_000
"""Characters above a table in which its unit is looked for."""

_SEPARATOR = re.compile(r"[\s:|-]*")
_BEFORE_FIGURE = re.compile(r"-? ?\(? ?(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}) ?-? ?\(?|\(")
_AFTER_FIGURE = re.compile(r"\s*(?:\)|%|\)\s*%|%\s*\))\s*")
_FOOTNOTE = re.compile(
    r"(?:\s*(?:\( ?(?:\d{1,2}|[a-zA-Z]|i{1,3}|iv|vi{0,3}) ?\)|\[\w{1,2}\]|[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+))+[\s.:]*\Z"
)
_SHARES = re.compile(r"\bshares?\b|\baktien?\b|\bactions?\b|株", re.IGNORECASE)
_STEMS_OF_SHARES = stems_of_name("share shares aktie aktien action actions")
_WORD = re.compile(r"[^\W\d_]{4,}")
_DIGIT = re.compile(r"\d")
_BARE_FIGURE = re.compile(r"[0-9.,]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_ENDS_IN_YEAR = re.compile(r"(?:(?<![\d.,])(?:19|20)\d\d|FY ?'?\d\d)\Z")
_MONTHS = re.compile(r"(?:3|6|9|12) ?M")
"""Beside a period, so many months: "6M Mar-24"."""

_BARE_YEAR = re.compile(r"(?:19|20)\d\d")
_BRACKET = re.compile(r"\([^()\n]{2,80}\)")
_EXCEPT = re.compile(r"\b(?:except|ausser|außer|sauf|excepto|eccetto)\b", re.IGNORECASE)
_PER_UNIT = re.compile(r"\bper\b|\bje\b|\bpar action\b|\bpor acción\b|１株|1株", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table, with the words that say what it is.

    ``value`` is as written; ``scale`` the power of ten of its unit, None where the page does not say;
    ``unit`` is "percent" too where the row or the column says so; ``head`` holds the column's words from top
    to bottom.
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
        if is_behind and not _ENDS_IN_YEAR.search(cells[at - 1]):
            cells[at - 1], cells[at] = f"{cells[at - 1]}{cells[at]}", ""
    return cells


def _parts(rows: list[list[str]], above: str, style: Style) -> Iterator[Table]:
    """Yield the table of these rows: several where another head begins in the middle."""
    first = _first_of_body(rows, style)
    starts = [
        at
        for at in range(first + 1, len(rows))
        if not rows[at][0] and any(rows[at]) and _is_head(rows[at], (), style)
    ]
    of_all = [
        cell for row in rows[:first] for cell in row if cell and (cell is row[0] or _EXCEPT.search(cell))
    ]
    said = scale_said(" ".join([above[-MOST_ABOVE:], *of_all]))
    if said.power is None:
        said = _declared(above) or said
    year_columns = _year_columns(rows[first:])
    for start, end in zip([0, *starts], [*starts, len(rows)], strict=True):
        body = start + (_first_of_body(rows[start:end], style) if start else first)
        heads = _heads(rows[start:body]) or ("",) * len(rows[0])
        table = Table(_caption(above), heads, tuple(_cells(rows[body:end], heads, said, style, year_columns)))
        if table.cells:
            yield table


def _declared(above: str) -> Scale | None:
    """Return what the last bracket that names a unit says, however far above: ``(in thousands)``."""
    brackets = (scale_said(match[0]) for match in reversed(list(_BRACKET.finditer(above))))
    return next((said for said in brackets if said.power is not None), None)


def _cells(
    rows: list[list[str]], heads: tuple[str, ...], said: Scale, style: Style, year_columns: set[int]
) -> Iterator[Cell]:
    section = ""
    for number, row in enumerate(rows):
        label = without_footnote(row[0])
        if not any(row[1:]):
            if (unit := scale_said(label)).power is not None:
                said = unit
            else:
                section = label or section
        for column in range(1, len(row)):
            for figure in figures_of(row[column], style, years=column not in year_columns):
                said_here = _unit(figure, (label, heads[column], section), said)
                yield Cell(figure, *said_here, number, column, label, section, heads[column])


def _first_of_body(rows: list[list[str]], style: Style) -> int:
    """Return the number of head rows: those above the first row that has a figure behind its label."""
    heads: tuple[str, ...] = ()
    for at, row in enumerate(rows[:MOST_HEAD_ROWS]):
        if not _is_head(row, heads, style) or (any(heads[1:]) and not any(row[1:])):
            return at
        heads = _heads(rows[: at + 1])
    return 1


def _is_head(row: list[str], heads: Sequence[str], style: Style) -> bool:
    """Whether a row is part of the head: no figure but years, and those not below other years."""
    behind = [cell for cell in row[1:] if cell]
    if any(figures_of(cell, style) for cell in behind):
        return False
    years_above = any(period.year for head in heads[1:] for period in periods(head))
    bare_years = behind and all(cell.isdecimal() for cell in behind)
    return not (bare_years and years_above and row[0])


def _heads(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the words over each column, top to bottom; an empty cell takes what stands left of it.

    A percentage beside a year is of that year.
    """
    columns: list[list[str]] = [[] for _ in rows[0]] if rows else []
    for at, row in enumerate(rows):
        current = lone = _lone(row, is_top=at == 0)
        for column, cell in enumerate(row):
            left = current
            current = cell or lone or (current if column > 1 else "")
            if current == "%" and _ENDS_IN_YEAR.search(left):
                current = f"{left}, %"
            current = "" if column == 0 and current == lone != cell else current
            text = without_footnote(current)
            if text and text not in columns[column]:
                columns[column].append(text)
    return tuple(" ".join(words) for words in columns)


def _lone(row: Sequence[str], *, is_top: bool) -> str:
    """Return what stands alone in a row with room on its right: it is over all columns, in the middle.

    Below the top row only a period or a unit is.
    """
    cells = [(column, cell) for column, cell in enumerate(row) if cell and column]
    if len(cells) != 1 or cells[0][0] == len(row) - 1:
        return ""
    cell = cells[0][1]
    return cell if is_top or scale_said(cell).power is not None or any(periods(cell)) else ""


def _caption(above: str) -> str:
    lines = [line.strip() for line in above.splitlines() if line.strip()]
    return lines[-1][-300:] if lines else ""


def without_footnote(text: str) -> str:
    """Return a label without the marks of footnotes at its end."""
    return (_FOOTNOTE.sub("", text) or text).strip(" .:").removeprefix("- ")


def figures_of(cell: str, style: Style = "point", *, years: bool = False) -> tuple[Quantity, ...]:
    """Return the figures of a cell: no period, no mark of a footnote, and one that is said twice once.

    A cell that speaks in words has none. ``years`` says that a bare ``2014`` is a figure here.
    """
    if len(cell) > LONGEST_CELL or not _DIGIT.search(cell):
        return ()
    return _figures(cell, style, years and bool(_BARE_YEAR.fullmatch(plain(cell))))


_DASH_BEFORE = re.compile(r"\A\s*[\u2013\u2014](?=\d)")
"""A dash with which a cell begins is a minus: nothing stands before it that it could part."""


@lru_cache(maxsize=4096)
def _figures(cell: str, style: Style, is_year: bool) -> tuple[Quantity, ...]:
    cell = _DASH_BEFORE.sub("-", cell)
    if _BARE_FIGURE.fullmatch(cell) and not _YEAR.search(cell):  # no period, no bracket, no word
        return tuple(quantities(cell, style))
    text = plain(cell)
    spans = [] if is_year else [(period.start, period.end) for period in periods(text)]
    figures: list[Quantity] = []
    rest = text
    for figure in quantities(cell, style):
        if any(start < figure.end and figure.start < end for start, end in spans):
            continue
        if spans and _MONTHS.fullmatch(text, figure.start, figure.end):
            continue
        rest = rest[: figure.start] + " " * (figure.end - figure.start) + rest[figure.end :]
        repeated = figures and figure.bracketed and abs(figures[-1].value) == abs(figure.value)
        footnote = (
            (figures or spans or _WORD.search(text))
            and figure.bracketed
            and not figure.places
            and abs(figure.value) < 20
        )
        if not repeated and not footnote:
            figures.append(figure)
    return () if _WORD.search(rest) else tuple(figures)


def _year_columns(body: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns that hold nothing but bare years: maturities, not figures that look like a year."""
    columns = {}
    for column in range(1, len(body[0]) if body else 0):
        columns[column] = [row[column] for row in body if row[column]]
    return {column for column, cells in columns.items() if cells and all(map(_BARE_YEAR.fullmatch, cells))}


def _is_excepted(label: str, said: Scale) -> bool:
    """Whether a row or column is named among what the scale of its table does not count for."""
    if not said.excepted.isdisjoint(_STEMS_OF_SHARES) and _SHARES.search(label):
        return True
    return not said.excepted.isdisjoint(stems_of_name(label))


def _unit(figure: Quantity, words: tuple[str, str, str], said: Scale) -> tuple[int | None, Unit, str]:
    """Return power of ten, unit and currency of a figure, as row, column or table say."""
    own = [scale_said(text) for text in words]
    if figure.unit or (not figure.currency and any(each.percent for each in own[:2])):
        return None, figure.unit or "percent", ""
    currency = figure.currency or next((each.currency for each in (*own, said) if each.currency), "")
    if figure.scale is not None:
        return figure.scale, "", currency
    for text, each in zip(words, own, strict=True):
        if _PER_UNIT.search(text) and not _EXCEPT.search(text):
            return 0, "", currency
        counts = figure.currency and not each.currency and _SHARES.search(text)
        if each.power is not None and not counts:
            return each.power, "", currency
    names = words[:2] if not _EXCEPT.search(words[1]) else words[:1]
    if said.excepted and any(_is_excepted(name, said) for name in names):
        return 0, "", figure.currency
    return said.power, "", currency
