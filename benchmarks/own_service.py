"""A service of a benchmark's own: PostgreSQL, simulated Gemini, Gunicorn on free ports, removed after."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from finrisk.db.migration import migrate
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.connection import LOCATION, LOOPBACK, PROJECT, Connection
from sandbox.process import Process, SandboxError

REPOSITORY = Path(__file__).resolve().parents[1]
_START_SECONDS = 60.0


@dataclass(frozen=True)
class OwnService:
    """Where it listens, a key with every role, and the first processes of service and database."""

    port: int
    ops_port: int
    api_key: str
    database_url: str = ""
    gunicorn: int = 0
    postgresql: int = 0

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        listed = json.loads(_read(f"http://{LOOPBACK}:{self.ops_port}/readyz"))["workers"]
        return [int(worker["pid"]) for worker in listed]

    def add_documents(self, documents: list[dict[str, Any]]) -> None:
        """Index documents."""
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}/api/v1/documents",
            json.dumps({"documents": documents}).encode(),
            {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            answer.read()


@dataclass(frozen=True)
class Site:
    """A database and a model that services can be started on; each has a folder and ports of its own."""

    folder: Path
    database: Process
    platform: dict[str, str]
    connection: Connection

    @contextmanager
    def service(self, checkout: Path = REPOSITORY, **settings: str) -> Iterator[OwnService]:
        """A service with the code of a checkout, and these settings beside those that nobody changed.

        Raises:
            SandboxError: it did not start.
        """
        var = Path(tempfile.mkdtemp(dir=self.folder))
        (var / "logs").mkdir()
        api_port, ops_port = connections.free_ports(0, 0)
        held = replace(self.connection, api_port=api_port, ops_port=ops_port)
        with _gunicorn(var, held, self.platform | settings, checkout) as service:
            yield replace(service, database_url=held.database_url, postgresql=self.database.pid)


@contextmanager
def site(model: str = "") -> Iterator[Site]:
    """A database and a model of this run's own, removed after; or the Gemini API at the address ``model``.

    Raises:
        SandboxError: a part did not start.
    """
    with ExitStack() as parts:
        var = Path(tempfile.mkdtemp(prefix="finrisk-benchmark-"))
        parts.callback(shutil.rmtree, var, ignore_errors=True)
        var.chmod(0o711)  # PostgreSQL's account passes through
        (var / "logs").mkdir()
        held = connections.new(var)
        started: list[Process] = []
        parts.callback(lambda: postgresql.halt(var, started[-1] if started else None))
        postgresql.launch(var, held, started.append)
        with psycopg.connect(held.database_url, autocommit=True) as connection:
            migrate(connection)
        platform = _studio(model) if model else _vertex(parts.enter_context(_gemini(var)), held)
        yield Site(var, started[-1], platform, held)


@contextmanager
def own_service(model: str = "", checkout: Path = REPOSITORY) -> Iterator[OwnService]:
    """A site and one service on it.

    Raises:
        SandboxError: a part did not start.
    """
    with site(model) as ground, ground.service(checkout) as service:
        yield service


@contextmanager
def _gemini(var: Path) -> Iterator[str]:
    command = [
        sys.executable,
        "-m",
        "sandbox.gemini",
        "--var",
        str(var),
        "--port",
        "0",
        "--latency-ms",
        "1",
        "1",
    ]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield str(json.loads(process.stdout.readline() if process.stdout else "")["url"])
        finally:
            process.terminate()


def _vertex(url: str, held: Connection) -> dict[str, str]:
    return {
        "GEMINI_BASE_URL": url,
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GOOGLE_CLOUD_LOCATION": LOCATION,
        "GOOGLE_APPLICATION_CREDENTIALS": str(held.credentials_file),
    }


def _studio(url: str) -> dict[str, str]:
    return {"GEMINI_BASE_URL": url, "GEMINI_PROVIDER": "gemini_api", "GEMINI_API_KEY": "any"}


@contextmanager
def _gunicorn(var: Path, held: Connection, platform: dict[str, str], checkout: Path) -> Iterator[OwnService]:
    service = OwnService(held.api_port, held.ops_port, held.api_key)
    digest = hashlib.sha256(held.api_key.encode()).hexdigest()
    key = {"id": held.api_key_id, "name": "benchmark", "sha256": digest, "roles": ["admin"]}
    (var / "api_keys.json").write_text(json.dumps([key]), "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{checkout / 'app'}:{checkout / 'rules'}",
        "FINRISK_VAR_DIR": str(var),
        "FINRISK_BIND": f"{LOOPBACK}:{held.api_port}",
        "FINRISK_OPS_BIND": f"{LOOPBACK}:{held.ops_port}",
        "DATABASE_URL": held.database_url,
        "USER_HASH_KEY": held.user_hash_key,
        **platform,
        "RATE_LIMIT_PER_MINUTE": "0",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "app/gunicorn.conf.py", "finrisk.wsgi:app"]
    log = var / "logs" / "service.log"
    with (
        log.open("ab") as output,
        subprocess.Popen(command, cwd=checkout, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_until_ready(service, process, log)
            yield replace(service, gunicorn=process.pid)
        finally:
            process.terminate()


def _wait_until_ready(service: OwnService, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if len(service.workers()) == 2:
                return
        except (OSError, ValueError):
            time.sleep(0.1)
    raise SandboxError(f"the service did not start; its log ends:\n{log.read_text('utf-8')[-2000:]}")


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http to this machine
        found: bytes = answer.read()
    return found
