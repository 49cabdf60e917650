"""Totals without a name: rows of a table that have no label, and add up the rows above them."""

from collections import deque
from collections.abc import Sequence
from typing import Any

MOST_PARTS = 64
"""Rows with a label above one without that it may add up."""

TOTAL = "Total"

_LEAST_PARTS, _ROUNDED = 2, 0.005

Row = tuple[str, str]
"""The label of a row and its section."""


def with_totals(rows: Sequence[Row], cells: Sequence[Sequence[Any]]) -> Sequence[Row]:
    """Return the rows of a table, those called totals that have no label and add up the rows above them.

    One that adds up rows of its own section alone is the total of that: "Total Current". A section may stand
    in the labels: "Current: Federal", "Current: State".
    """
    if all(label for label, _ in rows):
        return rows
    named = list(rows)
    columns: dict[int, deque[Sequence[Any]]] = {}
    for cell in cells:
        above = columns.setdefault(cell[1], deque(maxlen=MOST_PARTS))
        row = cell[0]
        label, section = rows[row]
        if label:
            above.append(cell)
        elif named[row] is rows[row] and (first := _first_part(cell, above)) is not None:
            of = _section_of(rows[first:row], section)
            named[row] = (f"{TOTAL} {of}", section) if of else (TOTAL, "")
    return named


def _section_of(parts: Sequence[Row], section: str) -> str:
    """Return what all parts of a total are of, by their section or by what their labels begin with."""
    if section and all(other == section for _, other in parts):
        return section
    leads = {label.partition(":")[0] if ":" in label else "" for label, _ in parts if label}
    return leads.pop() if len(leads) == 1 else ""


def _first_part(cell: Sequence[Any], above: Sequence[Sequence[Any]]) -> int | None:
    """Return the row of the first of the last cells of a column that a cell below adds up; None for none."""
    added, total = 0.0, float(cell[2])
    parts = [each for each in above if each[3:5] == cell[3:5] and not cell[4]]
    for count, part in enumerate(reversed(parts), 1):
        added += float(part[2])
        if count >= _LEAST_PARTS and abs(added - total) <= _ROUNDED * abs(total):
            return int(part[0])
    return None
