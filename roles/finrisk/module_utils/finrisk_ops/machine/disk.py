"""How much room the disk of a folder has left."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LEAST_FREE = 32 * 2**20
"""Below it a disk counts as full: a PostgreSQL that finds no room for its next 16 MiB of log ends."""

_REVISION = 2**20


@dataclass(frozen=True)
class Disk:
    """The disk that holds a folder, in bytes, and whether a file can still be made on it."""

    folder: str
    size: int
    free: int
    has_inodes: bool

    @property
    def is_full(self) -> bool:
        """Whether what writes there fails by now, or is about to."""
        return self.free < LEAST_FREE or not self.has_inodes

    @property
    def takes_nothing(self) -> bool:
        """Whether not even the files of a revision find room."""
        return self.free < _REVISION or not self.has_inodes

    def content(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self) | {"full": self.is_full}


def of(folder: Path) -> Disk | None:
    """Return the disk of a folder; None where there is no such folder, or its disk says no size."""
    try:
        told = os.statvfs(folder)
    except OSError:
        return None
    if not told.f_blocks:
        return None
    has_inodes = not told.f_files or told.f_favail > 0
    return Disk(str(folder), told.f_blocks * told.f_frsize, told.f_bavail * told.f_frsize, has_inodes)
