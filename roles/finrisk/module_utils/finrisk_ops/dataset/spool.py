"""What is known of the usable rows, in a file without a name to which several processes add."""

from __future__ import annotations

import fcntl
import os
from typing import IO


class Spool:
    """Bytes in a file without a name: open in this process and in those that it starts.

    Each process adds behind what the others added. A lock of the system holds them apart, which ends with its
    process.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Use the open file, which has no buffer."""
        self._file = file.fileno()

    def add(self, data: bytes) -> int:
        """Write the bytes behind all others, and return where they begin; OSError where there is no room."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            place = os.fstat(self._file).st_size
            view, at = memoryview(data), place
            while view:
                written = os.pwrite(self._file, view, at)
                view, at = view[written:], at + written
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        return place

    def read(self, place: int, size: int) -> bytes:
        """Return the bytes of a place."""
        return os.pread(self._file, size, place)
