"""What names a document that brings no id of its own: where its file lies, however the folder was named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from finrisk_rules.limits import YEARS

FOLDERS = 2
"""Folders above a file that belong to its name. They are counted from the file, not from the folder that an
operator names: ``filings``, ``filings/2026`` and the file itself bring the same document."""

_PLAIN = (".md", ".txt")
_YEAR_FOLDER = re.compile(r"(?:fy[ _-]?)?(\d{4})", re.IGNORECASE)
_YEAR_OF_FILE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def identity(path: Path) -> str:
    """Return ``folder/folder/name`` of an absolute path; only text files leave out their suffix.

    A name that a Mac has decomposed is the same name.
    """
    name = path.with_suffix("") if path.suffix.lower() in _PLAIN else path
    return unicodedata.normalize("NFC", "/".join([*_folders(path), name.name]))


def year(path: Path) -> int | None:
    """Return the year of the nearest folder (``2025``, ``FY2025``), or else of the file's name (``ar-2025``).

    A file's name that holds several years says none.
    """
    for folder in reversed(_folders(path)):
        match = _YEAR_FOLDER.fullmatch(folder)
        if match and int(match[1]) in YEARS:
            return int(match[1])
    years = {int(found) for found in _YEAR_OF_FILE.findall(path.stem)}
    return years.pop() if len(years) == 1 else None


def former(name: str, known: Iterable[str]) -> str | None:
    """Return the name with fewer folders under which the index may hold the same document."""
    names = set(known)
    parts = name.split("/")
    for start in range(1, len(parts)):
        for candidate in ("/".join(parts[start:]), "/".join([*parts[start:-1], Path(parts[-1]).stem])):
            if candidate in names:
                return candidate
    return None


def _folders(path: Path) -> list[str]:
    """Return the names of the folders that count; those of the machine and of somebody's home do not."""
    home = Path.home()
    above = [
        folder
        for folder in path.parents
        if folder != Path(path.anchor) and folder not in (home, *home.parents)
    ]
    return [folder.name for folder in reversed(above[:FOLDERS])]
