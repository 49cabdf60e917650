"""Parts that tests of several tiers share: PostgreSQL, a simulator, the role's Python as Ansible sees it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from sandbox.connection import DATABASE_USER

pytest.register_assert_rewrite("tests.grounds")

from tests.grounds import packages  # noqa: E402 - its asserts tell, by the line above
from tests.grounds.modules import show_the_role_to_ansible  # noqa: E402 - as above
from tests.grounds.postgresql import own_postgresql  # noqa: E402 - as above
from tests.grounds.wire import Simulator, wire  # noqa: E402 - as above
from tests.tiers import LONGEST_FIRST, QUICK_FOLDERS, left_out  # noqa: E402

show_the_role_to_ansible()
# An example is slow where the machine is busy, which says nothing of what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if "CI" in os.environ else "busy")


def pytest_configure(config: pytest.Config) -> None:
    if packages.FOLDER not in os.environ:  # else this is one process of several
        config.add_cleanup(packages.keep())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return left_out(collection_path, config.option.markexpr) or None


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what the quick tier leaves out; of two processes, each takes the longest files first."""
    for item in items:
        if not item.nodeid.startswith(QUICK_FOLDERS):
            item.add_marker("slow")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _place(item.nodeid.partition("::")[0]))


def _place(file: str) -> int:
    return LONGEST_FIRST.index(file) if file in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.fixture(scope="session")
def one_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulator whose jobs take 0.6 s, for the tests of its wire."""
    with wire(tmp_path_factory.mktemp("wire"), tuning_seconds=0.6) as running:
        yield running


@pytest.fixture
def gemini(one_simulator: Simulator) -> Iterator[Simulator]:
    """It, with no fault left over from the test before."""
    yield one_simulator
    one_simulator.clear()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server for this test session; the URL of a migrated database that others are copied from."""
    with own_postgresql(f"ALTER ROLE {DATABASE_USER} CREATEDB;", "ALTER SYSTEM SET fsync = off;") as server:
        yield server.database_url


@pytest.fixture(scope="session")
def new_database(postgresql_server: str) -> Callable[[bool], str]:
    """Make a fresh database, migrated or empty, and return its URL; it lives as long as the server."""
    numbers = itertools.count(1)

    def make(migrated: bool = True) -> str:
        parts = urlsplit(postgresql_server)
        name = f"test_{next(numbers)}"
        template = parts.path.lstrip("/") if migrated else "template0"
        _ask(postgresql_server, f"create database {name} template {template} strategy file_copy")
        return parts._replace(path=f"/{name}").geturl()

    return make


@pytest.fixture
def database_url(postgresql_server: str, new_database: Callable[[bool], str]) -> Iterator[str]:
    """The URL of a fresh, migrated database of this test's own."""
    url = new_database(True)
    yield url
    name = urlsplit(url).path.lstrip("/")
    # Not `with (force)`, which may not end an autovacuum worker; a plain drop ends that one itself.
    _ask(
        postgresql_server,
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = %s and usename = current_user",
        name,
    )
    _ask(postgresql_server, f"drop database {name}")


def _ask(server: str, statement: str, *values: str) -> None:
    """Run a statement on a server, in no database that is copied or dropped."""
    with psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(statement.encode(), values or None)
