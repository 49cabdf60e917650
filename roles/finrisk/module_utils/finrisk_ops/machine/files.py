"""Private files that are whole or absent: temporary name, fsync, rename."""

from __future__ import annotations

import fcntl
import fnmatch
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import FinriskError
from ..text import read_text

FILE_MODE = 0o600
FOLDER_MODE = 0o700
PART_SUFFIX = ".part"
STAMP_FORMAT = "%Y%m%d_%H%M%S"
STAMP_GLOB = "[0-9]" * 8 + "_" + "[0-9]" * 6
_BUFFER = 1 << 18
_BLOCK = 1 << 20
_AHEAD = 1 << 24


def stamp(moment: datetime | None = None) -> str:
    """Return the time as it stands in file names: UTC, ``YYYYMMDD_HHMMSS``."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime(STAMP_FORMAT)


def make_folder(path: Path) -> None:
    """Make the folder with its parents, readable by its owner alone; an existing one keeps its mode."""
    try:
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise FinriskError(f"cannot make the folder {path}: {error.strerror}; choose another one") from error


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file in an OSError of the block: the system does not, where a write finds no room."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


class Sink:
    """Where bytes go that are counted and hashed: nowhere, as in check mode, or to a file.

    They are taken in blocks, by a thread beside what makes the next one: hashing and writing need no Python.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._digest = hashlib.sha256()
        self.size = 0
        self._parts: list[bytes] = []
        self._taken = 0  # bytes
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def write(self, data: bytes | bytearray) -> None:
        """Take the bytes in; what went wrong with earlier ones may be raised here."""
        self._parts.append(bytes(data))
        self.size += len(data)
        if self.size - self._taken >= _BLOCK:
            self._wait()
            self._thread = threading.Thread(target=self._try, args=(self._block(),))
            self._thread.start()

    def sha256(self) -> str:
        """Return the hex SHA-256 of what was written so far."""
        self._settle()
        return self._digest.hexdigest()

    def _settle(self) -> None:
        """Take in all that was written."""
        self._wait()
        if self._parts:
            self._take(self._block())

    def flush(self) -> None:
        """Take in all that was written, and bring it to the disk itself where there is one."""
        self._settle()

    def rest(self) -> None:
        """Wait until nothing is being taken in, whatever became of it."""
        if self._thread:
            self._thread.join()

    def _block(self) -> bytes:
        block = b"".join(self._parts)
        self._parts.clear()
        self._taken = self.size
        return block

    def _wait(self) -> None:
        self.rest()
        if self._error:
            raise self._error

    def _try(self, block: bytes) -> None:
        try:
            self._take(block)
        except Exception as error:  # whatever it was: a file without the block is none
            self._error = error

    def _take(self, block: bytes) -> None:
        self._digest.update(block)


class HashedFile(Sink):
    """A binary file being written that knows its SHA-256 and its length."""

    def __init__(self, file: BinaryIO) -> None:
        """Write through to the open file."""
        super().__init__()
        self._file = file
        self._begun = self._written = 0

    def flush(self) -> None:
        """Bring what was written to the disk itself."""
        super().flush()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _take(self, block: bytes) -> None:
        """Write and hash; the disk begins while more is to come, so that ``flush`` has little to wait for."""
        self._file.write(block)
        super()._take(block)
        self._written += len(block)
        ahead = self._written - self._begun
        if ahead >= _AHEAD:
            self._file.flush()
            os.posix_fadvise(self._file.fileno(), self._begun, ahead, os.POSIX_FADV_DONTNEED)
            self._begun = self._written


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[tuple[HashedFile, Path]]:
    """Give a private temporary file in the folder, and remove it at the end whatever happens.

    It is locked while it is open, so that ``remove_abandoned`` can tell it from what a killed run left.
    """
    descriptor, path = tempfile.mkstemp(prefix=f".{name}.", suffix=PART_SUFFIX, dir=folder)
    try:
        with naming(folder / name), open(descriptor, "wb", buffering=_BUFFER) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fchmod(descriptor, FILE_MODE)
            hashed = HashedFile(file)
            try:
                yield hashed, Path(path)
            finally:
                hashed.rest()
    finally:
        with suppress(FileNotFoundError):
            os.unlink(path)


@contextmanager
def replacing(path: Path) -> Iterator[HashedFile]:
    """Give a file to write that takes the place of ``path`` when the block ends without an error."""
    with scratch(path.parent, path.name) as (file, temporary):
        yield file
        put_in_place(file, temporary, path)


def put_in_place(file: HashedFile, temporary: Path, path: Path) -> None:
    """Give a scratch file its final name, after its bytes have reached the disk."""
    file.flush()
    os.replace(temporary, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(path: Path, data: bytes) -> None:
    """Write the whole file, 0600, atomically; the folder is made when it is missing."""
    make_folder(path.parent)
    with replacing(path) as file:
        file.write(data)


def write_json(path: Path, value: Any) -> None:
    """Write the value as indented JSON, keys in the given order, with a final newline."""
    write_bytes(path, json_bytes(value))


def json_bytes(value: Any) -> bytes:
    """Return the bytes that ``write_json`` writes, for comparisons and check mode."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """Read a JSON file; a missing or broken one is a FinriskError that names it."""
    try:
        return json.loads(read_text(path))
    except OSError as error:
        raise FinriskError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise FinriskError(f"{path} is not JSON ({error}); restore or remove it, then run again") from error


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamped_files(folder: Path, prefix: str, suffix: str) -> list[Path]:
    """Return the files ``<prefix>_<time><suffix>`` of the folder, oldest first; none when it is missing.

    Raises FinriskError when the folder may not be looked into, which is another thing than an empty one.
    """
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise FinriskError(
            f"cannot look into the folder {folder}: {error.strerror}; let the account that runs this read it "
            "and write there, or name another folder"
        ) from error
    return sorted(folder / name for name in fnmatch.filter(names, f"{prefix}_{STAMP_GLOB}{suffix}"))


def newest(folder: Path, prefix: str, suffix: str) -> Path | None:
    """Return the newest file ``<prefix>_<time><suffix>`` of the folder, or None."""
    files = stamped_files(folder, prefix, suffix)
    return files[-1] if files else None


def free_stamp(folder: Path, *names: tuple[str, str]) -> str:
    """Return the time now, or the second after the newest of the files (prefix, suffix) where that is later.

    So what is written last is the newest by its name too, also when the clock was set back since.
    """
    newest_times = [
        path.name[len(prefix) + 1 : -len(suffix)]
        for prefix, suffix in names
        for path in stamped_files(folder, prefix, suffix)[-1:]
    ]
    latest = stamp()
    for taken in newest_times:
        with suppress(ValueError):  # digits that are no time
            after = datetime.strptime(taken, STAMP_FORMAT).replace(tzinfo=UTC) + timedelta(seconds=1)
            latest = max(latest, stamp(after))
    return latest


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files that a killed run left in the folder."""
    for path in folder.glob(f".*{PART_SUFFIX}"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
