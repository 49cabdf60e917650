"""A PostgreSQL of a test's own, which it may stop, kill and start again."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from finrisk.db.migration import migrate
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.process import Process


class OwnPostgresql:
    """The server and how it fares."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.processes: list[Process] = []
        (var / "logs").mkdir(parents=True, exist_ok=True)
        self.held = connections.new(var)
        self.start()

    def start(self) -> None:
        postgresql.launch(self.var, self.held, self.processes.append)

    def kill(self) -> None:
        os.kill(self.processes[-1].pid, signal.SIGQUIT)  # immediate shutdown, as a crash
        time.sleep(0.3)

    def stop(self) -> None:
        postgresql.halt(self.var, self.processes[-1])


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """Start one with a migrated database, and remove it at the end."""
    var = Path(tempfile.mkdtemp(prefix="finrisk-own-"))
    var.chmod(0o711)
    server = OwnPostgresql(var)
    try:
        with psycopg.connect(server.held.database_url, autocommit=True) as connection:
            migrate(connection)
        yield server
    finally:
        server.stop()
        shutil.rmtree(var, ignore_errors=True)
