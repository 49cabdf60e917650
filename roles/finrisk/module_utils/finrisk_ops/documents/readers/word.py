"""Word documents: paragraphs, headings, lists and tables in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .reading import Reading, UnreadableError, library
from .table import markdown

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

SUFFIXES = (".docx",)

_OLE = b"\xd0\xcf\x11\xe0"
"""What an encrypted Office file begins with, and one of before 2007."""

_HEADING = re.compile(r"(?:Heading|heading|Title)(?: ?(\d))?")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(path: Path) -> Reading:
    """Return the text of a file, with a form feed where it begins a page.

    Raises UnreadableError when it is encrypted, broken or empty.
    """
    with library("python-docx"):
        import docx
    check_encryption(path)
    try:
        document = docx.Document(str(path))
        text = "\n\n".join(_blocks(document)).strip("\n")
        title = document.core_properties.title
    except (UnreadableError, OSError):
        raise
    except Exception as error:  # the library raises whatever a broken file leads it to
        raise UnreadableError(f"is not a Word file that can be read ({error})") from None
    if not text.strip():
        raise UnreadableError("holds no text")
    heading = re.search(r"^#+ (.+)$", text, re.MULTILINE)
    return Reading(text, title or (heading[1] if heading else None))


def check_encryption(path: Path) -> None:
    """Raise UnreadableError when an Office file is encrypted, or of the time before they were archives."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise UnreadableError(
                "is encrypted, or of a format before 2007: save it without a password, as a new file"
            )


def _blocks(document: Document) -> Iterator[str]:
    from docx.table import Table

    laid_out = next(document.element.body.iter(f"{_W}lastRenderedPageBreak"), None) is not None
    for block in document.iter_inner_content():
        text = _table(block) if isinstance(block, Table) else _paragraph(block, laid_out)
        if text:
            yield text


def _paragraph(paragraph: Paragraph, laid_out: bool) -> str:
    text = "".join(_run(element, laid_out) for element in paragraph._p.iter()).strip(" \n")
    heading = _HEADING.match((paragraph.style.name if paragraph.style else None) or "")
    if heading and text.strip("\f"):
        feeds = "\f" * text.count("\f")
        return f"{feeds}{'#' * int(heading[1] or 1)} {' '.join(text.split())}"
    return text


def _run(element: object, laid_out: bool) -> str:
    """Return what an element of a paragraph shows by itself.

    Pages are as Word laid them out last; where it never did, as the author asked for.
    """
    tag = str(getattr(element, "tag", "")).removeprefix(_W)
    if tag == "t":
        return str(getattr(element, "text", "") or "")
    if tag == "tab":
        return " "
    if tag == "lastRenderedPageBreak":
        return "\f"
    if tag == "br":
        if str(getattr(element, "attrib", {}).get(f"{_W}type")) == "page":
            return "" if laid_out else "\f"
        return "\n"
    return ""


def _table(table: Table) -> str:
    """Return a table as Markdown: what covers columns stands in each, what covers a row stands first."""
    rows = []
    for row in table.rows:
        cells: list[_Cell] = list(row.cells)
        alone = len({id(cell._tc) for cell in cells}) == 1
        rows.append([cell.text for cell in (cells[:1] if alone else cells)])
    return markdown(rows)
