"""The Gemini simulator as a background process: start it, wait until it listens, stop it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.connection import LOOPBACK, PROJECT, Connection
from sandbox.process import POLL_SECONDS, Process, SandboxError, is_running, log_tail, start, stop

READY_SECONDS = 30.0
REPOSITORY = Path(__file__).resolve().parents[1]


def running(connection: Connection) -> Process | None:
    """Return the recorded simulator when it runs, else None."""
    process = connection.processes.get("gemini")
    return process if is_running(process) else None


def launch(var: Path, connection: Connection, record: Callable[[Process], None]) -> str:
    """Write the throw-away service account and start the simulator on the connection's port.

    ``record`` gets the process as soon as it exists. Returns a line on what was done. Raises SandboxError.
    """
    if not (REPOSITORY / "sandbox" / "gemini" / "__main__.py").exists():  # TEMPORARY
        return "not written yet, left out"
    log = var / "logs" / "gemini.log"
    offset = log.stat().st_size if log.exists() else 0
    process = start(
        [sys.executable, "-m", "sandbox.gemini", "--var", var, "--port", str(connection.gemini_port)],
        log,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    record(process)
    _write_service_account(var, connection)
    _wait_until_ready(process, connection.gemini_port, log, offset)
    return f"Gemini simulator on {LOOPBACK}:{connection.gemini_port}"


def halt(process: Process | None) -> bool:
    """Stop the simulator; False when it was not running."""
    return stop(process)


def _write_service_account(var: Path, connection: Connection) -> None:
    from sandbox.gemini import oauth  # not at the top: it needs cryptography, `status` and `down` do not

    oauth.service_account(var, f"{connection.gemini_url}/token", PROJECT)


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
            held = json.loads(line)
        except ValueError:
            continue
        if isinstance(held, dict) and isinstance(held.get("port"), int):
            return int(held["port"])
    return None
