"""``python -m sandbox up | status | down | connection``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox import connection as connections
from sandbox import postgresql, simulator
from sandbox.connection import LOOPBACK, Connection
from sandbox.process import Process, SandboxError

REPOSITORY = Path(__file__).resolve().parents[1]
PARTS = ("postgresql", "gemini")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when not, with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (
        ("up", "start PostgreSQL and the Gemini simulator, or what of them is down"),
        ("status", "say what runs; exit 1 when a part is down"),
        ("down", "stop what up started; all data stays"),
        ("connection", "print addresses and keys as JSON"),
    ):
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument(
            "--var", type=Path, metavar="DIR", help="state folder (FINRISK_VAR_DIR, else var/local)"
        )
        if name == "status":
            command.add_argument("--json", action="store_true", help="print JSON")
        if name == "connection":
            command.add_argument("--shell", action="store_true", help="print lines for `eval` in a shell")
    chosen = parser.parse_args(arguments)
    var = (chosen.var or Path(os.environ.get("FINRISK_VAR_DIR") or REPOSITORY / "var" / "local")).absolute()
    try:
        if chosen.command == "up":
            return up(var)
        if chosen.command == "status":
            return status(var, as_json=chosen.json)
        if chosen.command == "down":
            return down(var)
        return print_connection(var, for_a_shell=chosen.shell)
    except SandboxError as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error.strerror}: {error.filename}; check that this account may write to {var}")
    return 1


def up(var: Path) -> int:
    """Start what is down, the parts side by side, and leave a complete ``sandbox.json``."""
    _make_folder(var)
    with connections.locked(var):
        held = connections.read(var)
        state = State(var, _with_usable_ports(var, held or connections.new(var)))
        _tell_ports(held, state.connection)
        with ThreadPoolExecutor(len(PARTS)) as pool:
            done = list(pool.map(lambda name: _bring_up(name, state), PARTS))
    return 0 if all(done) else 1


def status(var: Path, *, as_json: bool = False) -> int:
    """Print each part and whether it runs and accepts connections; 1 when a part does not."""
    connection = connections.read(var)
    parts = {name: _part_status(var, connection, name) for name in PARTS}
    if as_json:
        _say(json.dumps({"var": str(var), **parts}))
    else:
        for name, part in parts.items():
            _say(f"{name:<11} {_in_words(var, connection, name, part)}")
    return 0 if all(part["running"] for part in parts.values()) else 1


def _in_words(var: Path, connection: Connection | None, name: str, part: dict[str, int | bool | None]) -> str:
    if part["running"]:
        return f"up on {LOOPBACK}:{part['port']}, pid {part['pid']}"
    ended = connection and name in connection.processes and _running(var, connection, name) is None
    return f"down, it ended by itself: {postgresql.last_words(var)}" if ended and name == PARTS[0] else "down"


def down(var: Path) -> int:
    """Stop what ``up`` started and nothing else; the data stays."""
    if not var.is_dir():
        _say(f"nothing runs: there is no {var}")
        return 0
    with connections.locked(var):
        connection = connections.read(var)
        for name in PARTS:
            began = time.monotonic()
            process = connection.processes.get(name) if connection else None
            stopped = postgresql.halt(var, process) if name == "postgresql" else simulator.halt(var, process)
            _tell(name, "stopped" if stopped else "was not running", began)
            if connection and process:
                connection = connection.with_process(name, None)
                connections.write(var, connection)
    return 0


def print_connection(var: Path, *, for_a_shell: bool = False) -> int:
    """Print the addresses and keys of a running sandbox, as JSON or as lines that set shell variables.

    Raises SandboxError when it is not up.
    """
    connection = connections.read(var)
    if connection is None or not all(_part_status(var, connection, name)["running"] for name in PARTS):
        raise SandboxError(
            f"the sandbox in {var} is not up; start it with `make up` (`python -m sandbox up`)"
        )
    published = connections.published(var, connection)
    _say(connections.shell_lines(published) if for_a_shell else json.dumps(published))
    return 0


class State:
    """The connection while the parts start side by side; each change is on disk before work goes on."""

    def __init__(self, var: Path, connection: Connection) -> None:
        """Write the connection as it is, so that no secret in use is ever unknown."""
        self.var = var
        self.connection = connection
        self._lock = threading.Lock()
        if connections.read(var) != connection:
            connections.write(var, connection)

    def record(self, name: str, process: Process) -> None:
        """Keep which process serves this part."""
        with self._lock:
            self.connection = self.connection.with_process(name, process)
            connections.write(self.var, self.connection)


def _bring_up(name: str, state: State) -> bool:
    began = time.monotonic()
    process = _running(state.var, state.connection, name)
    if process:
        _tell(name, f"already running, pid {process.pid}: nothing to do", began)
        return True
    launch: Callable[[Path, Connection, Callable[[Process], None]], str] = (
        postgresql.launch if name == "postgresql" else simulator.launch
    )
    try:
        _tell(name, launch(state.var, state.connection, lambda process: state.record(name, process)), began)
    except SandboxError as error:
        _complain(f"{name}: {error}")
        return False
    return True


def _with_usable_ports(var: Path, connection: Connection) -> Connection:
    """Keep every port that is in use by ourselves or free, and choose another for one taken by a stranger.

    The service's are chosen anew while it does not run, whether the sandbox does or not.
    """
    postgresql_port, gemini_port = connection.postgresql_port, connection.gemini_port
    api_port, ops_port = connection.api_port, connection.ops_port
    if postgresql.running(var, connection) is None:
        (postgresql_port,) = connections.free_ports(postgresql_port)
    if simulator.running(connection) is None:
        (gemini_port,) = connections.free_ports(gemini_port)
    if not connections.running_service(var):
        api_port, ops_port = connections.free_ports(api_port, ops_port)
    return dataclasses.replace(
        connection,
        postgresql_port=postgresql_port,
        gemini_port=gemini_port,
        api_port=api_port,
        ops_port=ops_port,
    )


def _running(var: Path, connection: Connection, name: str) -> Process | None:
    return postgresql.running(var, connection) if name == "postgresql" else simulator.running(connection)


def _part_status(var: Path, connection: Connection | None, name: str) -> dict[str, int | bool | None]:
    process = _running(var, connection, name) if connection else None
    if connection is None or process is None:
        return {"running": False, "pid": None, "port": None}
    port = connection.postgresql_port if name == "postgresql" else connection.gemini_port
    return {"running": connections.is_listening(port), "pid": process.pid, "port": port}


def _make_folder(var: Path) -> None:
    if var.is_dir():
        return
    var.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        var.chmod(0o711)  # made just now: the database's account must be able to pass through


def _tell_ports(held: Connection | None, connection: Connection) -> None:
    """Say where the service listens when that is not the usual place, and which ports are taken now."""
    usual = (connections.API_PORT, connections.OPS_PORT)
    before = (held.api_port, held.ops_port) if held else usual
    now = (connection.api_port, connection.ops_port)
    taken = [str(port) for port, chosen in zip(before, now, strict=True) if port != chosen]
    if now != usual:
        why = f", since {' and '.join(taken)} {'is' if len(taken) == 1 else 'are'} taken" if taken else ""
        _say(f"service     at http://{LOOPBACK}:{now[0]}, ops at http://{LOOPBACK}:{now[1]}{why}")


def _tell(name: str, what: str, began: float) -> None:
    _say(f"{name:<11} {what}  {time.monotonic() - began:.1f} s")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"sandbox: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
