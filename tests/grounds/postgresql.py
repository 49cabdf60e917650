"""A PostgreSQL of a test's own, which it may stop, kill and start again."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from finrisk.db.migration import migrate
from sandbox import connection as connections
from sandbox import postgresql, process
from sandbox.process import Process


class OwnPostgresql:
    """The server and how it fares."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.processes: list[Process] = []
        self.connection = connections.new(var)

    @property
    def database_url(self) -> str:
        """The DSN of its database."""
        return self.connection.database_url

    def create(self, *statements: str) -> None:
        """Make its data, and run statements as superuser before it listens for the first time."""
        server = postgresql.server(self.var)
        postgresql.create(server, self.connection)
        postgresql.run_as_superuser(server, server.data, *statements)

    def start(self) -> None:
        """Start it."""
        postgresql.launch(self.var, self.connection, self.processes.append)

    def kill(self) -> None:
        """End it as a crash does."""
        process.stop(self.processes[-1], first=signal.SIGQUIT)

    def stop(self) -> None:
        """End it in order."""
        postgresql.halt(self.var, self.processes[-1] if self.processes else None)


def cut_connections(database_url: str) -> None:
    """End every other connection to a database, as a restart of the server does."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


@contextmanager
def own_postgresql(*statements: str) -> Iterator[OwnPostgresql]:
    """Start one with a migrated database, after these statements as superuser; remove it at the end."""
    # not in pytest's own folder, which is closed to the account that the server runs under
    var = Path(tempfile.mkdtemp(prefix="finrisk-postgresql-"))
    var.chmod(0o711)
    (var / "logs").mkdir()
    server = OwnPostgresql(var)
    try:
        if statements:
            server.create(*statements)
        server.start()
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            migrate(connection)
        yield server
    finally:
        server.stop()
        shutil.rmtree(var, ignore_errors=True)
