"""Who listens on a port of this machine, as far as ``/proc`` tells this user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LISTENS = "0A"
_LOOPBACK_OR_ANY = {
    "0100007F",
    "00000000",
    "00000000000000000000000000000000",
    "0000000000000000FFFF00000100007F",
    "0000000000000000FFFF000000000000",
}


@dataclass(frozen=True)
class Listener:
    """A process that listens: its pid, and the name of its program."""

    pid: int
    program: str


def of(port: int) -> Listener | None:
    """Return who listens on a port of 127.0.0.1; None when nobody does, or another user's process."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not sockets:
        return None
    for pid in sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        with suppress(OSError):  # it ended, or is another user's
            if not sockets.isdisjoint(_open_files(pid)):
                return Listener(pid, _program(pid))
    return None


def is_taken(port: int) -> bool:
    """Say whether somebody listens on a port of 127.0.0.1, whoever it is."""
    return any(_inodes(port))


def _inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                host, _, number = fields[1].partition(":")
                if fields[3] == _LISTENS and int(number, 16) == port and host in _LOOPBACK_OR_ANY:
                    yield fields[9]


def _open_files(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            yield os.readlink(descriptor)


def _program(pid: int) -> str:
    name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace")
    return "".join(letter for letter in name if letter.isprintable())
