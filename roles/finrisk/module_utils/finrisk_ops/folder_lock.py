"""One run of a machine at a time in a folder of training data, without a database."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import FinriskError

_WAIT_SECONDS = 120


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder itself; a killed holder loses it. Raises FinriskError after two minutes of waiting."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    deadline = time.monotonic() + _WAIT_SECONDS
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise FinriskError(
                        f"another tune.yml has been submitting from {folder} for {_WAIT_SECONDS} s; "
                        "wait for it and run again"
                    ) from None
                time.sleep(0.2)
        yield
    finally:
        os.close(descriptor)
