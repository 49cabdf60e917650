"""Tables of web pages: merged cells unfolded, the columns of layout folded, so that a figure has its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .table import markdown

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SPAN_MAX = 200
"""Most columns or rows that one cell is taken to cover."""

_OPENING = re.compile(r"\(?(?:[A-Z]{0,2}[$€£¥₹]|USD|EUR|GBP|CHF|JPY)?\(?|[-−]")
_CLOSING = re.compile(r"[)%\s]+|[*†‡§]+|\(\w\)|\[\w\]")


@dataclass(frozen=True)
class _Cell:
    """A cell of the page; ``key`` says which, where it covers several places."""

    key: int
    text: str


_EMPTY = _Cell(-1, "")


def is_data(table: HtmlElement) -> bool:
    """Whether a table holds rows and columns; one that only arranges things, or holds tables, does not."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [
        sum(1 for cell in row if cell.tag in ("td", "th") and "".join(cell.itertext()).strip())
        for row in _rows(table)
    ]
    return sum(1 for filled in rows if filled > 1) > 1 or (len(rows) == 1 and rows[0] > 2)


def cells(table: HtmlElement, text: Callable[[HtmlElement], str]) -> str:
    """Return a table as Markdown.

    What covers several columns stands in each of them that holds something by itself; a currency sign, a
    bracket or a mark in a column of its own belongs to its neighbour; one that covers its row stands first.
    """
    grid = _grid(table, text)
    columns = _joined(_filled([[row[at] for row in grid] for at in range(max(map(len, grid), default=0))]))
    rows = [[column[at] for column in columns] for at in range(len(grid))]
    return markdown(
        [[cell.text for cell in (row[:1] if len({each.key for each in row}) == 1 else row)] for row in rows]
    )


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _grid(table: HtmlElement, text: Callable[[HtmlElement], str]) -> list[list[_Cell]]:
    """Return the cells of a table by row and column, each at all the places that it covers."""
    grid: list[list[_Cell]] = []
    hanging: dict[int, tuple[_Cell, int]] = {}  # by column: what reaches down, and over how many rows yet
    key = 0
    for row in _rows(table):
        line: list[_Cell] = []
        for element in (child for child in row if child.tag in ("td", "th")):
            _fall(line, hanging)
            words, key = text(element), key + 1
            cell = _Cell(key, words) if words else _EMPTY
            down = _span(element, "rowspan")
            for _ in range(_span(element, "colspan")):
                if down > 1:
                    hanging[len(line)] = (cell, down - 1)
                line.append(cell)
        _fall(line, hanging)
        grid.append(line)
    width = max(map(len, grid), default=0)
    return [line + [_EMPTY] * (width - len(line)) for line in grid]


def _fall(line: list[_Cell], hanging: dict[int, tuple[_Cell, int]]) -> None:
    """Put what reaches down from rows above where the row has come to."""
    while len(line) in hanging:
        cell, left = hanging.pop(len(line))
        if left > 1:
            hanging[len(line)] = (cell, left - 1)
        line.append(cell)


def _span(element: HtmlElement, name: str) -> int:
    value = (element.get(name) or "").strip()
    return min(max(int(value), 1), SPAN_MAX) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def _filled(columns: list[list[_Cell]]) -> list[list[_Cell]]:
    """Return the columns that hold something by themselves, beside what covers others too."""
    covers = Counter(key for column in columns for key in {cell.key for cell in column})
    kept = []
    for column in columns:
        keys = {cell.key for cell in column}
        if all(key == _EMPTY.key or covers[key] > 1 for key in keys):
            covers.subtract(keys)
        else:
            kept.append(column)
    return kept


def _joined(columns: list[list[_Cell]]) -> list[list[_Cell]]:
    """Return the columns with those of signs and marks joined to the neighbour that they belong to."""
    joined: list[list[_Cell]] = []
    opening: list[_Cell] | None = None
    for at, column in enumerate(columns):
        if opening is not None:
            column, opening = _side_by_side(opening, column), None
        right = columns[at + 1] if at + 1 < len(columns) else None
        if right is not None and _belongs(column, right, _OPENING):
            opening = column
        elif joined and _belongs(column, joined[-1], _CLOSING):
            joined[-1] = _side_by_side(joined[-1], column)
        else:
            joined.append(column)
    return joined


def _belongs(column: Sequence[_Cell], neighbour: Sequence[_Cell], signs: re.Pattern[str]) -> bool:
    """Whether a column holds signs alone, and heads that it shares with its neighbour."""
    own = [cell for cell, other in zip(column, neighbour, strict=True) if cell.text and cell.key != other.key]
    return bool(own) and all(signs.fullmatch(cell.text) for cell in own)


def _side_by_side(left: Sequence[_Cell], right: Sequence[_Cell]) -> list[_Cell]:
    return [
        one if one.key == other.key or not other.text else _Cell(other.key, f"{one.text}{other.text}")
        for one, other in zip(left, right, strict=True)
    ]
