"""The exports that hold a user or a document, and the datasets that were made of them."""

from __future__ import annotations

import mmap
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..dataset.names import ANSWERS, ANSWERS_REPORT, METADATA, RAW, RAW_METADATA, ROWS
from ..errors import FinriskError
from ..machine.files import (
    HashedFile,
    put_in_place,
    read_json,
    scratch,
    sha256_of,
    stamped_files,
    write_json,
)
from ..machine.locks import is_free
from .subject import Subject

_ID = re.compile(rb'"id": ?"([0-9a-f-]{36})"')


@dataclass(frozen=True)
class Export:
    """An export that holds rows of the subject, and how many."""

    path: Path
    rows: int


@dataclass(frozen=True)
class Dataset:
    """A dataset, the export that it was made of, where its lines come from, and the SHA-256 of its files."""

    metadata: Path
    raw: Path
    rows: Path
    hashes: tuple[str, ...]


def written(folder: Path) -> list[Path]:
    """Return the exports of the folder, oldest first."""
    return stamped_files(folder, RAW, ".json")


def exports(folder: Path, subject: Subject) -> list[Export]:
    """Return the exports of the folder that hold rows of the subject."""
    counted = (Export(path, _count(path, subject)) for path in written(folder))
    return [export for export in counted if export.rows]


def requests(path: Path, user: str) -> set[str]:
    """Return the ids of a user's rows in an export; the user is known by the keyed hash."""
    if not path.stat().st_size:
        return set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = map(_ID.search, _lines_with(user.encode(), content))
        return {match[1].decode() for match in found if match}


def _lines_with(name: bytes, content: mmap.mmap) -> Iterator[bytes]:
    """Yield the lines that hold a name: what stands between them is searched as one."""
    place = content.find(name)
    while place >= 0:
        start, end = content.rfind(b"\n", 0, place) + 1, content.find(b"\n", place)
        yield content[start : end if end >= 0 else len(content)]
        place = content.find(name, end) if end >= 0 else end


def rewrite(export: Export, subject: Subject) -> None:
    """Write the export anew without the subject's rows, and into its metadata that, when and how many.

    The other rows keep their bytes. Counts in the metadata stay those of the day of the export.
    Raises FinriskError when rows do not stand one a line, as export.yml writes them: the file is as it was.
    """
    with scratch(export.path.parent, export.path.name) as (file, temporary):
        opening = b"[\n"
        for line in _rows(export.path):
            if not subject.is_in(line):
                file.write(opening + line)
                opening = b",\n"
        file.write(b"[\n]\n" if opening == b"[\n" else b"\n]\n")
        _say(export, file)
        put_in_place(file, temporary, export.path)  # last: while it holds rows, it is found again


def _say(export: Export, file: HashedFile) -> None:
    """Write into the metadata what the export will be, once."""
    metadata = export.path.with_name(export.path.name.replace(RAW, RAW_METADATA, 1))
    said = content(metadata)
    if said.get("file") == export.path.name and said.get("sha256") != file.sha256():
        gone = {"at": datetime.now(UTC).replace(microsecond=0).isoformat(), "rows": export.rows}
        erased = [*said.get("erased", []), gone]
        write_json(metadata, said | {"bytes": file.size, "sha256": file.sha256(), "erased": erased})


def stale(folder: Path, rewritten: Collection[Path]) -> list[Dataset]:
    """Return the datasets of the folder that were made of an export as it is no longer.

    So one is named by every run, until ``prepare.yml`` made it anew.
    """
    return [dataset for dataset in datasets(folder) if _is_stale(dataset, rewritten)]


def answers(folder: Path, stale: Collection[Dataset]) -> list[Path]:
    """Return what models answered to questions, and the pages that show it, but for datasets that may stay.

    What is left of a dataset that is gone may be of anybody. Both can be made anew, at the models' price.
    """
    fresh = {sha[:12] for dataset in datasets(folder) if dataset not in stale for sha in dataset.hashes}
    named = [path for name in (ANSWERS, ANSWERS_REPORT) for path in folder.glob(f"{name}_*.*")]
    return sorted(path for path in named if not any(f"_{name}" in path.name for name in fresh))


def remove(path: Path) -> None:
    """Remove a file of answers, or its page.

    Raises FinriskError while a run asks models and writes it: its answers would come again.
    """
    with suppress(FileNotFoundError), path.open("rb") as file:
        if not is_free(file.fileno()):
            raise FinriskError(
                f"a run of evaluate.yml asks models now and writes {path}. All before it is erased; end that "
                "run or wait for it, then run this again"
            )
        path.unlink()


def datasets(folder: Path) -> Iterator[Dataset]:
    """Yield the datasets of the folder that say what they were made of."""
    for path in stamped_files(folder, METADATA, ".json"):
        said = content(path)
        source, files = said.get("source"), said.get("files")
        if isinstance(source, dict) and isinstance(files, dict):
            rows = path.with_name(path.name.replace(METADATA, ROWS, 1)).with_suffix(".tsv")
            yield Dataset(path, folder / str(source.get("file")), rows, tuple(map(str, files.values())))


def _is_stale(dataset: Dataset, rewritten: Collection[Path]) -> bool:
    if dataset.raw in rewritten or not dataset.raw.is_file():
        return True
    return bool(sha256_of(dataset.raw) != content(dataset.metadata)["source"].get("sha256"))


def content(path: Path) -> dict[str, Any]:
    """Return what a metadata file says; nothing when it is gone or broken."""
    try:
        said = read_json(path)
    except FinriskError:
        return {}
    return said if isinstance(said, dict) else {}


def _count(path: Path, subject: Subject) -> int:
    with path.open("rb") as lines:
        return sum(map(subject.is_in, lines))


def _rows(path: Path) -> Iterator[bytes]:
    """Yield the rows of an array with one element a line, without what stands between them."""
    with path.open("rb") as lines:
        if next(lines, b"").strip() != b"[":
            raise FinriskError(
                f"{path} does not hold one row a line, as export.yml writes them: remove it by hand, then "
                "run this again"
            )
        for line in lines:
            row = line.strip().removesuffix(b",")
            if row not in (b"", b"]"):
                yield row
