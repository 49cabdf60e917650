"""Excel files: each sheet a page with its tables."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finrisk_rules.limits import TEXT_MAX

from .reading import Reading, UnreadableError, library
from .table import markdown
from .word import check_encryption

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SUFFIXES = (".xlsx",)

_LITERAL = re.compile(r"\"[^\"]*\"|\\\\.|\[[^\]]*\]|_.")
_PLACES = re.compile(r"\.(0+)")


def read(path: Path) -> Reading:
    """Return the sheets of a file as pages: rows as tables, an empty row between two of them.

    Raises UnreadableError when it is encrypted, broken or empty, or holds formulas that were never computed.
    """
    with library("openpyxl"):
        import openpyxl
    check_encryption(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        pages = list(_pages(shown))
        title = book.properties.title
        book.close()
    except (UnreadableError, OSError):
        raise
    except Exception as error:  # the library raises whatever a broken file leads it to
        raise UnreadableError(f"is not an Excel file that can be read ({error})") from None
    if not pages:
        raise UnreadableError(
            "holds no values; one that was made by a program has to be opened and saved once"
        )
    notes = (f"has hidden sheets, which are left out: {', '.join(hidden)}",) if hidden else ()
    return Reading("\f".join(pages), title, notes=notes)


def _pages(sheets: Sequence[Worksheet]) -> Iterator[str]:
    size = 0
    for sheet in sheets:
        blocks: list[list[list[str]]] = [[]]
        for row in sheet.iter_rows():
            cells = [_text(cell.value, cell.number_format if cell.value is not None else "") for cell in row]
            size += sum(map(len, cells))
            if size > TEXT_MAX:
                raise UnreadableError(f"has more than {TEXT_MAX:,} characters: cut it into several files")
            if any(cells):
                blocks[-1].append(cells)
            elif blocks[-1]:
                blocks.append([])
        if text := "\n\n".join(filter(None, map(_block, blocks))):
            yield f"## {sheet.title}\n\n{text}"


def _block(rows: list[list[str]]) -> str:
    """Return rows as a table; its first ones that hold one text alone are its caption."""
    captions = []
    while rows and sum(map(bool, rows[0])) == 1:
        captions.append(next(filter(None, rows[0])))
        rows = rows[1:]
    return "\n".join([*captions, *filter(None, [markdown(rows)])])


def _text(value: Any, form: str) -> str:
    """Return a value as the sheet shows it: percent, decimal places, thousands, days."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if not isinstance(value, int | float):
        return str(value)
    positive = _LITERAL.sub("", form.split(";")[0])
    places = _PLACES.search(positive)
    if "%" in positive:
        return f"{value * 100:.{len(places[1]) if places else 0}f} %"
    if places or re.search("[0#]", positive):
        return f"{value:{',' if ',' in positive else ''}.{len(places[1]) if places else 0}f}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
