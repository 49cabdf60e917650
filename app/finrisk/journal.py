"""A journal on disk between a reply and the database: nothing acknowledged is lost by a crash or an outage.

Each worker appends to a file of its own with one ``write(2)`` a record, before the reply. Files are sealed
by age or size; any worker of this folder ships sealed files and those whose owner is dead.

    <pid>-<random>-<number>.open   being written, locked by its owner
    <pid>-<random>-<number>.seg    sealed, waiting to be shipped
    later-*.seg                    what is left of a file after the rest of it was shipped
    *.bad                          records set aside (finrisk.aside)
"""

import fcntl
import json
import logging
import os
import secrets
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finrisk.logs import log

Record = dict[str, Any]

SEAL_SECONDS = 0.5
SEAL_BYTES = 8 << 20
QUOTA_BYTES = 2 << 30
SYNC_SECONDS = 0.1
CLAIM_RECORDS, CLAIM_BYTES = 1000, 32 << 20
"""What is read and shipped at a time, to the end of the file that passes one of them."""

_HALF_MADE_SECONDS = 60.0
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class JournalFullError(Exception):
    """The record was not kept: the disk or the journal's quota is full."""


@dataclass(frozen=True)
class Segment:
    """A sealed file's records, and how many lines were torn (a crash in the middle of a write)."""

    path: Path
    records: list[Record]
    torn: int


@dataclass(frozen=True)
class Backlog:
    """What waits in a folder: bytes, and the age in seconds of the oldest file that nobody shipped yet.

    ``used`` is what the folder takes on the disk: that, and what was set aside.
    """

    size: int
    oldest: float
    used: int


def encoded(record: Record) -> bytes:
    """One line: length and CRC-32 of the JSON in eight hex digits each, then the JSON."""
    body = _JSON.encode(record).encode("utf-8", "backslashreplace")
    return b"%08x %08x %s\n" % (len(body), zlib.crc32(body), body)


def decoded(path: Path) -> Segment:
    """The records of a file; a line whose length or checksum is wrong is counted, not fatal."""
    records, torn = [], 0
    with path.open("rb") as lines:
        for line in lines:
            body = line[18:-1]
            try:
                whole = int(line[:8], 16) == len(body) and int(line[9:17], 16) == zlib.crc32(body)
                record = json.loads(body) if whole else None
                if not isinstance(record, dict):
                    raise ValueError
                records.append(record)
            except (ValueError, RecursionError):
                torn += 1
    return Segment(path, records, torn)


def backlog(folder: Path) -> Backlog:
    """What waits in the folder now; empty when the folder is not there yet."""
    used, aside, oldest = 0, 0, 0.0
    try:
        paths = list(folder.iterdir())
    except FileNotFoundError:
        paths = []
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        used += status.st_size
        if path.suffix == ".bad":
            aside += status.st_size
        elif path.suffix == ".seg" or (path.suffix == ".open" and status.st_size):
            oldest = max(oldest, time.time() - status.st_mtime)
    return Backlog(used - aside, oldest, used)


