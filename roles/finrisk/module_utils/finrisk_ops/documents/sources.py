"""Which files of a folder hold documents, and which are left out and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import FinriskError
from . import catalog
from .readers import pdf, spreadsheet, structured, text, web, word

SUFFIXES = (
    *text.SUFFIXES,
    *web.SUFFIXES,
    *pdf.SUFFIXES,
    *word.SUFFIXES,
    *spreadsheet.SUFFIXES,
    *structured.SUFFIXES,
)

FILE_MAX = 512 * 1024 * 1024
"""Bytes; a larger file is left out and named."""

_COLLECTION = ("documents.jsonl.gz", "documents.jsonl")
_SHOWN = 3


@dataclass(frozen=True)
class Source:
    """The files to read, in order, and the reason for each that is left out."""

    place: Path
    files: tuple[Path, ...]
    skipped: tuple[tuple[str, Path], ...] = ()

    def notes(self) -> list[str]:
        """Return what is left out: how many of each kind, with the first names."""
        return [
            f"left out: {len(names)} {reason} ({_some(names)})"
            for reason, names in _by_reason(self.skipped).items()
        ]


def source(place: Path) -> Source:
    """Return what a folder or a file holds.

    A folder with one of ``_COLLECTION`` is read from that file alone; what could be read beside it is left
    out by name. Raises FinriskError when there is nothing to read.
    """
    if place.is_file():
        if not place.name.lower().endswith(SUFFIXES):
            raise FinriskError(
                f"finrisk_documents is {place}: expected a folder or a file of {', '.join(SUFFIXES)}"
            )
        return Source(place, (place,))
    if not place.is_dir():
        raise FinriskError(f"finrisk_documents is {place}, which does not exist; name a folder or a file")
    alone = next((place / name for name in _COLLECTION if (place / name).is_file()), None)
    files: list[Path] = []
    skipped: list[tuple[str, Path]] = []
    for path in sorted(path for path in place.rglob("*") if path.is_file() and path.name != catalog.NAME):
        reason = _reason(path, path.relative_to(place))
        if not reason and alone and path != alone:
            reason = f"beside {alone.name}, which is read alone"
        if reason:
            skipped.append((reason, path.relative_to(place)))
        else:
            files.append(path)
    found = Source(place, tuple(files), tuple(skipped))
    if not files:
        raise FinriskError(
            f"{place} holds no documents: none of its files can be read as {', '.join(SUFFIXES)}"
            + "".join(f"; {note}" for note in found.notes())
        )
    return found


def _reason(path: Path, below: Path) -> str | None:
    """Return why a file is left out, in the words of a count."""
    if any(part.startswith((".", "~$")) for part in below.parts):
        return "hidden"
    if not path.name.lower().endswith(SUFFIXES):
        return path.suffix.lower() or "without a suffix"
    size = path.stat().st_size
    if size == 0:
        return "empty"
    if size > FILE_MAX:
        return f"larger than {FILE_MAX // 1024**2} MiB"
    return None


def _by_reason(skipped: Iterable[tuple[str, Path]]) -> dict[str, list[Path]]:
    names: dict[str, list[Path]] = defaultdict(list)
    for reason, path in skipped:
        names[reason].append(path)
    return dict(sorted(names.items()))


def _some(names: list[Path]) -> str:
    shown = ", ".join(map(str, names[:_SHOWN]))
    return f"{shown}, ..." if len(names) > _SHOWN else shown
