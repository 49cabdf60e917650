"""A process that outlives the command which started it, known by its pid and its start time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.02

_children: list[subprocess.Popen[bytes]] = []


class SandboxError(Exception):
    """A part of the sandbox cannot do what was asked; the text says what failed and what to do."""


@dataclass(frozen=True)
class Process:
    """A process on this machine; ``start_time`` is field 22 of ``/proc/PID/stat``, in clock ticks since boot.

    A pid is used again after its process ends, the pair of both is not.
    """

    pid: int
    start_time: int


@dataclass(frozen=True)
class Account:
    """The system account that a process runs under."""

    name: str
    uid: int
    gid: int


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path,
    env: Mapping[str, str],
    account: Account | None = None,
) -> Process:
    """Start a process in its own session, with both outputs appended to ``log``.

    Raises SandboxError when the program cannot be started at all.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise SandboxError(f"cannot start {command[0]}: {error}") from error
    finally:
        os.close(descriptor)
    _children.append(child)
    return Process(child.pid, start_time(child.pid) or 0)


def start_time(pid: int) -> int | None:
    """Return when the process started (clock ticks since boot), or None when it is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()  # a program's name may hold blanks and brackets
    return None if fields[0] in "ZX" else int(fields[19])


def is_running(process: Process | None) -> bool:
    """Say whether exactly this process still runs, and not another one that got its pid later."""
    return process is not None and start_time(process.pid) == process.start_time


def stop(process: Process | None, *, first: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> bool:
    """Stop the process by the signal ``first``, after ``seconds`` by SIGKILL; False when it did not run."""
    if process is None or not is_running(process):
        return False
    for number in (first, signal.SIGKILL):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            break
        if wait_until_gone(process, seconds):
            break
    for child in list(_children):
        if child.poll() is not None:
            _children.remove(child)
    return True


def wait_until_gone(process: Process, seconds: float) -> bool:
    """Wait at most ``seconds`` for the process to end; True when it has."""
    deadline = time.monotonic() + seconds
    while is_running(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def log_tail(log: Path, offset: int = 0, lines: int = 8) -> str:
    """Return the last lines of a log, from byte ``offset`` on, for an error message."""
    try:
        with log.open("rb") as file:
            file.seek(offset)
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return f"(no log at {log})"
    return "\n".join(text.splitlines()[-lines:]) or f"(nothing in {log})"
