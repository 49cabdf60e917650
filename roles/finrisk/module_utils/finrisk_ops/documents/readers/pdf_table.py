"""Tables of a PDF: those with rules from the library, those without by what stands below one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from .pdf_layout import Block, Line, Piece, is_figure

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.table import Table

LONGEST_CELL = 150
"""Characters of a cell on average: what has more is a box around text."""

HEAD_LINES = 5
"""Most lines above the first figures that are looked at for the heads of columns."""

_OPENING = re.compile(r"\(?[A-Z]{0,2}[$€£¥₹]\(?|\(")
_CLOSING = re.compile(r"[)%\s]+|[*†‡§]+|\([a-z]\)")


def ruled(page: Page) -> list[Piece]:
    """Return the tables of a page whose cells are ruled, each as a piece of it."""
    found = []
    for table in page.find_tables():
        rows = _ruled_rows(table)
        cells = [cell for row in rows for cell in row if cell]
        wide = max(map(len, rows), default=0)
        if len(rows) < 2 or wide < 2 or len(cells) < 3 or sum(map(len, cells)) > LONGEST_CELL * len(cells):
            continue
        x0, top, x1, bottom = table.bbox
        block = Block(rows=tuple(map(tuple, rows)))
        found.append(Piece(x0, x1, top, bottom, 0.0, "", block))
    return [
        piece for piece in found if not any(_within(piece, other) for other in found if other is not piece)
    ]


def _within(piece: Piece, other: Piece) -> bool:
    return (
        other.x0 <= piece.x0
        and other.x1 >= piece.x1
        and other.top <= piece.top
        and other.bottom >= piece.bottom
    )


def _ruled_rows(table: Table) -> list[list[str]]:
    """Return the texts of a table's cells: what covers several stands in each, what covers a row first."""
    texts = table.extract(x_tolerance_ratio=0.2) if table.cells else []
    boxes = {
        box: text or ""
        for row, line in zip(table.rows, texts, strict=False)
        for box, text in zip(row.cells, line, strict=False)
        if box
    }
    columns = [column.bbox for column in table.columns]
    rows: list[list[str]] = []
    for row in table.rows:
        middle = (row.bbox[1] + row.bbox[3]) / 2
        covering = [
            _covering(boxes, (min(c[2], _right(columns, at)) + c[0]) / 2, middle)
            for at, c in enumerate(columns)
        ]
        if len(set(covering)) == 1:
            covering = covering[:1]
        cells = [boxes.get(box, "") if box else "" for box in covering]
        rows += _split(cells + [""] * (len(columns) - len(cells)))
    return rows


def _right(columns: Sequence[tuple[float, float, float, float]], at: int) -> float:
    return columns[at + 1][0] if at + 1 < len(columns) else columns[at][2]


def _covering(
    boxes: dict[tuple[float, float, float, float], str], x: float, y: float
) -> tuple[float, float, float, float] | None:
    return next((box for box in boxes if box[0] <= x <= box[2] and box[1] <= y <= box[3]), None)


def _split(cells: list[str]) -> list[list[str]]:
    """Return the rows of a row: without a rule between, cells hold equally many lines of figures."""
    parts = [cell.split("\n") for cell in cells]
    counts = {len(part) for part in parts if part != [""]}
    figures = [part for part in parts[1:] if part != [""] and all(map(is_figure, part))]
    if len(counts) == 1 and (count := counts.pop()) > 1 and figures:
        return [[part[at] if part != [""] else "" for part in parts] for at in range(count)]
    return [[" ".join(part) for part in parts]]


@dataclass(frozen=True)
class _Column:
    """Where the figures of a column stand."""

    x0: float
    x1: float


def aligned(column: Sequence[Line], start: int) -> tuple[Block | None, int]:
    """Return the table that begins with a line, and the line behind it; None when none begins there.

    A table has two lines at least with a label and figures, or three with words that begin below one another.
    """
    table, end = _of_figures(column, start)
    return (table, end) if table is not None else _of_words(column, start)


def _of_words(column: Sequence[Line], start: int) -> tuple[Block | None, int]:
    """Return a table of words, each of whose lines has as many pieces, and where they begin."""
    end = start
    first = column[start]
    while end < len(column) and len(column[end]) == len(first) > 1 and not _is_table(column[end]):
        if any(abs(one.x0 - other.x0) > 3 for one, other in zip(first, column[end], strict=True)):
            break
        end += 1
    if end - start < 3:
        return None, start
    return Block(rows=tuple(tuple(piece.text for piece in line) for line in column[start:end])), end


def _of_figures(column: Sequence[Line], start: int) -> tuple[Block | None, int]:
    """Return a table of figures: lines above, over its figures, are its head.

    Lines between them with a label alone are sections, or the first half of a label.
    """
    first = next(
        (at for at in range(start, min(start + HEAD_LINES, len(column))) if _figures(column[at])), None
    )
    if first is None or any(_is_table(line) for line in column[start:first]):
        return None, start
    end = _end(column, first)
    rows = [_whole(line) for line in column[first:end]]
    columns = _columns(rows)
    if sum(1 for row in rows if _figures(row)) < 2 or not columns:
        return None, start
    head = [_whole(line) for line in column[start:first]]
    margin = min(row[0].x0 for row in rows)
    if head and not _is_head(head[0], columns, margin):
        return None, start
    if not all(_is_head(line, columns, margin) or _is_label(line, columns) for line in head):
        return None, start
    table = [_cells(row, columns) for row in [*head, *_labelled(rows, columns)]]
    return Block(rows=tuple(map(tuple, table))), end


def _is_table(line: Line) -> bool:
    return any(piece.table for piece in line)


