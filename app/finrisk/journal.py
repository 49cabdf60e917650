"""A journal on disk between a reply and the database: nothing acknowledged is lost by a crash or an outage.

Each worker appends to a file of its own with one ``write(2)`` a record, before the reply. Files are sealed
by age or size; any worker of this folder ships sealed files and those whose owner is dead.

    <pid>-<random>-<number>.open   being written, locked by its owner
    <pid>-<random>-<number>.seg    sealed, waiting to be shipped
    *.bad                          records that the database refused for good
"""

import fcntl
import json
import os
import secrets
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]

SEAL_SECONDS = 0.5
SEAL_BYTES = 8 << 20
QUOTA_BYTES = 2 << 30
SYNC_SECONDS = 0.1


class JournalFullError(Exception):
    """The record was not kept: the disk or the journal's quota is full."""


@dataclass(frozen=True)
class Segment:
    """A sealed file's records, and how many lines were torn (a crash in the middle of a write)."""

    path: Path
    records: list[Record]
    torn: int


def encoded(record: Record) -> bytes:
    """One line: length and CRC-32 of the JSON in eight hex digits each, then the JSON."""
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return b"%08x %08x %s\n" % (len(body), zlib.crc32(body), body)


def decoded(path: Path) -> Segment:
    """The records of a file; a line whose length or checksum is wrong is counted, not fatal."""
    records, torn = [], 0
    with path.open("rb") as lines:
        for line in lines:
            body = line[18:-1]
            try:
                whole = int(line[:8], 16) == len(body) and int(line[9:17], 16) == zlib.crc32(body)
                if not whole:
                    raise ValueError
                records.append(json.loads(body))
            except ValueError:
                torn += 1
    return Segment(path, records, torn)


class Journal:
    """The open end of the journal of one worker process."""

    def __init__(self, folder: Path, quota: int = QUOTA_BYTES) -> None:
        self._folder = folder
        self._quota = quota
        self._used = 0
        self._torn = False
        self._descriptor, self._path, self._size, self._born = -1, folder, 0, 0.0
        self._lock = threading.Lock()
        self._tag = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._open_next()

    def _open_next(self) -> tuple[int, Path, int] | None:
        """Swap in a fresh file; the old one comes back for sealing outside the lock.

        The new file is locked before it gets its name, or a sibling would take it for a dead worker's.
        """
        self._number += 1
        path = self._folder / f"{self._tag}-{self._number:06d}.open"
        descriptor = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.with_suffix(".new").rename(path)
        with self._lock:
            old = (self._descriptor, self._path, self._size) if self._number > 1 else None
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
            descriptor = os.dup(self._descriptor)
        try:
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    def seal(self, *, now: bool = False) -> None:
        """Hand a file that is old or large enough over for shipping."""
        due = self._size >= SEAL_BYTES or time.monotonic() - self._born >= SEAL_SECONDS
        if not self._size or not (due or now):
            return
        old = self._open_next()
        if old:
            descriptor, path, _ = old
            os.fdatasync(descriptor)
            path.rename(path.with_suffix(".seg"))
            os.close(descriptor)

    def adopt(self) -> None:
        """Seal the files of workers that died: their lock is free."""
        for path in self._folder.glob("*.open"):
            if path == self._path:
                continue
            with _locked(path) as mine:
                if mine:
                    path.rename(path.with_suffix(".seg"))

    @contextmanager
    def claimed(self) -> Iterator[list[Segment]]:
        """The sealed files that no sibling is shipping, oldest first; locked while the block runs."""
        segments: list[Segment] = []
        descriptors: list[int] = []
        try:
            for path in sorted(self._folder.glob("*.seg")):
                descriptor = _lock(path)
                if descriptor is None:
                    continue
                descriptors.append(descriptor)
                segments.append(decoded(path))
                if sum(len(segment.records) for segment in segments) >= 1000:
                    break
            yield segments
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def measure(self) -> tuple[int, float]:
        """Bytes waiting in the folder, and the age in seconds of the oldest sealed file."""
        total, oldest = 0, 0.0
        for path in self._folder.iterdir():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            total += status.st_size
            if path.suffix == ".seg":
                oldest = max(oldest, time.time() - status.st_mtime)
        self._used = total
        return total, oldest

    def set_aside(self, record: Record, reason: str) -> None:
        """Put a record that the database refuses out of the way of the rest."""
        path = self._folder / f"{self._tag}.bad"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(encoded({"reason": reason, "record": record}))

    def close(self) -> None:
        """Seal what is open."""
        self.seal(now=True)
        with self._lock:
            os.close(self._descriptor)
            if not self._size:
                self._path.unlink(missing_ok=True)


def _lock(path: Path) -> int | None:
    """A locked descriptor of the file, or None when somebody else has it or it is gone."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    if os.fstat(descriptor).st_nlink == 0 or not path.exists():
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    descriptor = _lock(path)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)
