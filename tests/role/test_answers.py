"""What a comparison of the arms reads of a real database: in which stage somebody was drawn, and when."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
from ansible.module_utils.finrisk_ops.status import answers

from finrisk_rules.experiment import Running
from tests.grounds.screens import EXPERIMENT, HOUR, MODEL, REVISION, asker

RUNNING = Running(EXPERIMENT, MODEL, REVISION, 0.5)


def test_answers_come_with_the_split_of_their_stage_and_a_rating_when_it_was_given(database_url: str) -> None:
    asked = asker(database_url)
    asked("base", age=3 * HOUR, split=500, rating=-1, user="early")
    asked("tuned", age=2 * HOUR, split=5000, error="timeout", fallback="timeout", served="base", user="late")
    asked("tuned", age=HOUR, split=10_000, user="everybody")
    now = datetime.now(UTC)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into feedback (request_id, rating, created_at) select id, -1, %s from analyses "
            "where rating is not null",
            (now,),
        )
        values = RUNNING.parameters() | {"since": now - 3.5 * HOUR}
        asked_early, asked_late, rated = list(answers._read(connection, values))
    assert (asked_early.user, asked_early.split, asked_early.hour) == ("early", 500, 0)
    assert (asked_early.bad_rating, asked_early.let_down, round(asked_early.quality or 0, 4)) == (
        None,
        False,
        0.9,
    )
    assert (asked_late.user, asked_late.split, asked_late.let_down) == ("late", 5000, True)
    assert (rated.user, rated.hour, rated.bad_rating, rated.quality) == ("early", 3, True, None)
