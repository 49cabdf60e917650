"""One release at a time: a file lock that knows who holds it."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import FinriskError


class LostError(FinriskError):
    """The lock was lost: whoever has it now may be releasing, so nothing may be put back either."""


@contextlib.contextmanager
def held(path: Path, why: str) -> Iterator[None]:
    """Hold the release lock for the length of the block.

    The kernel lets go of it when the process ends, however it ends, so no lock outlives its holder.
    Raises FinriskError naming the holder when somebody else has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FinriskError(
                f"another release is under way: {_holder(file)}. Nothing was changed; run this again when it "
                "has ended"
            ) from None
        _write(file, json.dumps(_myself(why)) + "\n")
        try:
            yield
        finally:
            _write(file, "")


def who() -> str:
    """Return the person and machine that run this, as ``user@host``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _myself(why: str) -> dict[str, str | int]:
    return {"who": who(), "host": socket.gethostname(), "pid": os.getpid(), "since": now(), "why": why}


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        found = json.loads(file.read())
        return f"{found['who']} (process {found['pid']}) since {found['since']}, {found['why']}"
    except (ValueError, KeyError, TypeError):
        return f"its holder has just begun and has not signed {file.name} yet"


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
