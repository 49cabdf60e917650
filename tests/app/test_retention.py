"""Text is forgotten by the database's clock: a wrong one here forgets nothing, and none all at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from finrisk.db.pool import Database
from finrisk.retention import STEP_ROWS, forget_old_text

DAYS = 90
_ROW = """
insert into analyses (id, created_at, split_bp, unit_kind, unit_hash, bucket, arm_assigned, outcome,
                      latency_ms, redaction_version, strategy, analysis)
select gen_random_uuid(), now() - %s - n * %s, 0, 'user', '', 0, 'base', 'ok', 1, '1', 'question', 'answer'
from generate_series(0, %s) n"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    held = Database(database_url, 2)
    yield held
    held.close()


def rows(database: Database, count: int, age: timedelta, apart: timedelta = timedelta()) -> None:
    """Write so many analyses, the youngest of this age."""
    with database.connection() as connection:
        connection.execute(_ROW, (age, apart, count - 1))


def with_text(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("select count(*) from analyses where analysis is not null").fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize("wrong", [timedelta(days=100), timedelta(days=-100), timedelta(hours=2)])
def test_nothing_is_forgotten_while_the_clocks_differ_and_the_log_says_which_way(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wrong: timedelta
) -> None:
    rows(database, 20, timedelta(days=80))
    rows(database, 20, timedelta(days=200))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + wrong.total_seconds())
    assert forget_old_text(database, DAYS) == {"analyses": 0, "feedback": 0}
    assert with_text(database) == 40
    assert f"hours {'before' if wrong > timedelta() else 'behind'} the database's" in caplog.text


def test_what_is_older_by_the_databases_clock_is_forgotten_and_what_is_younger_stays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    rows(database, 30, timedelta(days=91), apart=timedelta(days=10))
    rows(database, 20, timedelta(days=89))
    with database.connection() as connection:
        connection.execute(
            "insert into feedback (request_id, rating, comment, created_at) select id, 1, 'said', created_at "
            "from analyses"
        )
    with caplog.at_level(logging.INFO, logger="finrisk"):
        assert forget_old_text(database, DAYS) == {"analyses": 30, "feedback": 30}
    assert "30 of analyses, 30 of feedback" in caplog.text
    assert with_text(database) == 20
    assert forget_old_text(database, DAYS) == {"analyses": 0, "feedback": 0}


def test_clocks_that_are_wrong_together_forget_a_step_and_not_all(database: Database) -> None:
    rows(database, 5 * STEP_ROWS, timedelta(days=100), apart=timedelta(hours=1))
    assert forget_old_text(database, DAYS)["analyses"] == STEP_ROWS
    assert with_text(database) == 4 * STEP_ROWS


def test_a_step_keeps_up_with_a_busy_service(database: Database) -> None:
    rows(database, 3 * STEP_ROWS, timedelta(days=100), apart=timedelta(seconds=1))
    assert forget_old_text(database, DAYS)["analyses"] == 3 * STEP_ROWS
