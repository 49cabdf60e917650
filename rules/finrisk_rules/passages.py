"""Pages and passages: how a document's text is cut for search, and nothing of it lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from finrisk_rules.patterns import pattern_of

LONGEST_PAGE = 12_000
"""Characters; a longer page is cut where a paragraph or a row ends. A cut table has title and head again."""

SHORTEST_PASSAGE = 60
LONGEST_PASSAGE = 150
"""Words: a passage ends with the paragraph that reaches the one, or with a sentence before the other."""

LONGEST_TABLE = 600
"""Words: a longer table is cut into passages that each have its title and its head again."""

LONGEST_HEAD = 6
"""Rows of a head that are repeated, the line below it included."""

LONGEST_TABLE_TITLE = 40
"""Words: a longer line above a table is text, not the table's title."""

Kind = Literal["text", "table"]

_SENTENCE_END = pattern_of(r"(?<=[.!?])[ \t]+(?=[\"'(\[$A-Z0-9])|(?<=[。!?])")


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


def pages_of(text: str) -> list[tuple[int, str]]:
    r"""Return the pages of a document, each with its number as form feeds count it.

    A long page is cut where a paragraph ends, so several may have one number; a page without anything to read
    is left out. A text of only such pages has one empty page.
    """
    sheets = enumerate(text.split("\f"), start=1)
    return [(number, part) for number, sheet in sheets for part in _cut(sheet.strip()) if part] or [(1, "")]


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
    """Yield the paragraphs of a page and its tables with their titles; what is too long in several pieces."""
    rows: list[str] = []
    title = ""
    for line in page.splitlines(keepends=True):
        if _is_row(line):
            rows.append(line)
            continue
        if rows:
            yield from _table_pieces(rows, title)
            rows, title = [], ""
        if not line.strip() and title:
            title += line
            continue
        if title:
            yield title
        title = line if len(line.split()) <= LONGEST_TABLE_TITLE and len(line) < LONGEST_PAGE // 8 else ""
        if not title:
            yield from _pieces(line)
    yield from _table_pieces(rows, title) if rows else [title] if title else []


def _table_pieces(rows: list[str], title: str) -> Iterator[str]:
    """Yield a table below its title, or its parts: each of them has the title and the head."""
    head = rows[: _head_rows(rows)]
    again = title + "".join(head)
    again = again if len(again) < LONGEST_PAGE // 4 else ""
    part = title
    for at, row in enumerate(rows):
        if at > len(head) and len(part) + len(row) > LONGEST_PAGE:
            yield part
            part = again
        part += row
    yield part


def _head_rows(rows: Sequence[str]) -> int:
    """Return how many rows the head of a table has, up to the line below it; one where there is none."""
    for at, row in enumerate(rows[:LONGEST_HEAD]):
        if set(row.strip()) <= set("|-: "):
            return at + 1
    return 1


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
    """Return the passages of a page's lines: tables with their titles, text in groups of sentences."""
    passages: list[Passage] = []
    start = 0
    while start < len(lines):
        end = _table_end(lines, start)
        if end:
            passages += _table_passages(lines, start, end)
        else:
            end = _text_end(lines, start)
            passages.append(Passage(_joined(lines[start:end]), "text", start + 1, end))
        start = end
    return passages


def _table_passages(lines: list[Line], start: int, end: int) -> Iterator[Passage]:
    """Yield a table as one passage, or a long one as several that each have its title and its head."""
    title = start if lines[start].kind == "table" else start + 1
    body = title + _head_rows([line.text for line in lines[title:end]])
    head, first, words = lines[start:body], start, 0
    for at in range(body, end):
        words += len(lines[at].text.split())
        if words > LONGEST_TABLE and at > first and at > body:
            rows = lines[max(first, body) : at]
            yield Passage(_joined([*head, *rows]), "table", first + 1, at)
            first, words = at, len(lines[at].text.split())
    yield Passage(_joined([*head, *lines[max(first, body) : end]]), "table", first + 1, end)


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
