"""The pages of the documentation, taken apart: sections, tables, fences, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.grounds.repository import DOCS, REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *DOCS.glob("*.md")])

_FENCE = re.compile(r"^```[a-z]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+)$")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Table:
    """A table, the heading above it, and its rows by the names of the columns."""

    section: str
    columns: tuple[str, ...]
    rows: list[dict[str, str]]


def tables(page: Path) -> list[Table]:
    """Return the tables of a page in order; fences are left out."""
    section, found, previous = "", [], ""
    for line in _FENCE.sub("", page.read_text("utf-8")).splitlines():
        heading = _HEADING.match(line)
        if heading:
            section = heading[1]
        elif line.startswith("|"):
            cells = [cell.strip() for cell in _CELL.split(line.strip().strip("|"))]
            if not previous.startswith("|"):
                found.append(Table(section, tuple(cells), []))
            elif not set(line) <= set("|-: "):
                assert len(cells) == len(found[-1].columns), f"{page.name}: {line}"
                found[-1].rows.append(dict(zip(found[-1].columns, cells, strict=True)))
        previous = line
    return found


def table(page: Path, section: str, first_column: str) -> Table:
    """Return the one table of a section that begins with this column."""
    found = [each for each in tables(page) if each.section == section and each.columns[0] == first_column]
    assert len(found) == 1, f"{page.name} has {len(found)} tables {first_column!r} under {section!r}"
    return found[0]


def name(cell: str) -> str:
    """Return the text of the cell's first code span, or the cell when it has none."""
    found = re.search(r"`([^`]+)`", cell)
    return found[1] if found else cell


def names(held: Table) -> list[str]:
    """Return what the rows are about: the code span of their first cells."""
    return [name(row[held.columns[0]]) for row in held.rows]


def headings(page: Path) -> list[str]:
    """Return the headings of a page without their marks."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    return [match[1] for line in text.splitlines() if (match := _HEADING.match(line))]


def anchors(page: Path) -> set[str]:
    """Return what a link's #fragment may name: the headings as web pages of repositories write them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


def links(page: Path) -> Iterator[str]:
    """Yield the targets of the page's links that lead to files of this repository."""
    for target in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            yield target


def fences(page: Path) -> str:
    """Return the text of all fences of a page."""
    return "\n".join(each_fence(page))


def each_fence(page: Path) -> list[str]:
    """Return the fences of a page in order."""
    return _FENCE.findall(page.read_text("utf-8"))
