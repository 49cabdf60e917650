"""Processes of this machine, told apart by pid and start time."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Process:
    """A process of this machine; pid and start time (clock ticks since boot) together never come twice."""

    pid: int
    start_time: int

    @property
    def alive(self) -> bool:
        """Whether exactly this process still runs."""
        return start_time(self.pid) == self.start_time


def start_time(pid: int) -> int | None:
    """Return field 22 of ``/proc/PID/stat``, or None when the process is gone or a zombie."""
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else None


def workers(of: Process) -> list[Process]:
    """Return the children of the master that run now."""
    children = []
    for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        fields = _stat(pid)
        if fields and fields[0] not in "ZX" and int(fields[1]) == of.pid:
            children.append(Process(pid, int(fields[19])))
    return children


def terminate(process: Process, seconds: float) -> None:
    """End a process by SIGTERM, after ``seconds`` by SIGKILL, with the children it leaves behind."""
    children = workers(process)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while process.alive and time.monotonic() < deadline:
        collect(process.pid)
        time.sleep(POLL_SECONDS)
    for survivor in [process, *children]:
        if survivor.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(survivor.pid, signal.SIGKILL)
    collect(process.pid)


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()  # a program's name may hold blanks and brackets


def collect(pid: int) -> None:
    """Take the exit status of a child, so that an ended one counts as gone; nothing for any other process."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
