"""What is said where a dataset finds no room on its disk: where, how much it needs, and what to do."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import FinriskError
from .vertex import FRAME

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_BLOCK = 1 << 20  # bytes


@contextmanager
def having_room(folder: Path, raw: Path) -> Iterator[None]:
    """Raise a FinriskError when what an export is made into finds no room in the folder.

    An error that names a file is of another place, and passes.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename:
            raise
        has = raw.stat().st_size
        raise FinriskError(
            f"{folder} has no room for the dataset of {raw.name} ({_told(has)}): {error.strerror}. It needs "
            f"about {_told(needed(raw))} while it is made, and {_told(shutil.disk_usage(folder).free)} are "
            "free; nothing of it is left there: make room, or name another folder with -e "
            "finrisk_output_dir=PATH and this export with -e finrisk_raw_file=PATH, then run this again"
        ) from error


def needed(raw: Path) -> int:
    """Return about how many bytes the dataset of an export takes while it is made.

    That is twice the texts, once as usable rows and once in the sets, and what frames each line of a set.
    """
    rows = 0
    with raw.open("rb") as file:
        while block := file.read(_BLOCK):
            rows += block.count(b"\n")
    return 2 * raw.stat().st_size + rows * FRAME


def _told(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB" if size >= 10 << 20 else f"{size / 2**10:,.0f} KiB"
