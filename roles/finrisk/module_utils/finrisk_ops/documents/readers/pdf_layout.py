"""What stands on a page of paper, from words with places to blocks in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from .table import markdown

MOST_COLUMNS = 4
"""Columns of prose on a page, at most."""

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Block:
    """A table with its rows, or a paragraph."""

    rows: tuple[tuple[str, ...], ...] = ()
    prose: str = ""

    def text(self) -> str:
        """Return it as a page keeps it."""
        return markdown(self.rows) if self.rows else self.prose


@dataclass(frozen=True)
class Piece:
    """Words that stand close together, or a ruled table; places in points from the top left."""

    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    text: str
    table: Block | None = None
    words: tuple[Piece, ...] = ()


Line = list[Piece]


def lines(pieces: Sequence[Piece]) -> list[Line]:
    """Return the pieces that stand on one line together, from top to bottom and left to right."""
    found: list[Line] = []
    for piece in sorted(pieces, key=lambda each: (each.top + each.bottom, each.x0)):
        last = found[-1] if found else []
        if last and _beside(last[-1], piece) and not (piece.table or last[-1].table):
            last.append(piece)
        else:
            found.append([piece])
    return [sorted(line, key=lambda each: each.x0) for line in found]


def _beside(one: Piece, other: Piece) -> bool:
    """Whether two pieces stand on one line: the smaller by half of its height at least."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common > 0.5 * min(one.bottom - one.top, other.bottom - other.top)


def in_order(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces of each column of the page, in the order in which columns are read.

    What goes across the space between columns ends them: what stands above is read first.
    """
    edge = _edge(pieces)
    if edge is None:
        yield list(pieces)
        return
    for band in _bands(pieces, edge):
        left, right = [each for each in band if each.x1 <= edge], [each for each in band if each.x0 >= edge]
        if _are_columns(left, right, edge):
            yield from in_order(left)
            yield from in_order(right)
        else:
            yield band


def _edge(pieces: Sequence[Piece]) -> float | None:
    """Return where a column of prose begins that has another one to its left; None when there is none."""
    begins = sorted({round(piece.x0) for piece in pieces})
    best, most = None, 0
    for begin in begins:
        edge = begin - 2.0
        if sum(1 for piece in pieces if abs(piece.x0 - begin) <= 2) < 3:
            continue
        count = sum(
            len(band)
            for band in _bands(pieces, edge)
            if _are_columns(
                [each for each in band if each.x1 <= edge], [each for each in band if each.x0 >= edge], edge
            )
        )
        if count > most:
            best, most = edge, count
    return best


def _bands(pieces: Sequence[Piece], edge: float) -> list[list[Piece]]:
    """Return the pieces in bands from top to bottom: those that leave the edge free, or those across."""
    bands: list[tuple[bool, list[Piece]]] = []
    for piece in sorted(pieces, key=lambda each: (each.top, each.x0)):
        across = piece.x0 < edge < piece.x1
        if not bands or bands[-1][0] != across:
            bands.append((across, []))
        bands[-1][1].append(piece)
    return [band for _, band in bands]


def _are_columns(left: Sequence[Piece], right: Sequence[Piece], edge: float) -> bool:
    """Whether both sides are prose: lines that fill their column, beside one another, and flush."""
    if len(left) < 3 or len(right) < 3:
        return False
    common = min(_bottom(left), _bottom(right)) - max(left[0].top, right[0].top)
    if common < 0.3 * min(_bottom(left) - left[0].top, _bottom(right) - right[0].top):
        return False
    return _is_prose(left, edge) and _is_prose(right, max(each.x1 for each in right))


def _is_prose(pieces: Sequence[Piece], end: float) -> bool:
    """Whether most lines of a column begin where the others do, reach far, and are made of words."""
    rows = lines(pieces)
    begin = median(row[0].x0 for row in rows)
    width = end - min(row[0].x0 for row in rows)
    flush = sum(1 for row in rows if abs(row[0].x0 - begin) <= 4)
    fills = [(row[-1].x1 - row[0].x0) / width for row in rows if width > 0]
    letters = [sum(map(str.isalpha, each.text)) for row in rows for each in row]
    total = sum(len(each.text) for row in rows for each in row)
    return (
        width > 60
        and flush >= 0.5 * len(rows)
        and median(fills) >= 0.6
        and median(map(len, (" ".join(each.text for each in row) for row in rows))) >= 15
        and sum(letters) >= 0.6 * total
    )


def _bottom(pieces: Sequence[Piece]) -> float:
    return max(each.bottom for each in pieces)


def continued(pages: list[list[Block]]) -> list[list[Block]]:
    """Return the pages; a table that goes on from the page before begins with its head again."""
    result: list[list[Block]] = []
    before: Block | None = None
    for blocks in pages:
        blocks = list(blocks)
        at = _first_table(blocks)
        if before is not None and at is not None and (head := _missing_head(before, blocks[at])):
            blocks[at] = replace(blocks[at], rows=(*head, *blocks[at].rows))
        result.append(blocks)
        before = _last_table(blocks)
    return result


def _first_table(blocks: Sequence[Block]) -> int | None:
    """Return where the table is that a page begins with, below its running head."""
    return next((at for at, block in enumerate(blocks[:3]) if block.rows and _are_short(blocks[:at])), None)


def _last_table(blocks: Sequence[Block]) -> Block | None:
    """Return the table that a page ends with, above its running foot."""
    for at in range(len(blocks) - 1, max(len(blocks) - 4, -1), -1):
        if blocks[at].rows:
            return blocks[at] if _are_short(blocks[at + 1 :]) else None
    return None


def _are_short(blocks: Sequence[Block]) -> bool:
    return all(len(block.prose) <= 100 for block in blocks)


def _missing_head(before: Block, after: Block) -> tuple[tuple[str, ...], ...]:
    """Return the head rows of a table that its continuation lacks; empty when it is another table."""
    head = before.rows[: head_rows(before.rows)]
    if (
        not head
        or len(before.rows[0]) != len(after.rows[0])
        or head_rows(after.rows)
        or after.rows[0] == head[0]
    ):
        return ()
    return head


def head_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows stand above the first that has figures other than years; 0 when all do."""
    for at, row in enumerate(rows):
        if any(is_figure(cell) and not _YEAR.fullmatch(cell) for cell in row[1:]):
            return at
    return 1 if len(rows) > 1 else 0


_FIGURE = re.compile(
    r"(?:[(\[<>~+−–-]|[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}\b|\s)*\d[\d.,'’ \u00a0\u202f]*"
    r"(?:\s?(?:%|(?i:bps?|bn|mn?|k|x|pp))|[)\]*†‡§¹²³])*(?:\s?\(\w\))?|[-–—−]+|(?i:n/?[am]\.?|nil)|[-–—−]\s?%"
)


def is_figure(text: str) -> bool:
    """Whether a cell is a figure, or a sign that there is none."""
    return len(text) <= 28 and _FIGURE.fullmatch(text.strip()) is not None
