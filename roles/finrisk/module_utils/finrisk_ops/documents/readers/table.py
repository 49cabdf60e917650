"""Tables as Markdown, the form in which pages are kept."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as a table whose first row is its head; empty without rows that hold anything.

    Columns that are empty from top to bottom are left out.
    """
    kept = [[_cell(cell) for cell in row] for row in rows]
    kept = [row for row in kept if any(row)]
    width = max(map(len, kept), default=0)
    kept = [row + [""] * (width - len(row)) for row in kept]
    columns = [column for column in range(width) if any(row[column] for row in kept)]
    if not columns:
        return ""
    lines = [f"| {' | '.join(row[column] for column in columns)} |" for row in kept]
    lines.insert(1, f"|{' --- |' * len(columns)}")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
