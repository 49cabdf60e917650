"""Every room reads the address of the database alike, through a pooler too."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from finrisk.db.pool import Database
from finrisk_ops import database
from finrisk_ops.errors import FinriskError
from sandbox.connection import free_ports
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until

ELSEWHERE = {
    "PGTZ": "Asia/Tokyo",
    "PGDATESTYLE": "German",
    "PGCLIENTENCODING": "LATIN1",
    "PGOPTIONS": "-c search_path=nowhere -c default_transaction_read_only=on",
    "PGSERVICE": "no-such-service",
    "PGHOST": "no-such-host.invalid",
    "PGSSLMODE": "verify-full",
    "PGAPPNAME": "somebody",
}
"""An operator's shell in which every one of these means something to libpq."""

OPTIONS = "-c search_path=finrisk -c timezone=Europe/Berlin -c datestyle=German -c work_mem=7MB"
HELD = {
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "client_encoding": "UTF8",
    "search_path": "finrisk",
    "work_mem": "7MB",
    "default_transaction_read_only": "off",
}


def with_options(url: str, options: str = OPTIONS) -> str:
    return f"{url}?options={quote(options)}"


def migrate(url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "finrisk", "migrate"],
        env={**os.environ, **ELSEWHERE, "DATABASE_URL": url},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def of_a_playbook(url: str) -> Any:
    return database.connect(url, statement_timeout_seconds=5)


@pytest.fixture
def served() -> Iterator[Callable[[str], Any]]:
    pools = []

    def connection(url: str) -> Any:
        pools.append(Database(url, 1))
        return pools[-1].connection()

    yield connection
    for pool in pools:
        pool.close()


@pytest.fixture
def url(new_database: Callable[[bool], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """A database whose tables are to stand in a schema of their own."""
    empty = new_database(False)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create schema finrisk")
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    return empty


def check_every_room(url: str, served: Callable[[str], Any]) -> None:
    assert "applied: 0001" in migrate(url)
    assert "nothing, the schema is current" in migrate(url)
    for room in (of_a_playbook, served):
        os.environ.update(ELSEWHERE)  # the room before forgot them
        with room(url) as connection:
            held = connection.execute(
                "select name, current_setting(name) from unnest(%s::text[]) name", (list(HELD),)
            )
            assert dict(held.fetchall()) == HELD
            assert connection.execute("select to_regclass('analyses')::text").fetchone() == ("analyses",)
            assert connection.execute("select count(*) from finrisk.analyses").fetchone() == (0,)


def test_an_address_means_the_same_to_service_migration_and_playbooks(
    url: str, served: Callable[[str], Any]
) -> None:
    check_every_room(with_options(url), served)


def test_an_option_that_cannot_be_set_is_named_by_every_room(url: str) -> None:
    bad = with_options(url, "-S")
    assert "options= of the database address holds '-S'" in migrate(bad)
    with pytest.raises(FinriskError, match="options= of the database address holds '-S'"):
        of_a_playbook(bad)
    found = Database(bad, 1).condition()
    assert found.database == "down"
    assert "options= of the database address holds '-S'" in found.problem


@contextmanager
def pgbouncer(url: str, mode: str) -> Iterator[str]:
    """The address of the same database behind a PgBouncer, with its defaults but for the mode."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("no pgbouncer here: apt-get install pgbouncer")
    server = urlsplit(url)
    (port,) = free_ports(0)
    folder = Path(tempfile.mkdtemp(prefix="finrisk-pgbouncer-"))
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # it refuses to be root
    (folder / "users").write_text(f'"{server.username}" "{server.password}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={server.hostname} port={server.port}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = scram-sha-256\nunix_socket_dir =\n"
        f"auth_file = {folder}/users\npool_mode = {mode}\nlogfile = {folder}/log\n"
    )
    if account:
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
    process = subprocess.Popen(
        [program, str(folder / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        env={"PATH": os.environ["PATH"]},
    )
    address = server._replace(netloc=f"{server.username}:{server.password}@127.0.0.1:{port}").geturl()

    def answers() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            of_a_playbook(address).close()
        except FinriskError:
            return False
        return True

    try:
        until(answers, 20)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_pooler_lets_every_room_set_its_session(url: str, served: Callable[[str], Any]) -> None:
    with pgbouncer(url, "session") as pooled:
        check_every_room(with_options(pooled), served)


def test_a_pooler_that_mixes_up_sessions_is_named_with_what_to_set(url: str) -> None:
    with pgbouncer(url, "transaction") as pooled:
        said = migrate(with_options(pooled))
    assert "a pooler lends another server for each transaction" in said
    assert "pool_mode = session" in said
