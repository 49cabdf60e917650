"""One at a time in a folder: what runs write there belongs together, and what is erased stays erased."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import FinriskError
from .files import make_folder
from .locks import is_free

_WAIT_SECONDS = 120.0
_LOOK_SECONDS = 0.2
_PACKED = "AnsiballZ_"
"""What Ansible puts before a module's name where it runs it."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder, made when it is missing, for the length of the block; a killed holder loses it.

    Raises FinriskError when the folder cannot be written to, so that nothing is begun that could not be kept,
    and after two minutes of waiting, naming who has it.
    """
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        reason = errno.EROFS if os.statvfs(folder).f_flag & os.ST_RDONLY else errno.EACCES
        raise FinriskError(
            f"{folder} cannot be written to ({os.strerror(reason)}), so nothing could be kept; choose "
            "another folder"
        )
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not is_free(descriptor):
            if time.monotonic() > deadline:
                raise FinriskError(
                    f"{_holder(descriptor)} has been writing into {folder} for {_WAIT_SECONDS:.0f} s and "
                    "more. Nothing was changed; run this again when it has ended"
                )
            time.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    """Return who has the folder, as far as this system shows it (proc_locks(5))."""
    entry = os.fstat(descriptor)
    place = f"{os.major(entry.st_dev):02x}:{os.minor(entry.st_dev):02x}:{entry.st_ino}"
    with contextlib.suppress(OSError, ValueError, KeyError):
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            fields = line.split()
            if fields[1] == "FLOCK" and fields[5] == place:
                process = Path("/proc", fields[4])
                account = pwd.getpwuid(process.stat().st_uid).pw_name
                return f"{_program(process)} of {account} (process {process.name})"
    return "another run"


def _program(process: Path) -> str:
    """Return the name of the module that a process runs, else of its program."""
    arguments = process.joinpath("cmdline").read_bytes().decode(errors="replace").split("\0")
    names = [Path(argument).name for argument in arguments]
    packed = [name for name in names if name.startswith(_PACKED)]
    return packed[0].removeprefix(_PACKED).removesuffix(".py") if packed else names[0]
