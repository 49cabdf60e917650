"""Records set aside: what the database refused while it took others. Nothing is lost; a person decides.

<pid>-<random>.bad   lines of the journal's form: reason, time, record; appended under the file's lock
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from finrisk.journal import Record, decoded, encoded, write_sealed
from finrisk_rules.storable import storable_json


@dataclass(frozen=True)
class Aside:
    """A record, the error that it met, and when (ISO 8601; empty where an older release set it aside)."""

    record: Record
    reason: str
    at: str

    @property
    def request_id(self) -> str:
        """The request that the record belongs to; ``unknown`` when it names none."""
        for kind, name in (("analysis", "id"), ("feedback", "request_id")):
            row = self.record.get(kind)
            if isinstance(row, dict) and isinstance(row.get(name), str):
                return str(row[name])
        return "unknown"

    @property
    def kinds(self) -> list[str]:
        """What the record holds: analysis, training, feedback."""
        return list(self.record)

    def content(self) -> Record:
        """The line as it is written."""
        return {"reason": self.reason, "at": self.at, "record": self.record}


def set_aside(folder: Path, tag: str, record: Record, reason: str) -> None:
    """Append a record to the file of this tag and sync it.

    Raises:
        OSError: there is no room; the record has to stay where it was.
    """
    entry = Aside(record, reason, datetime.now(UTC).isoformat(timespec="seconds"))
    with _locked_whole(folder / f"{tag}.bad") as descriptor:
        before = os.fstat(descriptor).st_size
        try:
            with os.fdopen(os.dup(descriptor), "ab") as file:
                file.write(encoded(entry.content()))
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise


def records_aside(folder: Path) -> list[Aside]:
    """Every record that was set aside, oldest file first."""
    return [entry for path in _files(folder) for entry in _entries(path)]


def count(folder: Path) -> int:
    """How many records are set aside."""
    total = 0
    for path in _files(folder):
        try:
            status = path.stat()
            total += _lines(path, status.st_ino, status.st_mtime_ns, status.st_size)
        except OSError:  # gone meanwhile, or not to be read: the others count
            continue
    return total


def drop(folder: Path, chosen: Collection[str] | None) -> list[Aside]:
    """Delete the records of the chosen requests (None: of all) for good; what was deleted."""
    return _taken(folder, _chosen(chosen), back=False)


def matching(folder: Path, is_meant: Callable[[Record], bool], *, plan: bool) -> list[Aside]:
    """Delete the records that are meant for good, or with ``plan`` only tell them; which they are."""
    if plan:
        return [entry for entry in records_aside(folder) if is_meant(entry.record)]
    return _taken(folder, lambda entry: is_meant(entry.record), back=False)


def retry(folder: Path, chosen: Collection[str] | None) -> list[Aside]:
    """Put the records of the chosen requests (None: all) back into the journal, their text made storable.

    A crash in between leaves a record in both places, which does no harm: the database takes an id once.
    """
    return _taken(folder, _chosen(chosen), back=True)


def _chosen(identifiers: Collection[str] | None) -> Callable[[Aside], bool] | None:
    return None if identifiers is None else lambda entry: entry.request_id in identifiers


def _taken(folder: Path, is_mine: Callable[[Aside], bool] | None, *, back: bool) -> list[Aside]:
    taken: list[Aside] = []
    for path in _files(folder):
        with _locked_whole(path):
            entries = _entries(path)
            mine = [entry for entry in entries if is_mine is None or is_mine(entry)]
            if not mine and (entries or is_mine is not None):
                continue
            if back and mine:
                sealed = folder / f"retry-{secrets.token_hex(6)}.seg"
                write_sealed(sealed, [storable_json(entry.record) for entry in mine])
            _replace(path, [entry for entry in entries if entry not in mine])
            taken += mine
    return taken


def _replace(path: Path, entries: list[Aside]) -> None:
    if entries:
        write_sealed(path, [entry.content() for entry in entries])
    else:
        path.unlink()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.bad"))


def _entries(path: Path) -> list[Aside]:
    lines = decoded(path).records
    return [
        Aside(line["record"], str(line.get("reason", "")), str(line.get("at", "")))
        for line in lines
        if isinstance(line.get("record"), dict)
    ]


@lru_cache(maxsize=256)
def _lines(path: Path, _inode: int, _changed: int, _size: int) -> int:
    """Lines of a file in this state; it is read again only when it changed."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


@contextmanager
def _locked_whole(path: Path) -> Iterator[int]:
    """Hold the file alone while the block runs."""
    descriptor = None
    while descriptor is None:
        descriptor = _lock_when_free(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock_when_free(path: Path) -> int | None:
    """A locked descriptor; None when the file was replaced while this waited for it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    except FileNotFoundError:
        pass
    os.close(descriptor)
    return None
