"""The processes of a cluster: each is recorded with its start time, and found again after a crash."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sandbox.kubernetes.binaries import PATH, REPOSITORY
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import Place
from sandbox.process import Process, is_running, log_tail, start, start_time, wait_until_gone

PROGRAMS = {"hyperkube", "containerd", "containerd-shim-runc-v2"}
MODULES = {"sandbox.kubernetes.dns", "sandbox.kubernetes.fake_node"}
KILL_SECONDS = 10.0
GOGC = "400"
"""Percent by which the heap of a Go program may grow before it is collected: at 100, a fifth of its work."""
GOMAXPROCS = "1"
"""Threads that run Go code at once: with more, an idle cluster spends two thirds of its time waking them."""


def launch(place: Place, name: str, command: Sequence[str | Path], *, inside: bool) -> Process:
    """Start a process and record it; ``inside`` puts it into the network namespace.

    ``nsenter`` becomes the program it starts, so the pid is the program's. (`ip netns exec` would mount
    another /sys over the cgroups that container runtimes need.)
    """
    entered = ["nsenter", f"--net=/run/netns/{place.name}", *command] if inside else command
    environment = {"PATH": PATH, "HOME": str(place.folder), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    go = {"GOGC": GOGC, "GOMAXPROCS": GOMAXPROCS}
    process = start(entered, log(place, name), cwd=REPOSITORY, env={**environment, **go})
    folder = _records(place)
    folder.mkdir(exist_ok=True)
    part = folder / f".{name}"
    part.write_text(json.dumps({"pid": process.pid, "start_time": process.start_time}), encoding="utf-8")
    part.rename(folder / f"{name}.json")
    return process


def log(place: Place, name: str) -> Path:
    """The log of one process."""
    return place.logs / f"{name}.log"


def recorded(place: Place) -> dict[str, Process]:
    """Every process that was started and not stopped by us, running or not."""
    result = {}
    for path in sorted(_records(place).glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        result[path.stem] = Process(int(record["pid"]), int(record["start_time"]))
    return result


def require(place: Place, process: Process, name: str) -> None:
    """Raise ClusterError with the end of its log when the process has ended."""
    if not is_running(process):
        raise ClusterError(f"{name} ended: {log(place, name)} says\n{log_tail(log(place, name))}")


def strays(place: Place) -> list[Process]:
    """Our programs that run on this cluster's folder, recorded or not: what a crash leaves behind."""
    result = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode("utf-8", errors="replace").split("\0")
        except OSError:
            continue
        ours = Path(words[0]).name in PROGRAMS or MODULES.intersection(words)
        began = start_time(int(entry.name))
        if ours and began is not None and any(f"{place.folder}/" in f"{word}/" for word in words):
            result.append(Process(int(entry.name), began))
    return result


def kill(processes: Sequence[Process]) -> None:
    """End processes at once: nothing they hold is worth keeping.

    Raises ClusterError when one survives.
    """
    for process in processes:
        if is_running(process):
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    for process in processes:
        if not wait_until_gone(process, KILL_SECONDS):
            raise ClusterError(f"process {process.pid} does not end: look for it with `ps {process.pid}`")
        with suppress(ChildProcessError):  # not ours to wait for when an earlier command started it
            os.waitpid(process.pid, os.WNOHANG)


def _records(place: Place) -> Path:
    return place.folder / "processes"
