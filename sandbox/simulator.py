"""The Gemini simulator as a background process: start it, wait until it listens, stop it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.connection import LOOPBACK, Connection
from sandbox.process import POLL_SECONDS, Process, SandboxError, is_running, log_tail, start, start_time, stop

READY_SECONDS = 30.0
REPOSITORY = Path(__file__).resolve().parents[1]


def running(connection: Connection) -> Process | None:
    """Return the recorded simulator when it runs, else None."""
    process = connection.processes.get("gemini")
    return process if is_running(process) else None


def launch(var: Path, connection: Connection, record: Callable[[Process], None]) -> str:
    """Start the simulator on the connection's port; it writes the throw-away service account itself.

    ``record`` gets the process as soon as it exists. Returns a line on what was done. Raises SandboxError.
    """
    log = var / "logs" / "gemini.log"
    halt(var, None)
    offset = log.stat().st_size if log.exists() else 0
    process = start(
        [*_command(var), "--port", str(connection.gemini_port)],
        log,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    record(process)
    _wait_until_ready(process, connection.gemini_port, log, offset)
    return f"Gemini simulator on {LOOPBACK}:{connection.gemini_port}"


def halt(var: Path, process: Process | None) -> bool:
    """Stop the simulator, also one that `up` had no time to record; False when none was running."""
    processes = {process, *_strays(var)}
    stopped = [stop(one) for one in processes]
    return any(stopped)


def _command(var: Path) -> list[str]:
    return [sys.executable, "-m", "sandbox.gemini", "--var", str(var)]


def _strays(var: Path) -> list[Process]:
    """Return the running simulators that were started for this folder."""
    command = "\0".join([*_command(var)[1:], "--port", ""]).encode()
    processes = []
    for entry in Path("/proc").iterdir():
        try:
            is_simulator = entry.name.isdigit() and command in (entry / "cmdline").read_bytes()
        except OSError:
            continue
        began = start_time(int(entry.name)) if is_simulator else None
        if began is not None:
            processes.append(Process(int(entry.name), began))
    return processes


def _wait_until_ready(process: Process, port: int, log: Path, offset: int) -> None:
    """Wait for the line of JSON in which the simulator names the port it listens on."""
    deadline = time.monotonic() + READY_SECONDS
    while is_running(process) and time.monotonic() < deadline:
        announced = _announced_port(log, offset)
        if announced == port:
            return
        if announced is not None:
            raise SandboxError(f"the Gemini simulator listens on {announced}, not on {port}; see {log}")
        time.sleep(POLL_SECONDS)
    state = "is not ready" if is_running(process) else "ended while starting"
    raise SandboxError(f"the Gemini simulator {state}; {log} says:\n{log_tail(log, offset)}")


def _announced_port(log: Path, offset: int) -> int | None:
    for line in log_tail(log, offset, lines=50).splitlines():
        try:
            content = json.loads(line)
        except ValueError:
            continue
        if isinstance(content, dict) and isinstance(content.get("port"), int):
            return int(content["port"])
    return None
