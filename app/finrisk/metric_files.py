"""Room on the disk for a worker's metrics, taken before they are mapped into memory.

The library maps files that have holes: where the disk is full, the first count that falls into one ends the
process with SIGBUS. Nothing here may import the library, which decides at its import whether to use files.
"""

import os
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder; without it the library counts in the process alone."""

KINDS = ("counter", "histogram", "gauge_livemax", "gauge_livesum")
"""The library's files, one for each kind of metric in metrics.py."""

FILE_BYTES = 256 * 1024
"""Of one file: more than a thousand counts. The library uses it as it is, and would only grow it beyond."""


def share(folder: Path) -> bool:
    """Take the room and share this process's metrics in the folder; False, and not shared, without room."""
    files = [folder / f"{kind}_{os.getpid()}.db" for kind in KINDS]
    try:
        for path in files:
            _fill(path)
    except OSError:
        for path in files:
            path.unlink(missing_ok=True)
        os.environ.pop(VARIABLE, None)
        return False
    os.environ[VARIABLE] = str(folder)
    return True


def are_shared() -> bool:
    """Whether this process's metrics are seen by all workers."""
    return VARIABLE in os.environ


def forget(folder: Path, pid: int) -> None:
    """Remove what a worker that ended said of its present; what it counted stays."""
    for path in folder.glob(f"gauge_live*_{pid}.db"):
        path.unlink(missing_ok=True)


def _fill(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, FILE_BYTES)
    finally:
        os.close(descriptor)
