"""A page of a PDF as blocks: ruled and aligned tables, paragraphs in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from . import pdf_table
from .pdf_layout import Block, Line, Piece, in_order, is_figure, lines

if TYPE_CHECKING:
    from pdfplumber.page import Page

GAP = 0.9
"""Space between two words, in heights of letters, from which on they are pieces of their own."""

GAP_OF_THOUSANDS = 0.45
"""The same between figures that may be one, its thousands set apart by a blank."""

GAP_OF_FIGURES = 0.1
"""The same between figures that cannot be one."""

LARGER = 1.15
"""How many times as large as the page's letters those of a heading are, at least."""

_HYPHEN = re.compile(r"[^\W\d_]{2,}[-\u2010\xad]\Z")
_NUMBER_OF_PAGE = re.compile(r"(?:page )?[-–— ]*\d{1,4}[-–— ]*(?:(?:of|/) ?\d{1,4})?", re.IGNORECASE)
_THOUSAND = re.compile(r"\d{3}(?:[.,]\d+)?[)%]*")
_ITEM = re.compile(r"\s*(?:[•●▪■–*·‣◦]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s")


def blocks(page: Page) -> list[Block]:
    """Return the blocks of a page, top to bottom, columns of prose one after the other."""
    ruled = pdf_table.ruled(page)
    words = [word for word in _words(page) if not any(_inside(word, piece) for piece in ruled)]
    pieces = [*_pieces(words), *ruled]
    if not pieces:
        return []
    body = median(piece.size for piece in pieces for _ in range(1 + len(piece.text) // 20))
    found: list[Block] = []
    for column in in_order(pieces):
        for block in _column(lines(column), body):
            if found and _goes_on(found[-1], block):
                found[-1] = Block(prose=f"{found[-1].prose} {block.prose}")
            else:
                found.append(block)
    return [block for block in found if not _NUMBER_OF_PAGE.fullmatch(block.prose)]


def _goes_on(above: Block, block: Block) -> bool:
    """Whether a paragraph is the rest of the one before: that one has no end, and this one no beginning."""
    return above.prose[-1:].isalnum() and block.prose[:1].islower() and not above.prose.startswith("#")


def title(page: Page) -> str | None:
    """Return the largest text of a page, when it is larger than the rest."""
    rows = [line for line in lines(_pieces(_words(page))) if line]
    if not rows:
        return None
    sizes = [max(piece.size for piece in line) for line in rows]
    largest = max(sizes)
    if largest < LARGER * median(sizes):
        return None
    found = " ".join(_joined(line) for line, size in zip(rows, sizes, strict=True) if size >= 0.98 * largest)
    return found if 3 < len(found) <= 200 else None


def _words(page: Page) -> list[dict[str, Any]]:
    """Return the words of a page that stand upright on it, each once: bold may be printed twice."""
    from pdfplumber.utils.text import extract_words

    once = {(char["text"], round(char["x0"]), round(char["top"])): char for char in page.chars}
    words: list[dict[str, Any]] = extract_words(
        list(once.values()), x_tolerance_ratio=0.2, y_tolerance=2, extra_attrs=["size"], expand_ligatures=True
    )
    inside = [word for word in words if word["x1"] > 0 and word["x0"] < page.width and word["bottom"] > 0]
    upright = [word for word in inside if word.get("upright", True)]
    return upright if len(upright) * 2 >= len(inside) else inside


def _pieces(words: Sequence[dict[str, Any]]) -> list[Piece]:
    """Return words that stand close together on a line as one piece."""
    single = [
        Piece(word["x0"], word["x1"], word["top"], word["bottom"], word["size"], word["text"])
        for word in words
    ]
    return [piece for line in lines(single) for piece in _close(line)]


def _close(line: Line) -> Iterator[Piece]:
    """Yield the pieces of a line: wherever a wide space begins, so does another."""
    group: Line = []
    for word in line:
        if group and word.x0 - group[-1].x1 > _gap(group[-1], word) * max(word.size, group[-1].size):
            yield _one(group)
            group = []
        group.append(word)
    if group:
        yield _one(group)


def _gap(before: Piece, word: Piece) -> float:
    """Return the space between two words from which on they are apart, in heights of letters."""
    if not is_figure(before.text) or not is_figure(word.text):
        return GAP
    return GAP_OF_THOUSANDS if _THOUSAND.fullmatch(word.text) else GAP_OF_FIGURES


def _one(words: Line) -> Piece:
    return Piece(
        min(word.x0 for word in words),
        max(word.x1 for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
        max(word.size for word in words),
        " ".join(word.text for word in words),
        words=tuple(words),
    )


def _inside(word: dict[str, Any], table: Piece) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(table.x0 <= x <= table.x1 and table.top <= y <= table.bottom)


def _column(column: Sequence[Line], body: float) -> Iterator[Block]:
    """Yield the tables and paragraphs of a column."""
    at = 0
    prose: list[Line] = []
    while at < len(column):
        table, end = pdf_table.aligned(column, at)
        if table is None and column[at][0].table is None:
            prose.append(column[at])
            at += 1
            continue
        yield from _paragraphs(prose, body)
        prose = []
        if table is not None:
            yield table
            at = end
        else:
            yield from (piece.table for piece in column[at] if piece.table)
            at += 1
    yield from _paragraphs(prose, body)


def _paragraphs(rows: Sequence[Line], body: float) -> Iterator[Block]:
    """Yield lines as paragraphs: a wider space, an item of a list, or letters of another size begin one."""
    if not rows:
        return
    steps = [below[0].top - above[0].top for above, below in pairwise(rows)]
    usual = median(step for step in steps if step > 0) if any(step > 0 for step in steps) else 0.0
    text, last = "", None
    for row in rows:
        words = _joined(row)
        if last is not None and _begins(last, row, words, usual):
            yield _paragraph(text, last, body)
            text = ""
        if text and _HYPHEN.search(text) and words[:1].islower():
            text = text[:-1] + words
        else:
            text = f"{text} {words}".strip()
        last = row
    if last is not None and text:
        yield _paragraph(text, last, body)


def _begins(last: Line, row: Line, words: str, usual: float) -> bool:
    step = row[0].top - last[0].top
    height = last[0].bottom - last[0].top
    limit = 1.3 * min(usual, 2.0 * height) if usual else 1.6 * height
    return (
        step > max(limit, 1.2 * height)
        or step < 0
        or abs(row[0].size - last[0].size) > 0.8
        or _ITEM.match(words) is not None
    )


def _paragraph(text: str, last: Line, body: float) -> Block:
    heading = last[0].size >= LARGER * body and len(text) <= 120 and not text.endswith(".")
    return Block(prose=f"## {text}" if heading else text)


def _joined(line: Line) -> str:
    return " ".join(piece.text for piece in line)
