"""One run of a machine at a time in a folder of training data, without a database."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import FinriskError
from .files import make_folder

_WAIT_SECONDS = 120


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder itself, made when it is missing; a killed holder loses it.

    Raises FinriskError when the folder cannot be written to, so that nothing is begun that could not be kept,
    and after two minutes of waiting.
    """
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FinriskError(f"{folder} cannot be written to, so no job could be kept; choose another folder")
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
