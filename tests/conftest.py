"""Parts that tests of several tiers share: a real PostgreSQL, and the role's Python as Ansible sees it."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import ansible.module_utils
import psycopg
import pytest

from finrisk.db.migration import migrate
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.process import Process

REPOSITORY = Path(__file__).resolve().parents[1]
ROLE = REPOSITORY / "roles" / "finrisk"

ansible.module_utils.__path__.append(str(ROLE / "module_utils"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server for this test session; the URL of a migrated database that others are copied from."""
    var = Path(tempfile.mkdtemp(prefix="finrisk-tests-"))  # pytest's own folder is closed to other accounts
    var.chmod(0o711)
    (var / "logs").mkdir()
    held = connections.new(var)
    where = postgresql.server(var)
    postgresql._create(where, held)
    for statement in (f"ALTER ROLE {connections.DATABASE_USER} CREATEDB;", "ALTER SYSTEM SET fsync = off;"):
        postgresql._run_unlocked(where, where.data, statement)
    processes: list[Process] = []
    try:
        postgresql.launch(var, held, processes.append)
        with psycopg.connect(held.database_url, autocommit=True) as connection:
            migrate(connection)
        yield held.database_url
    finally:
        postgresql.halt(var, processes[-1] if processes else None)
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(postgresql_server: str) -> Callable[[bool], str]:
    """Make a fresh database, migrated or empty, and return its URL; it lives as long as the server."""
    numbers = itertools.count(1)

    def make(migrated: bool = True) -> str:
        parts = urlsplit(postgresql_server)
        name = f"test_{next(numbers)}"
        template = parts.path.lstrip("/") if migrated else "template0"
        with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
            connection.execute(f"create database {name} template {template}".encode())
        return parts._replace(path=f"/{name}").geturl()

    return make


@pytest.fixture
def database_url(new_database: Callable[[bool], str]) -> str:
    """The URL of a fresh, migrated database of this test's own."""
    return new_database(True)
