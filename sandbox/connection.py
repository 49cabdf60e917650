"""``sandbox.json``: where the parts of the sandbox listen, and the keys to them."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shlex
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.process import Process, SandboxError, is_running

LOOPBACK = "127.0.0.1"
DATABASE_USER = "finrisk_user"
DATABASE_NAME = "finrisk_db"
PROJECT = "finrisk-sandbox"
LOCATION = "us-central1"
BUCKET = "finrisk-sandbox"
API_PORT = 8000
OPS_PORT = 9090


@dataclass(frozen=True)
class Connection:
    """All that ``sandbox.json`` holds. Ports and secrets are chosen once and kept."""

    postgresql_port: int
    database_password: str = field(repr=False)
    gemini_port: int
    api_port: int
    ops_port: int
    api_key: str = field(repr=False)
    user_hash_key: str = field(repr=False)
    credentials_file: Path
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """The DSN of the database, password included."""
        return (
            f"postgresql://{DATABASE_USER}:{self.database_password}"
            f"@{LOOPBACK}:{self.postgresql_port}/{DATABASE_NAME}"
        )

    @property
    def gemini_url(self) -> str:
        """The base URL of the Gemini simulator, which also serves storage and tokens."""
        return f"http://{LOOPBACK}:{self.gemini_port}"

    @property
    def api_key_id(self) -> str:
        """The public part of the API key, between the first two underscores."""
        return self.api_key.split("_", 2)[1]

    def with_process(self, name: str, process: Process | None) -> Connection:
        """Return the same connection with one part's process recorded, or forgotten when None."""
        others = {key: value for key, value in self.processes.items() if key != name}
        return replace(self, processes=others if process is None else {**others, name: process})


def new(var: Path) -> Connection:
    """Choose free ports and random secrets for a sandbox that has none yet."""
    api, ops, postgresql, gemini = free_ports(API_PORT, OPS_PORT, 0, 0)
    return Connection(
        postgresql_port=postgresql,
        database_password=secrets.token_urlsafe(24),
        gemini_port=gemini,
        api_port=api,
        ops_port=ops,
        api_key=f"frk_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}",
        user_hash_key=secrets.token_hex(32),
        credentials_file=var / "service-account.json",
    )


def read(var: Path) -> Connection | None:
    """Return what ``sandbox.json`` says, or None when there is none.

    Raises SandboxError when the file is there but is not what ``up`` writes.
    """
    path = sandbox_file(var)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        database = urlsplit(content["database_url"])
        return Connection(
            postgresql_port=_port(database.port),
            database_password=str(database.password or ""),
            gemini_port=_port(urlsplit(content["gemini_url"]).port),
            api_port=_port(content["api_port"]),
            ops_port=_port(content["ops_port"]),
            api_key=str(content["api_key"]),
            user_hash_key=str(content["user_hash_key"]),
            credentials_file=Path(content["credentials_file"]),
            processes={
                name: Process(int(entry["pid"]), int(entry["start_time"]))
                for name, entry in content["processes"].items()
            },
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SandboxError(
            f"{path} is not a sandbox file ({type(error).__name__}: {error}); "
            "move it away and run `python -m sandbox up` again"
        ) from None
    except OSError as error:
        raise SandboxError(f"cannot read {path}: {error.strerror}; run as the account that owns it") from None


def write(var: Path, connection: Connection) -> None:
    """Write ``sandbox.json`` in one step, readable by its owner alone."""
    content = {
        "database_url": connection.database_url,
        "gemini_url": connection.gemini_url,
        "storage_url": connection.gemini_url,
        "credentials_file": str(connection.credentials_file),
        "project": PROJECT,
        "location": LOCATION,
        "bucket": BUCKET,
        "api_port": connection.api_port,
        "ops_port": connection.ops_port,
        "api_key": connection.api_key,
        "api_key_id": connection.api_key_id,
        "api_key_sha256": hashlib.sha256(connection.api_key.encode()).hexdigest(),
        "user_hash_key": connection.user_hash_key,
        "processes": {
            name: {"pid": process.pid, "start_time": process.start_time}
            for name, process in sorted(connection.processes.items())
        },
    }
    _write_private(sandbox_file(var), json.dumps(content, indent=2) + "\n")


def sandbox_file(var: Path) -> Path:
    """Return the path of ``sandbox.json``."""
    return var / "sandbox.json"


def published(var: Path, connection: Connection) -> dict[str, str]:
    """Return what ``make -s connection`` prints: addresses and keys for a client of the sandbox."""
    service = running_service(var)
    return {
        "api_url": service.get("api_url", f"http://{LOOPBACK}:{connection.api_port}"),
        "ops_url": service.get("ops_url", f"http://{LOOPBACK}:{connection.ops_port}"),
        "api_key": connection.api_key,
        "gemini_url": connection.gemini_url,
        "storage_url": connection.gemini_url,
        "credentials_file": str(connection.credentials_file),
        "database_url": connection.database_url,
    }


def shell_lines(published: Mapping[str, str]) -> str:
    """Return the same as assignments that a shell reads by ``eval``: each name is a variable."""
    return "\n".join(f"{name}={shlex.quote(value)}" for name, value in published.items())


def running_service(var: Path) -> dict[str, Any]:
    """Return what ``service.json`` records of the running service, {} when it is not running."""
    try:
        record = json.loads((var / "service.json").read_text(encoding="utf-8"))
        process = Process(int(record["pid"]), int(record["start_time"]))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(record) if is_running(process) else {}


def free_ports(*wanted: int) -> list[int]:
    """Return free loopback ports, all different: each wanted one when it is free (0: any), else another."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(_bound(port)) for port in wanted]
        return [int(bound.getsockname()[1]) for bound in sockets]


def is_listening(port: int) -> bool:
    """Say whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextlib.contextmanager
def locked(var: Path) -> Iterator[None]:
    """Let one ``up`` or ``down`` at a time work on this folder; a second one waits."""
    with (var / "sandbox.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bound(port: int) -> socket.socket:
    for candidate in (port, 0):
        bound = socket.socket()
        if candidate:  # as servers do: a port whose last connections are still closing counts as free
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((LOOPBACK, candidate))
        except OSError:
            bound.close()
        else:
            return bound
    raise SandboxError(f"no free port on {LOOPBACK}; close some connections and try again")


def _port(value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 65536:
        raise ValueError(f"{value!r} is not a port")
    return value


def _write_private(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:  # mkstemp makes it 0600
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
