"""Pages and passages: how a document's text is cut for search, and nothing of it lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST_PAGE = 12_000
"""Characters; a longer page is cut where a paragraph ends. A single table is never cut."""

SHORTEST_PASSAGE = 60
LONGEST_PASSAGE = 150
"""Words: a passage ends with the paragraph that reaches the one, or with a sentence before the other."""

LONGEST_TABLE_TITLE = 40
"""Words: a longer line above a table is text, not the table's title."""

Kind = Literal["text", "table"]

_SENTENCE_END = re.compile(r"(?<=[.!?])[ \t]+(?=[\"'(\[$A-Z0-9])|(?<=[。!?])")


@dataclass(frozen=True)
class Line:
    """A sentence or a table row, with the place it ends at: a paragraph or not."""

    text: str
    kind: Kind
    ends_paragraph: bool


@dataclass(frozen=True)
class Passage:
    """Neighbouring lines of one page; first_line and last_line count from 1 on the page."""

    text: str
    kind: Kind
    first_line: int
    last_line: int


def pages_of(text: str) -> list[str]:
    r"""Return the pages of a document: cut at form feeds, and long ones where a paragraph ends.

    A text without anything to read has one empty page.
    """
    pages = [part for page in text.split("\f") for part in _cut(page.strip()) if part]
    return pages or [""]


def _cut(page: str) -> Iterator[str]:
    if len(page) <= LONGEST_PAGE:
        yield page
        return
    part = ""
    for block in _blocks(page):
        if part and len(part) + len(block) > LONGEST_PAGE:
            yield part.strip()
            part = ""
        part += block
    yield part.strip()


def _blocks(page: str) -> Iterator[str]:
    """Yield the paragraphs and whole tables of a page; a paragraph over the limit in several pieces."""
    table = ""
    for line in page.splitlines(keepends=True):
        if _is_row(line):
            table += line
            continue
        if table:
            yield table
            table = ""
        yield from _pieces(line)
    if table:
        yield table


def _pieces(paragraph: str) -> Iterator[str]:
    while len(paragraph) > LONGEST_PAGE:
        ends = [match.end() for match in _SENTENCE_END.finditer(paragraph, 0, LONGEST_PAGE)]
        end = ends[-1] if ends else paragraph.rfind(" ", 0, LONGEST_PAGE) + 1
        end = end or LONGEST_PAGE
        yield paragraph[:end]
        paragraph = paragraph[end:]
    yield paragraph


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def lines_of(page: str) -> list[Line]:
    """Return the lines of a page, in order: table rows as they stand, other text by sentence."""
    lines: list[Line] = []
    for line in page.splitlines():
        if not line.strip():
            continue
        if _is_row(line):
            lines.append(Line(line.strip(), "table", True))
            continue
        sentences = [part.strip() for part in _SENTENCE_END.split(line) if part and part.strip()]
        lines += [Line(text, "text", at == len(sentences)) for at, text in enumerate(sentences, start=1)]
    return lines


def passages_of(lines: list[Line]) -> list[Passage]:
    """Return the passages of a page's lines: each table whole with its title, text in groups of sentences."""
    passages: list[Passage] = []
    start = 0
    while start < len(lines):
        end = _table_end(lines, start) or _text_end(lines, start)
        kind: Kind = lines[end - 1].kind
        passages.append(Passage(_joined(lines[start:end]), kind, start + 1, end))
        start = end
    return passages


def _table_end(lines: list[Line], start: int) -> int:
    """Return where the table that starts here, or right below this title, ends; 0 when there is none."""
    first = start if lines[start].kind == "table" else start + 1
    if first >= len(lines) or lines[first].kind != "table":
        return 0
    if first > start and not _is_title(lines, start):
        return 0
    end = first
    while end < len(lines) and lines[end].kind == "table":
        end += 1
    return end


def _is_title(lines: list[Line], at: int) -> bool:
    return len(lines[at].text.split()) <= LONGEST_TABLE_TITLE


def _text_end(lines: list[Line], start: int) -> int:
    words = 0
    for end in range(start, len(lines)):
        line = lines[end]
        if line.kind == "table":
            return end
        if end > start:
            title_of_table = end + 1 < len(lines) and lines[end + 1].kind == "table" and _is_title(lines, end)
            if title_of_table or words + len(line.text.split()) > LONGEST_PASSAGE:
                return end
        words += len(line.text.split())
        if line.ends_paragraph and words >= SHORTEST_PASSAGE:
            return end + 1
    return len(lines)


def _joined(lines: list[Line]) -> str:
    text = ""
    for line in lines:
        text += line.text + ("\n" if line.ends_paragraph else " ")
    return text.rstrip()
