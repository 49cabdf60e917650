"""``documents.csv`` beside files: company, year, title and more of files that cannot say it themselves."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import FinriskError
from ..text import read_text
from .front_matter import KEYS, labels
from .identity import FOLDERS

NAME = "documents.csv"

_COLUMNS = ("file", *KEYS)


@dataclass(frozen=True)
class Catalog:
    """The rows of one file by the path, below its folder, that they speak of."""

    path: Path
    rows: Mapping[str, Mapping[str, object]]
    lines: Mapping[str, int]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass
class Catalogs:
    """All of them, each read once.

    A file is looked for in the one of its folder, then in those of the folders above that belong to its name:
    so which one counts does not depend on the folder that an operator names.
    """

    read: dict[Path, Catalog | None] = field(default_factory=dict)

    def said(self, path: Path) -> Mapping[str, object]:
        """Return what the nearest catalog says of a file; empty when none does."""
        for catalog in self._of(path):
            row = catalog.rows.get(_key(path.relative_to(catalog.path.parent).as_posix()))
            if row is not None:
                return row
        return {}

    def _of(self, path: Path) -> Iterator[Catalog]:
        for folder in list(path.parents)[: FOLDERS + 1]:
            if folder not in self.read:
                file = folder / NAME
                self.read[folder] = catalog(file) if file.is_file() else None
            if found := self.read[folder]:
                yield found

    def problems(self) -> list[str]:
        """Return what is wrong with them, each as a sentence without its stop."""
        return [problem for each in self.read.values() if each for problem in each.problems]

    def notes(self, source: Path) -> list[str]:
        """Return what of them means nothing: columns, and rows of files that are not below the source."""
        notes = []
        for each in self.read.values():
            if each is None:
                continue
            if each.unknown:
                notes.append(f"{each.path} has columns that mean nothing here: {', '.join(each.unknown)}")
            folder = each.path.parent
            if folder == source or source in folder.parents:
                notes += [
                    f"{each.path} line {each.lines[name]} names {name}, which is not there"
                    for name in each.rows
                    if not (folder / name).exists()
                ]
        return notes


def catalog(path: Path) -> Catalog:
    """Read one; what is wrong with it stands in its problems.

    Columns stand between commas, semicolons or tabs, as a spreadsheet of any country writes them.
    """
    try:
        text = read_text(path)
    except FinriskError as error:
        return Catalog(path, {}, {}, (), (error.message,))
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        if "file" not in columns or len(set(columns)) < len(columns):
            found, known = ", ".join(columns) or "none", ", ".join(_COLUMNS)
            problem = f"{path} has the columns {found}: expected file, and any of {known}, each once"
            return Catalog(path, {}, {}, (), (problem,))
        return _filled(path, columns, reader)
    except csv.Error as error:
        return Catalog(path, {}, {}, (), (f"{path} line {reader.line_num} is not CSV ({error})",))


def _filled(path: Path, columns: list[str], reader: Iterator[list[str]]) -> Catalog:
    rows: dict[str, Mapping[str, object]] = {}
    lines: dict[str, int] = {}
    problems = []
    number = 1
    for cells in reader:
        number = getattr(reader, "line_num", number + 1)
        values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        if not any(values.values()):
            continue
        name = _key(values["file"])
        if not name:
            problems.append(f"{path} line {number} names no file")
        elif name in rows:
            problems.append(f"{path} line {number} names {name} again, as line {lines[name]} does")
        else:
            rows[name], lines[name] = _row(values), number
    unknown = tuple(column for column in columns if column not in _COLUMNS)
    return Catalog(path, rows, lines, unknown, tuple(problems))


def _row(values: Mapping[str, str]) -> Mapping[str, object]:
    """Return what a row says; an empty cell says nothing."""
    row: dict[str, object] = {key: values[key] for key in KEYS if values.get(key)}
    if "labels" in row:
        row["labels"] = labels([values["labels"]])
    return row


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip().replace("\\", "/").removeprefix("./"))
