"""`finrisk migrate`: a database that does not answer is told from one that refuses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from finrisk.db import migration
from finrisk.db.migration import Migration
from finrisk.db.migration import migrate as apply_migrations
from finrisk.db.presence import does_not_answer

REFUSED = 1
UNANSWERED = 75


def migrate(url: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "finrisk", "migrate", "--plan"],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word, as a frozen PostgreSQL does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("host", ["127.0.0.1:9", "no-such-host.invalid:5432"])
def test_nobody_there_is_unanswered(host: str) -> None:
    code, said = migrate(f"postgresql://u:a-secret@{host}/d")
    assert code == UNANSWERED
    assert "PostgreSQL does not answer" in said
    assert "a-secret" not in said


def test_a_server_that_says_nothing_is_unanswered(silent: str) -> None:
    assert does_not_answer(f"postgresql://u:p@{silent}/d")


@pytest.mark.parametrize("other", ["user", "password", "database", "tls"])
def test_a_server_that_refuses_has_answered(database_url: str, other: str) -> None:
    parts = urlsplit(database_url)
    wrong = {
        "user": database_url.replace(str(parts.username), "stranger"),
        "password": database_url.replace(str(parts.password), "a-wrong-word"),
        "database": database_url + "_gone",
        "tls": database_url + "?sslmode=require",
    }
    code, said = migrate(wrong[other])
    assert code == REFUSED, said
    assert "PostgreSQL refused" in said


def test_tables_that_are_there_by_half_are_left_alone_and_count_as_unanswered(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("drop table training_data")
    code, said = migrate(database_url)
    assert code == UNANSWERED
    assert "PostgreSQL answers, but database" in said
    assert "lacks training_data" in said


def test_a_read_only_database_that_is_current_has_nothing_to_refuse(database_url: str) -> None:
    name = urlsplit(database_url).path.lstrip("/")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"alter database {name} set default_transaction_read_only = on".encode())
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert apply_migrations(connection) == []


def test_a_migration_is_committed_before_the_next_one_takes_its_locks(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [
        *migration.migrations(),
        Migration(98, "0098_good", "create table good (id integer)"),
        Migration(99, "0099_bad", "select 1 / 0"),
    ]
    monkeypatch.setattr(migration, "migrations", lambda: known)
    with psycopg.connect(database_url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            apply_migrations(connection)
        assert migration.schema_version(connection) == 98
        known[-1] = Migration(99, "0099_mended", "drop table good")
        assert apply_migrations(connection) == known[-1:]


def test_a_missing_right_is_a_refusal_in_one_sentence(
    database_url: str, new_database: Callable[[bool], str]
) -> None:
    empty = new_database(False)
    name = urlsplit(empty).path.lstrip("/")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"alter database {name} set default_transaction_read_only = on".encode())
    done = subprocess.run(
        [sys.executable, "-m", "finrisk", "migrate"],
        env={**os.environ, "DATABASE_URL": empty},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == REFUSED
    assert done.stderr.startswith("finrisk: PostgreSQL refused: cannot execute CREATE TABLE")
    assert "Traceback" not in done.stderr
