"""The head of a table: how many rows it has, and which words stand over each column."""

import re
from collections.abc import Sequence
from itertools import pairwise

from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Style
from finrisk_rules.scales import scale_said
from finrisk_rules.table_cells import figures_of, without_footnote

MOST_HEAD_ROWS = 8
"""A table whose first rows have no figure even then is one of words, with a head of one row."""

Row = Sequence[str]

_UNIT_HEAD = pattern_of(r"units?|einheit|unité|unidad|unità|unidade|单位|単位", re.IGNORECASE)
ENDS_IN_YEAR = pattern_of(r"(?:(?<![\d.,])(?:19|20)\d\d|FY ?'?\d\d)\Z")


def length_of_head(rows: Sequence[Row], style: Style) -> int:
    """Return the number of head rows: those above the first row that has a figure behind its label."""
    has_words = False
    for at, row in enumerate(rows[: MOST_HEAD_ROWS + 1]):
        is_filled = any(row[1:])
        if not is_head(row, rows[:at], style) or (has_words and not is_filled):
            return at
        has_words = has_words or is_filled
    return 1


def is_head(row: Row, above: Sequence[Row], style: Style) -> bool:
    """Whether a row is part of the head: no figure but years, and those not below other years."""
    behind = [cell for cell in row[1:] if cell]
    if any(figures_of(cell, style) for cell in behind):
        return False
    if not (row[0] and behind and all(cell.isdecimal() for cell in behind)):
        return True
    return not any(period.year for head in above for cell in head[1:] for period in periods(cell))


def heads_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the words over each column, top to bottom.

    An empty cell takes what stands left of it, but none of another group of columns, and nothing where a row
    says what is over several columns in each of them. A percentage beside a year is of that year.
    """
    columns: list[list[str]] = [[] for _ in rows[0]] if rows else []
    groups: set[int] = set()
    for at, written in enumerate(rows):
        row = _over_blocks(written, rows[at + 1 :])
        lone = _lone(row, is_top=at == 0)
        said = [lone if column and not cell else cell for column, cell in enumerate(row)]
        if not lone and not _repeats(row):
            said = _filled(row, groups)
        for column, cell in enumerate(said):
            words = f"{said[column - 1]}, %" if cell == "%" and _is_of_year(said, column) else cell
            text = without_footnote(words)
            if text and text not in columns[column]:
                columns[column].append(text)
        if not lone:
            groups |= _groups(row)
    return tuple(" ".join(words) for words in columns)


def unit_column(heads: Sequence[str]) -> int:
    """Return the number of the column that names the units of the rows, 0 for none."""
    return next((n for n, head in enumerate(heads) if n and _UNIT_HEAD.fullmatch(head.strip())), 0)


def is_over_all(row: Row) -> bool:
    """Whether a row says nothing but a period or a unit, which is over all columns."""
    return not row[0] and bool(_lone(row, is_top=False))


def names_a_year(text: str) -> bool:
    """Whether a text names one period, and its year."""
    named = periods(text) if text else []
    return len(named) == 1 and named[0].year is not None


def _lone(row: Row, *, is_top: bool) -> str:
    """Return what stands alone in a row with room on its right: it is over all columns, in the middle.

    Below the top row only a period or a unit is.
    """
    cells = [(column, cell) for column, cell in enumerate(row) if cell and column]
    if len(cells) != 1 or cells[0][0] == len(row) - 1:
        return ""
    cell = cells[0][1]
    return cell if is_top or scale_said(cell).power is not None or any(periods(cell)) else ""


def _is_of_year(row: Row, column: int) -> bool:
    return column > 0 and bool(ENDS_IN_YEAR.search(row[column - 1]))


def _filled(row: Row, groups: set[int]) -> list[str]:
    """Return a row whose empty cells say what stands left of them, up to where a group of columns begins."""
    filled = [*row[:2]]
    for column, cell in enumerate(row[2:], start=2):
        filled.append(cell or ("" if column in groups else filled[-1]))
    return filled


def _repeats(row: Row) -> bool:
    """Whether a row writes what is over several columns in each of them."""
    return any(cell and cell == following for cell, following in pairwise(row[1:]))


def _groups(row: Row) -> set[int]:
    """Return the columns at which a row begins another group of columns; none where each has its own head.

    An empty cell behind the last one tells of no group: it may be that column's head is below.
    """
    if _repeats(row):
        return {column for column in range(1, len(row)) if row[column] and row[column] != row[column - 1]}
    own = [column for column in range(1, len(row)) if row[column]]
    return set(own) if own and not all(row[own[0] : own[-1]]) else set()


def _over_blocks(row: Row, below: Sequence[Row]) -> Row:
    """Return a row whose every head is over one block of columns that a row below repeats.

    So "Gross" and "Net" are found wherever they stand over ``2023 | 2022 | 2021 | 2023 | 2022 | 2021``.
    """
    if not below:
        return row
    own = {column: cell for column, cell in enumerate(row) if cell and column}
    width, rest = divmod(len(row) - 1, len(own)) if len(own) > 1 else (0, 0)
    if width < 2 or rest or len({*own.values()}) < len(own):
        return row
    if [(column - 1) // width for column in own] != [*range(len(own))]:
        return row
    if not any(each[1:] == [*each[1 : 1 + width]] * len(own) and all(each[1:]) for each in below):
        return row
    return [row[0], *(cell for cell in own.values() for _ in range(width))]
