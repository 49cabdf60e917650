"""Text is forgotten by the database's clock: a wrong one here forgets nothing, and none all at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from finrisk.db.pool import Database
from finrisk.retention import STEP_ROWS, forget_old_text, remove_old_pairs

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
    assert forget_old_text(database, DAYS) == {"analyses": 0, "feedback": 0, "shadows": 0}
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
        connection.execute(
            "insert into shadows (request_id, created_at, arm, model, outcome, upstream_ms, judge_version, "
            "analysis) select id, created_at, 'tuned', 'm', 'ok', 1, '1', 'answer' from analyses"
        )
    with caplog.at_level(logging.INFO, logger="finrisk"):
        assert forget_old_text(database, DAYS) == {"analyses": 30, "feedback": 30, "shadows": 30}
    assert "30 of analyses, 30 of feedback" in caplog.text
    assert with_text(database) == 20
    assert forget_old_text(database, DAYS) == {"analyses": 0, "feedback": 0, "shadows": 0}


def test_clocks_that_are_wrong_together_forget_a_step_and_not_all(database: Database) -> None:
    rows(database, 5 * STEP_ROWS, timedelta(days=100), apart=timedelta(hours=1))
    assert forget_old_text(database, DAYS)["analyses"] == STEP_ROWS
    assert with_text(database) == 4 * STEP_ROWS


def test_a_step_keeps_up_with_a_busy_service(database: Database) -> None:
    rows(database, 3 * STEP_ROWS, timedelta(days=100), apart=timedelta(seconds=1))
    assert forget_old_text(database, DAYS)["analyses"] == 3 * STEP_ROWS


def pairs(database: Database, count: int, age: timedelta) -> None:
    """Write so many pairs, the youngest of this age, each an hour older than the one before."""
    with database.connection() as connection:
        connection.execute(
            """insert into training_data (id, created_at, strategy, analysis, quality_score, model,
                                          finetuned_model_used, latency_ms)
               select gen_random_uuid(), now() - %s - n * interval '1 hour', 'question', 'answer', 1, 'm',
                      false, 1
               from generate_series(0, %s) n""",
            (age, count - 1),
        )


def pairs_left(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("select count(*) from training_data").fetchone()
    assert row
    return int(row[0])


def test_pairs_are_removed_after_their_days_a_step_at_a_time_and_none_by_a_wrong_clock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs(database, STEP_ROWS + 5, timedelta(days=91))
    pairs(database, 20, timedelta(days=80))
    with monkeypatch.context() as wrong:
        wrong.setattr(time, "time", lambda: 0.0)
        assert remove_old_pairs(database, DAYS) == 0
    assert [remove_old_pairs(database, DAYS) for _ in range(3)] == [STEP_ROWS, 5, 0]
    assert pairs_left(database) == 20


def test_without_a_limit_pairs_are_kept(database: Database) -> None:
    pairs(database, 5, timedelta(days=4000))
    assert (remove_old_pairs(database, 0), pairs_left(database)) == (0, 5)
