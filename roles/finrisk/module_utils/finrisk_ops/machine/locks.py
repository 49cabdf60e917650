"""One at a time: a file that says who holds it, for releases; a folder, for those who write into it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import FinriskError
from .files import make_folder, naming
from .identity import now, who

_WAIT_SECONDS = 120


class LostError(FinriskError):
    """The lock was lost: whoever has it now may be releasing, so nothing may be put back either."""


@contextlib.contextmanager
def file(path: Path, why: str) -> Iterator[None]:
    """Hold the release lock for the length of the block.

    The kernel lets go of it when the process ends, however it ends, so no lock outlives its holder.
    Raises FinriskError naming the holder when somebody else has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FinriskError(
                f"another release is under way: {_holder(path)}. Nothing was changed; run this again when it "
                "has ended"
            ) from None
        with naming(path):
            _write(descriptor, json.dumps(_myself(why)) + "\n")
        try:
            yield
        finally:
            _write(descriptor, "")
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def folder(folder: Path) -> Iterator[None]:
    """Hold the folder itself, made when it is missing; a killed holder loses it.

    Raises FinriskError when the folder cannot be written to, so that nothing is begun that could not be kept,
    and after two minutes of waiting.
    """
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        reason = errno.EROFS if os.statvfs(folder).f_flag & os.ST_RDONLY else errno.EACCES
        raise FinriskError(
            f"{folder} cannot be written to ({os.strerror(reason)}), so no job could be kept; choose another "
            "folder"
        )
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


def _myself(why: str) -> dict[str, str | int]:
    return {"who": who(), "host": socket.gethostname(), "pid": os.getpid(), "since": now(), "why": why}


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"{holder['who']} (process {holder['pid']}) since {holder['since']}, {holder['why']}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"its holder has just begun and has not signed {path} yet"


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