def write_sealed(path: Path, records: Iterable[Record], age: os.stat_result | None = None) -> None:
    """Write a file whole: under another name, synced, renamed; OSError leaves what was there.

    Its times are those of ``age``, where given.
    """
    new = path.with_suffix(".new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(map(encoded, records))
            file.flush()
            os.fsync(file.fileno())
        if age:
            os.utime(new, ns=(age.st_atime_ns, age.st_mtime_ns))
        new.rename(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


class Journal:
    """The open end of the journal of one worker process; on a full disk it opens as soon as there is room."""

    def __init__(self, folder: Path, quota: int = QUOTA_BYTES) -> None:
        self.folder = folder
        self._quota = quota
        self._used = 0
        self._torn = False
        self._descriptor, self._path, self._size, self._born = -1, folder, 0, 0.0
        self._lock = threading.Lock()
        self.tag = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._number = 0
        self._unreadable: set[Path] = set()
        try:
            self._open_next()
        except OSError as error:  # a worker that cannot keep records answers all the same
            log("journal_error", f"journal not opened: {error.strerror}", level=logging.ERROR)

    def _open_next(self) -> tuple[int, Path] | None:
        """Swap in a fresh file; the old one, if any, comes back for sealing outside the lock.

        The new file is locked before it gets its name, or a sibling would take it for a dead worker's.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{self.tag}-{self._number + 1:06d}.open"
        descriptor = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.with_suffix(".new").rename(path)
        except OSError:
            os.close(descriptor)  # or its lock would keep this worker from trying again
            raise
        self._number += 1
        with self._lock:
            old = (self._descriptor, self._path) if self._descriptor >= 0 else None
            self._descriptor, self._path, self._size = descriptor, path, 0
            self._born = time.monotonic()
            self._torn = False
        return old

    def append(self, record: Record) -> None:
        """Keep a record; when this returns it survives the death of the process.

        Raises:
            JournalFullError: the disk or the quota is full; nothing was kept.
        """
        line = encoded(record)
        with self._lock:
            if self._descriptor < 0:
                raise JournalFullError("no file could be opened for it")
            if self._used + self._size + len(line) > self._quota:
                raise JournalFullError(f"the journal holds its quota of {self._quota} bytes")
            if self._torn:
                line = b"\n" + line  # ends the line that a full disk cut, so that this one is whole
            try:
                written = os.write(self._descriptor, line)
            except OSError as error:
                raise JournalFullError(os.strerror(error.errno or 0)) from error
            self._size += written
            self._torn = written < len(line)
            if self._torn:
                raise JournalFullError("the disk is full")

    def sync(self) -> None:
        """Push what was written to the disk, against the loss of power."""
        with self._lock:
            if self._descriptor < 0:
                return
            descriptor = os.dup(self._descriptor)
        try:
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    def seal(self, *, now: bool = False) -> None:
        """Hand a file that is old or large enough over for shipping; open one where there is none yet."""
        if self._descriptor < 0:
            self._open_next()
        due = self._size >= SEAL_BYTES or time.monotonic() - self._born >= SEAL_SECONDS
        if not self._size or not (due or now):
            return
        old = self._open_next()
        if old:
            descriptor, path = old
            try:
                os.fdatasync(descriptor)
            finally:
                path.rename(path.with_suffix(".seg"))
                os.close(descriptor)

    def adopt(self) -> None:
        """Seal the files of workers that died, whose lock is free, and remove what they had half made."""
        for path in self.folder.glob("*.open"):
            if path == self._path:
                continue
            with locked(path) as mine:
                if mine:
                    path.rename(path.with_suffix(".seg"))
        for path in self.folder.glob("*.new"):
            with locked(path) as mine:
                if mine and time.time() - path.stat().st_mtime > _HALF_MADE_SECONDS:
                    path.unlink(missing_ok=True)

    @contextmanager
    def claimed(self) -> Iterator[list[Segment]]:
        """The sealed files that no sibling is shipping, by name; locked while the block runs.

        A file that cannot be read is left where it is, said in the log, and does not stop the others.
        """
        segments: list[Segment] = []
        descriptors: list[int] = []
        size = 0
        try:
            for path in sorted(self.folder.glob("*.seg")):
                try:
                    descriptor = _lock(path)
                    if descriptor is None:
                        continue
                    descriptors.append(descriptor)
                    segments.append(decoded(path))
                except OSError as error:
                    self._say_unreadable(path, error)
                    continue
                size += os.fstat(descriptor).st_size
                if sum(len(segment.records) for segment in segments) >= CLAIM_RECORDS or size >= CLAIM_BYTES:
                    break
            yield segments
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _say_unreadable(self, path: Path, error: OSError) -> None:
        if path not in self._unreadable:
            self._unreadable.add(path)
            log("journal_error", f"{path} cannot be read: {error.strerror}", level=logging.ERROR)

    def keep_rest(self, segment: Segment, records: list[Record]) -> bool:
        """Leave of a claimed file only these records, to be shipped after the others; its age stays.

        False when that is all of them, and the file is as it was.
        """
        path = segment.path
        if records and len(records) == len(segment.records):
            return False
        if records:
            later = path if path.name.startswith("later-") else path.with_name(f"later-{path.name}")
            write_sealed(later, records, path.stat())
            if later == path:
                return True
        path.unlink()
        return True

    def measure(self) -> Backlog:
        """What waits in the folder; new records are held against the quota by it."""
        waiting = backlog(self.folder)
        self._used = waiting.used
        return waiting

    def close(self) -> None:
        """Seal what is open."""
        if self._descriptor < 0:
            return
        self.seal(now=True)
        with self._lock:
            os.close(self._descriptor)
            if not self._size:
                self._path.unlink(missing_ok=True)


def _lock(path: Path, *, reading: bool = False) -> int | None:
    """A locked descriptor of the file, or None when somebody else has it or it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY if reading else os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if reading else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    if os.fstat(descriptor).st_nlink == 0 or not path.exists():
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(path: Path, *, reading: bool = False) -> Iterator[bool]:
    """Hold the file's lock while the block runs; False when somebody else has it or it is gone.

    ``reading`` needs no right to write, and shares it with others who read.
    """
    descriptor = _lock(path, reading=reading)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)
