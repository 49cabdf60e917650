"""PDF: page by page, in reading order, tables as Markdown; a file is taken whole or not at all."""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import pdf_page
from .pdf_layout import Block, continued
from .reading import Reading, UnreadableError, library

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

SUFFIXES = (".pdf",)

MOST_UNMAPPED = 0.1
"""Largest share of characters that may have no letter: some fonts do not say what they draw."""

_END_BYTES = 4096
_SHOWN = 10
_UNMAPPED = re.compile(r"\(cid:\d+\)|\ufffd|[\ue000-\uf8ff]")
_TITLE_OF_A_PROGRAM = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|indd|qxp)\b|^microsoft|^untitled|^\(", re.IGNORECASE
)


@dataclass(frozen=True)
class _Sheet:
    """A page: what stands on it, and whether it shows a picture."""

    blocks: list[Block]
    picture: bool
    title: str | None


def read(path: Path, hear: Callable[[int, int], None] = lambda _page, _pages: None) -> Reading:
    """Return the text of a file; a form feed stands between two pages, also where one of them is empty.

    ``hear`` is told the number of each page, and of all of them, before it is read.
    Raises UnreadableError with the reason when it is encrypted, broken, or mostly pictures of text.
    """
    with library("pdfplumber"):
        import pdfplumber
        from pdfplumber.utils.exceptions import PdfminerException
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    _check_end(path)
    try:
        with pdfplumber.open(path) as pdf:
            _check_pages(pdf)
            sheets = []
            for number, page in enumerate(pdf.pages, start=1):
                hear(number, len(pdf.pages))
                sheets.append(_sheet(page, number))
            title = _title(pdf.metadata.get("Title"))
    except PdfminerException as error:
        raise UnreadableError(_reason(error.args[0] if error.args else error)) from None
    except (UnreadableError, OSError):
        raise
    except Exception as error:  # the library raises whatever a broken file leads it to
        raise UnreadableError(f"is not a PDF that can be read ({_said(error)})") from None
    notes = _without_text(sheets)
    pages = continued([sheet.blocks for sheet in sheets])
    text = "\f".join("\n\n".join(block.text() for block in blocks) for blocks in pages)
    _check_letters(text)
    return Reading(text, title or sheets[0].title, notes=notes)


def _check_end(path: Path) -> None:
    """Raise UnreadableError when the file is no PDF, or was cut: what is left of it would be half of it."""
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        end = file.read()
    if b"%PDF-" not in head:
        raise UnreadableError("is not a PDF, whatever its name says")
    if b"%%EOF" not in end:
        raise UnreadableError("is cut off: its end is missing; copy or load it again")


def _check_pages(pdf: PDF) -> None:
    """Raise UnreadableError when there are none, or others than the file says there are."""
    from pdfminer.pdftypes import resolve1

    said = resolve1(resolve1(pdf.doc.catalog.get("Pages") or {}).get("Count"))
    found = len(pdf.pages)
    if not found:
        raise UnreadableError("has no pages")
    if isinstance(said, int) and said != found:
        raise UnreadableError(f"is broken: it says that it has {said} pages, and {found} are found")


def _sheet(page: Page, number: int) -> _Sheet:
    """Return what stands on a page, and forget what the library keeps of it.

    Raises UnreadableError when a part of it cannot be unpacked.
    """
    try:
        for stream in _streams(page.page_obj.contents):
            _check_stream(stream, number)
        for stream in _letters(page.page_obj.resources):
            _check_stream(stream, number)
        blocks = pdf_page.blocks(page)
        return _Sheet(blocks, bool(page.images), pdf_page.title(page) if number == 1 else None)
    except UnreadableError:
        raise
    except Exception as error:  # as above
        raise UnreadableError(f"is broken on page {number} ({_said(error)})") from None
    finally:
        page.close()


def _streams(contents: Sequence[Any]) -> Iterator[Any]:
    from pdfminer.pdftypes import resolve1

    for each in contents:
        found = resolve1(each)
        if isinstance(found, list):
            yield from _streams(found)
        else:
            yield found


def _letters(resources: Any) -> Iterator[Any]:
    """Yield what says which letters the fonts of a page draw."""
    from pdfminer.pdftypes import resolve1

    for font in (resolve1((resolve1(resources) or {}).get("Font")) or {}).values():
        for each in (resolve1(font), *(resolve1((resolve1(font) or {}).get("DescendantFonts")) or [])):
            said = resolve1(each) or {}
            letters = resolve1(said.get("ToUnicode"))
            files = [
                value
                for key, value in (resolve1(said.get("FontDescriptor")) or {}).items()
                if "FontFile" in key
            ]
            yield from (stream for stream in (letters, *map(resolve1, files)) if hasattr(stream, "rawdata"))


def _check_stream(stream: Any, number: int) -> None:
    """Raise UnreadableError when what a page is drawn with is damaged: the library would go on."""
    from pdfminer.ascii85 import ascii85decode
    from pdfminer.pdftypes import LITERALS_ASCII85_DECODE, LITERALS_FLATE_DECODE, PDFStream

    if not isinstance(stream, PDFStream):
        raise UnreadableError(f"is broken on page {number}: a part of it is missing")
    packed, filters = stream.rawdata, [name for name, _ in stream.get_filters()]
    if packed is None or stream.decipher or not filters:
        return
    if filters[0] in LITERALS_ASCII85_DECODE:
        packed, filters = ascii85decode(packed), filters[1:]
    if not filters or filters[0] not in LITERALS_FLATE_DECODE:
        return
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed)
        whole = unpacking.eof
    except zlib.error:
        whole = False
    if not whole:
        raise UnreadableError(f"is broken on page {number}: a part of it cannot be unpacked")


def _without_text(sheets: Sequence[_Sheet]) -> tuple[str, ...]:
    """Return a note of the pages that have no text.

    Raises UnreadableError when most pages are pictures, or none has text.
    """
    empty = [number for number, sheet in enumerate(sheets, start=1) if not sheet.blocks]
    pictures = [number for number in empty if sheets[number - 1].picture]
    if len(pictures) > len(sheets) - len(empty) or len(empty) == len(sheets):
        what = "pictures without text" if pictures else "pages without text"
        raise UnreadableError(
            f"holds {what}: {len(pictures) or len(empty)} of {len(sheets)} pages; "
            "recognise its text first (OCR)"
        )
    if not empty:
        return ()
    shown = ", ".join(map(str, empty[:_SHOWN])) + (", ..." if len(empty) > _SHOWN else "")
    return (
        f"has no text on {len(empty)} of {len(sheets)} pages, "
        f"of which {len(pictures)} show pictures: {shown}",
    )


def _check_letters(text: str) -> None:
    unmapped = len(_UNMAPPED.findall(text))
    letters = len(_UNMAPPED.sub("", text).split())
    if unmapped > MOST_UNMAPPED * (unmapped + 5 * letters):
        raise UnreadableError(
            "holds text in fonts that do not say which letters they draw; recognise its text (OCR)"
        )


def _title(said: object) -> str | None:
    """Return the title that a file gives itself, unless it is what a program made up."""
    title = " ".join(str(said or "").split())
    return title if len(title.split()) > 1 and not _TITLE_OF_A_PROGRAM.search(title) else None


def _reason(error: object) -> str:
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    if isinstance(error, PDFPasswordIncorrect):
        return "is encrypted with a password: save a copy without it"
    if isinstance(error, PDFEncryptionError):
        return f"is encrypted in a way that cannot be read ({error})"
    return f"is not a PDF that can be read ({_said(error)})"


def _said(error: object) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
