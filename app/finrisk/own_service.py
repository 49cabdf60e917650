"""The service of this environment, proven to be what listens before a key is sent to it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_BIND = "127.0.0.1:8000"
_LISTENS = "0A"
_HERE = {"", "0.0.0.0", "[::]", "localhost"}  # noqa: S104  compared with, nothing is bound
"""Hosts for which Gunicorn listens on 127.0.0.1; "localhost" can also be ::1, where others may listen."""


class StrangerError(Exception):
    """What listens is not this environment's service, or nothing does; says which."""


def address(var: Path) -> str:
    """The address of the service of a var folder, whose master itself holds the socket that listens there.

    Raises StrangerError.
    """
    var = var.resolve()
    pid = _master(var)
    bind = _variables(pid).get("FINRISK_BIND", _BIND)
    host, _, port = bind.rpartition(":")
    if not port.isdecimal() or int(port) not in _ports(pid):
        raise StrangerError(f"the service of {var} (process {pid}) does not listen on {bind}")
    return f"http://{'127.0.0.1' if host in _HERE else host}:{port}"


def usual_address() -> str:
    """Where a service listens that nothing else was told."""
    return os.environ.get("FINRISK_BIND", _BIND)


def listener(port: int) -> str:
    """Who listens on a port of this machine, as far as /proc tells this user; else empty."""
    numbers = sorted(int(entry.name) for entry in _entries(Path("/proc")) if entry.name.isdecimal())
    for pid in numbers:
        if port in _ports(pid):
            name = _read(Path(f"/proc/{pid}/comm")).decode("utf-8", "replace")
            return f"{''.join(filter(str.isprintable, name))} (process {pid})"
    return ""


def _master(var: Path) -> int:
    """The process that Gunicorn's pidfile names, while it is the service of that folder."""
    file = var / "gunicorn.pid"
    text = _read(file).decode("ascii", "replace").strip()
    if not text.isdecimal():
        raise StrangerError(f"no service of {var} runs: {file} names no process")
    pid = int(text)
    if not Path(f"/proc/{pid}").exists():
        raise StrangerError(
            f"no service of {var} runs: process {pid} of {file} has ended, or there is no /proc"
        )
    given = _variables(pid).get("FINRISK_VAR_DIR", "var/local")
    with suppress(OSError):
        if (Path(os.readlink(f"/proc/{pid}/cwd")) / given).resolve() == var:
            return pid
    raise StrangerError(f"process {pid} of {file} is not the service of {var}, or is another account's")


def _ports(pid: int) -> set[int]:
    """The TCP ports that a process listens on; none where it is another account's."""
    sockets = set()
    for entry in _entries(Path(f"/proc/{pid}/fd")):
        with suppress(OSError):  # closed meanwhile
            sockets.add(os.readlink(entry))
    return {port for port, inode in _listening() if f"socket:[{inode}]" in sockets}


def _listening() -> Iterator[tuple[int, str]]:
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        for line in _read(Path(table)).decode("ascii", "replace").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENS:
                yield int(fields[1].rpartition(":")[2], 16), fields[9]


def _variables(pid: int) -> dict[str, str]:
    entries = _read(Path(f"/proc/{pid}/environ")).decode("utf-8", "surrogateescape").split("\0")
    return {name: value for name, _, value in (entry.partition("=") for entry in entries) if name}


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []


def _read(file: Path) -> bytes:
    """The content of a file; empty where this account cannot read it."""
    with suppress(OSError):
        return file.read_bytes()
    return b""
