"""PostgreSQL that stands still: it is connected, says nothing, and keeps no time-out of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from finrisk.db.pool import Database, DatabaseUnavailableError
from finrisk_ops import database
from tests.grounds.calls import Answer
from tests.grounds.service import RunningService
from tests.grounds.waiting import until

PROMISED_SECONDS = 10
"""The longest wait for sources is 5 s; the rest is for a busy machine."""


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def processes(url: str) -> list[int]:
    """The processes of the server, the postmaster first."""
    with psycopg.connect(url) as connection:
        postmaster = parent(connection.info.backend_pid)
    found = [postmaster]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if parent(int(folder.name)) == postmaster:
                found.append(int(folder.name))
        except FileNotFoundError:
            continue
    return found


def signalled(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # a worker of the server may have ended by itself
            os.kill(pid, number)


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """The server of the database, stopped in the middle of whatever it does."""
    pids = processes(url)
    try:
        signalled(pids, signal.SIGSTOP)
        yield
    finally:
        signalled(pids, signal.SIGCONT)


def asked_for(service: RunningService, seconds: float) -> list[tuple[Answer, float]]:
    """Answers and how long each took, of one who asks all the time."""
    end = time.monotonic() + seconds
    answers = []
    while time.monotonic() < end:
        began = time.monotonic()
        answer = service.analyze()
        answers.append((answer, time.monotonic() - began))
    return answers


def test_every_request_is_answered_beside_a_frozen_database_and_nothing_is_lost(
    service: RunningService,
) -> None:
    with ThreadPoolExecutor(8) as pool, psycopg.connect(service.database_url) as blocker:
        blocker.execute("lock table postings")  # so that some queries are under way when it freezes
        begun = [pool.submit(asked_for, service, 0.1) for _ in range(3)]
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        service.wait_until(lambda: service.rows(waiting)[0][0] >= 2)
        with frozen(service.database_url):
            later = [pool.submit(asked_for, service, 6) for _ in range(4)]
            health = service.call("GET", "/readyz", port=service.ops_port)
            answers = [each for asking in (*begun, *later) for each in asking.result()]
    assert {answer.status for answer, _ in answers} == {200}
    assert {answer.metadata["approach"] for answer, _ in answers} == {"ungrounded"}
    assert max(seconds for _, seconds in answers) < PROMISED_SECONDS
    assert health.json["database"] == "down"
    ids = [answer.metadata["request_id"] for answer, _ in answers]
    stored = "select count(*) from analyses where id = any(%s::uuid[])"
    service.wait_until(lambda: service.rows(stored, ids) == [(len(ids),)])
    service.wait_until(lambda: service.analyze().metadata["approach"] == "rag_base")


def test_a_playbook_gives_up_a_database_that_freezes_while_it_is_read(database_url: str) -> None:
    with database.connect(database_url, statement_timeout_seconds=1) as connection:
        began = time.monotonic()
        with frozen(database_url), pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
        assert time.monotonic() - began < 3 * (1 + database.ANSWER_SECONDS)


def test_a_query_that_nobody_waits_for_any_more_ends_in_the_server(database_url: str) -> None:
    pool = Database(database_url, 2)
    late = pytest.raises(DatabaseUnavailableError, match=r"longer than 0\.2 s")
    with late, pool.connection(0.2) as connection:
        connection.execute("select pg_sleep(9)")
    with pool.connection(5) as connection:  # a slow query is no outage: the next is asked at once
        counting = "select count(*) from pg_stat_activity where query like '%%pg_sleep(9)' and pid <> %s"
        pid = connection.info.backend_pid
        until(lambda: connection.execute(counting, (pid,)).fetchone() == (0,), 5)
    pool.close()


def test_only_the_time_in_which_the_server_is_waited_for_counts(database_url: str) -> None:
    pool = Database(database_url, 1)
    with pool.connection(2) as connection:
        connection.execute("select 1")
        time.sleep(2.1)  # as somebody who computes what is written next
        connection.execute("select 1")
    late = pytest.raises(DatabaseUnavailableError, match="took longer than 2 s")
    with late, pool.connection(2) as connection:
        for _ in range(3):
            connection.execute("select pg_sleep(0.9)")
    pool.close()


def test_a_connection_that_just_answered_is_not_asked_whether_it_does(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finrisk.db.pool.FRESH_SECONDS", 60.0)
    pool = Database(database_url, 1)
    query = "select query from pg_stat_activity where pid = %s"
    with psycopg.connect(database_url, autocommit=True) as other:
        with pool.connection() as connection:
            pid = connection.info.backend_pid
            connection.execute("select 41")
        with pool.connection():
            assert other.execute(query, (pid,)).fetchone() == ("select 41",)
        monkeypatch.setattr("finrisk.db.pool.FRESH_SECONDS", 0.0)
        with pool.connection():
            assert other.execute(query, (pid,)).fetchone() == ("",)
    pool.close()


def test_a_connection_that_the_server_ended_after_it_answered_is_replaced(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finrisk.db.pool.FRESH_SECONDS", 60.0)
    pool = Database(database_url, 1)
    with psycopg.connect(database_url, autocommit=True) as other:
        with pool.connection() as connection:
            pid = connection.info.backend_pid
        other.execute("select pg_terminate_backend(%s, 5000)", (pid,))
    with pool.connection() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert connection.info.backend_pid != pid
    pool.close()


def test_one_call_at_a_time_tries_a_database_that_was_away() -> None:
    pool = Database("postgresql://u:p@127.0.0.1:9/d", 2)

    def refused(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailableError), pool.connection():
            pass
        return time.monotonic() - began

    refused(0)
    time.sleep(1.1)  # its rest is over
    with ThreadPoolExecutor(8) as callers:
        waited = sorted(callers.map(refused, range(8)))
    assert waited[-1] > 0.5
    assert waited[-2] < 0.5
    pool.close()