def _figures(line: Line) -> list[Piece]:
    """Return the figures of a line that has something before them, or several of them."""
    pieces = _whole(line)
    found = [piece for piece in pieces if is_figure(piece.text)]
    if len(found) < 2 and (not found or found[0] is pieces[0] or len(pieces) > 2):
        return []
    return found if len(found) * 2 >= len(pieces) - 1 else []


def _whole(line: Line) -> Line:
    """Return a line whose signs and marks are joined to the figure that they belong to."""
    pieces: Line = []
    opening: Piece | None = None
    for piece in line:
        if opening is not None:
            piece, opening = _side_by_side(opening, piece), None
        if _OPENING.fullmatch(piece.text):
            opening = piece
        elif pieces and _CLOSING.fullmatch(piece.text) and is_figure(pieces[-1].text):
            pieces[-1] = _side_by_side(pieces[-1], piece)
        else:
            pieces.append(piece)
    return [*pieces, opening] if opening is not None else pieces


def _side_by_side(left: Piece, right: Piece) -> Piece:
    return replace(right, x0=left.x0, x1=max(left.x1, right.x1), text=f"{left.text}{right.text}")


def _end(column: Sequence[Line], first: int) -> int:
    """Return the line behind the last one with figures that belongs to the table that they begin."""
    end, bare = first + 1, 0
    begin = min(piece.x0 for piece in _figures(column[first]))
    for at in range(first + 1, len(column)):
        line = column[at]
        if _is_table(line) or line[0].top - column[at - 1][0].bottom > 3 * (line[0].bottom - line[0].top):
            break
        if figures := _figures(line):
            end, bare = at + 1, 0
            begin = min(begin, *(piece.x0 for piece in figures))
            continue
        bare += 1
        prose = bare > 2 or line[-1].x1 > begin + (line[0].bottom - line[0].top)
        if prose and not _is_second_head(column, at):
            break
    return end


def _is_second_head(column: Sequence[Line], at: int) -> bool:
    """Whether a line without figures is a head within a table: short words over the next figures."""
    return (
        len(column[at]) > 1 and at + 1 < len(column) and len(_figures(column[at + 1])) >= len(column[at]) - 1
    )


def _columns(rows: Sequence[Line]) -> list[_Column]:
    """Return where figures stand below one another, from left to right."""
    spans = sorted(
        (piece.x0, piece.x1)
        for row in rows
        for piece in _figures(row)
        if piece is not row[0] or len(row) == 1
    )
    columns: list[_Column] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1].x1:
            columns[-1] = _Column(columns[-1].x0, max(columns[-1].x1, x1))
        else:
            columns.append(_Column(x0, x1))
    return columns


def _is_head(line: Line, columns: Sequence[_Column], margin: float) -> bool:
    """Whether a line stands over the columns: a part of it does, and it does not run on from the margin."""
    over = [piece for piece in line if piece.x1 > columns[0].x0 - 4]
    return (
        bool(over)
        and all(len(piece.text) <= 60 for piece in line)
        and len(line) <= len(columns) + 1
        and (len(line) > 1 or (line[0].x0 > margin + 20 and line[0].x0 + line[0].x1 > 2 * columns[0].x0))
    )


def _is_label(line: Line, columns: Sequence[_Column]) -> bool:
    """Whether a line is a label alone, left of all figures."""
    return len(line) == 1 and line[0].x1 < columns[0].x1


def _labelled(rows: Sequence[Line], columns: Sequence[_Column]) -> list[Line]:
    """Return the rows, a label over two lines made one: its second half begins with a small letter."""
    made: list[Line] = []
    for row in rows:
        above = made[-1] if made else []
        if _is_label(above, columns) and len(row) > 1 and row[0].text[:1].islower():
            made[-1] = [replace(row[0], text=f"{above[0].text} {row[0].text}"), *row[1:]]
        else:
            made.append(row)
    return made


def _cells(line: Line, columns: Sequence[_Column]) -> list[str]:
    """Return the label and the cells of a line; a head over several columns stands in each of them."""
    cells = [""] * (len(columns) + 1)
    for piece in (part for each in line for part in _parted(each, columns)):
        over = [at for at, column in enumerate(columns) if piece.x0 < column.x1 and piece.x1 > column.x0]
        if not over and piece.x0 > columns[0].x0:
            over = [_nearest(piece, columns)]
        if piece.x0 == line[0].x0 and (piece.x0 + piece.x1) / 2 < columns[0].x0 and not is_figure(piece.text):
            over = []
        for at in [each + 1 for each in over] or [0]:
            cells[at] = f"{cells[at]} {piece.text}".strip()
    return cells


def _parted(piece: Piece, columns: Sequence[_Column]) -> list[Piece]:
    """Return a piece over several columns in parts, where wider spaces lie between those than within them."""
    parts: list[list[Piece]] = []
    for word in piece.words:
        if parts and _nearest(parts[-1][-1], columns) == _nearest(word, columns):
            parts[-1].append(word)
        else:
            parts.append([word])
    between = [after[0].x0 - before[-1].x1 for before, after in pairwise(parts)]
    within = [after.x0 - before.x1 for part in parts for before, after in pairwise(part)]
    if len(parts) < 2 or min(between) < 1.3 * max(within, default=0.35 * piece.size):
        return [piece]
    return [
        replace(
            piece, x0=part[0].x0, x1=part[-1].x1, text=" ".join(word.text for word in part), words=tuple(part)
        )
        for part in parts
    ]


def _nearest(piece: Piece, columns: Sequence[_Column]) -> int:
    """Return the column in whose middle a piece stands most nearly; -1 left of all of them."""
    middle = (piece.x0 + piece.x1) / 2
    if middle < columns[0].x0:
        return -1
    return min(range(len(columns)), key=lambda at: abs((columns[at].x0 + columns[at].x1) / 2 - middle))
