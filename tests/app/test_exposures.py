"""The evidence on an experiment: each request once, for the arm it was assigned to, in whatever order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from finrisk.journal import Journal, encoded
from finrisk.shipping import Shipper
from finrisk_ops import evidence
from finrisk_ops.erasure.subject import Subject
from finrisk_ops.erasure.tables import erase
from finrisk_ops.gate.rules import Rules
from finrisk_ops.gate.verdict import decide
from finrisk_rules.arms import FAILURES, SINGLE, SLOW, TIMED
from tests.grounds.arms import SPLIT, user_on
from tests.grounds.exposures import (
    BEGIN,
    BLOCKED,
    FAILED,
    NOBODY,
    RESTING,
    VERSIONS,
    Ground,
    asked,
    many,
    metric,
    rated,
)
from tests.grounds.service import RunningService

METRICS = {
    "slow": (TIMED, SLOW),
    "errors": ("true", f"not attempted or failure in {FAILURES}"),
    "unanswered": ("attempted", "failure = 'blocked' or (answered and refused)"),
    "feedback": ("answered and rating is not null", "answered and rating = -1"),
    "quality": ("answered and quality is not null", ""),
}
"""The requests of ``SINGLE`` that count for it, and which of them are bad; quality is a mean."""

BY_USER = """
with by_user as (
    select user_hash, count(*) as n, sum({3}) as x from ({0} where {1}) as single where {2} group by 1
)
select count(*), sum(x / n::float8), sum((x / n::float8) ^ 2), sum(n), sum(x) from by_user"""


@pytest.fixture
def new_ground(new_database: Callable[[bool], str], tmp_path: Path) -> Iterator[Callable[[], Ground]]:
    grounds: list[Ground] = []

    def make() -> Ground:
        grounds.append(Ground(new_database(True), tmp_path / f"journal{len(grounds)}"))
        return grounds[-1]

    yield make
    for ground in grounds:
        ground.database.close()


@pytest.fixture
def ground(new_ground: Callable[[], Ground]) -> Ground:
    return new_ground()


def test_counts_are_the_same_in_any_order_of_arrival_and_however_often_records_are_sent(
    new_ground: Callable[[], Ground],
) -> None:
    records = many(300)
    in_order = new_ground()
    in_order.ship(records)
    expected = in_order.stages()
    assert [stage["revision"] for stage in expected] == ["r0001", "r0002"]
    for seed in (1, 2):
        other = new_ground()
        shuffled = random.Random(seed).sample(records, len(records))  # noqa: S311  not a secret
        for start in range(0, len(shuffled), 90):
            other.ship(shuffled[max(0, start - 30) : start + 90])  # a part of each shipment twice
        assert other.stages() == expected
        other.ship(records)
        assert other.stages() == expected


def test_sums_are_over_users_of_what_status_counts_by_request(ground: Ground) -> None:
    """Of the same words, in another place: ``METRICS`` reads the rows, the evidence never does."""
    ground.ship(many(600, seed=7))
    for number, stage in enumerate(ground.stages()):
        for arm, found in stage["arms"].items():
            for name, (counted, bad) in METRICS.items():
                value = "quality" if name == "quality" else f"coalesce({bad}, false)::int"
                stage_and_arm = f"revision = 'r000{number + 1}' and arm_assigned = '{arm}'"
                [expected] = ground.rows(BY_USER.format(SINGLE, stage_and_arm, counted, value))
                of = found["metrics"][name]
                names = ("users", "sum", "squares", "requests", "events")
                assert [of[each] for each in names] == pytest.approx([float(each) for each in expected]), name
                assert of["requests"] > 10


def test_what_base_did_in_the_tuned_models_place_is_not_the_tuned_models(ground: Ground) -> None:
    ground.ship(
        [
            asked("tuned", "a", **FAILED, arm_ms=1200.0, judged_quality=0.2),
            asked("tuned", "b", **RESTING, arm_ms=None),
            asked("tuned", "c", **NOBODY),
            asked("tuned", "d", **BLOCKED),
            asked("tuned", "d"),
            asked("tuned", "d", refused=True, judged_quality=0.0),
        ]
    )
    tuned = ground.arms()[1]
    assert (tuned["requests"], tuned["users"], tuned["fallbacks"], tuned["answers"]) == (6, 4, 2, 2)
    assert metric(tuned, "errors") == (4, 3, 6, 3)
    assert list(metric(tuned, "unanswered")) == pytest.approx([3, 2 / 3, 5, 2])  # b's never reached it
    assert metric(tuned, "slow") == (2, 1, 3, 1)  # a's silence, d's answers
    assert metric(tuned, "quality") == (1, 0.45, 2, 0.9)


def test_the_gate_takes_back_what_the_evidence_proves_to_be_harm(ground: Ground) -> None:
    """Two stages; the tuned model is silent in both, so base answers."""
    ground.ship(
        [
            asked(
                arm,
                f"{arm} {user}",
                10 * stage,
                revision=f"r000{stage}",
                **(FAILED if arm == "tuned" else {}),
            )
            for stage in (1, 2)
            for arm in ("base", "tuned")
            for user in range(20)
        ]
    )
    verdict = decide(ground.read(), Rules())
    assert verdict.verdict == "roll_back"
    assert verdict.reason.startswith("The tuned model is proven worse: failed requests")


def test_a_rating_changes_feedback_alone_and_the_last_one_counts(ground: Ground) -> None:
    parts = "grounding citations relevance structure completeness".split()
    record = asked("base", "a", quality_parts=dict.fromkeys(parts, 0.9) | {"refused": False})
    ground.ship([rated(record)])
    ground.ship([record])
    assert metric(ground.arms()[0], "feedback") == (1, 1, 1, 1)
    [[score]] = ground.rows("select quality_score from analyses")
    assert score < 0.9  # the answer's, not the arm's
    ground.ship([rated(record, 1)])
    base = ground.arms()[0]
    assert metric(base, "feedback") == (1, 0, 1, 0)
    assert metric(base, "quality") == (1, 0.9, 1, 0.9)
    assert base["requests"] == 1


def test_one_user_weighs_as_much_as_another(ground: Ground) -> None:
    ground.ship([asked("base", "bot", wrong_figures=1) for _ in range(50)] + [asked("base", "person")])
    base = ground.arms()[0]
    assert metric(base, "wrong_figures") == (2, 1, 51, 50)
    assert base["metrics"]["wrong_figures"]["squares"] == 1


@pytest.mark.parametrize("name", ["judge_version", "prompt_version", "index_version"])
def test_another_version_of_what_measures_ends_a_stage(ground: Ground, name: str) -> None:
    changed: dict[str, Any] = {name: "new", "judged_quality": 0.1}
    ground.ship([asked("base", "a"), asked("base", "a", 1, **changed)])
    before, after = ground.stages()
    assert (before["until"], after["until"]) == (after["since"], None)
    assert before["versions"] | {name.removesuffix("_version"): "new"} == after["versions"]
    assert [metric(stage["arms"]["base"], "quality")[1] for stage in (before, after)] == [0.9, 0.1]
    assert "shared" not in after["arms"]["base"]["metrics"]["quality"]  # revisions do not tell them apart


def test_a_clock_that_was_set_back_between_two_revisions_swaps_no_stages(ground: Ground) -> None:
    numbers = (9, 10, 10_000)
    ground.ship(
        asked("base", "a", -60 * place, revision=f"r{number:04}-{'f' * 8}")
        for place, number in enumerate(numbers)
    )
    stages = ground.stages()
    assert [stage["revision"] for stage in stages] == [f"r{number:04}-{'f' * 8}" for number in numbers]
    assert [stage["until"] for stage in stages] == [stages[0]["since"], stages[1]["since"], None]


def test_who_returns_in_a_later_stage_is_told_of_each_pair_of_stages(ground: Ground) -> None:
    qualities = {"a": (0.2, 0.4), "b": (0.6, 0.9), "c": (0.7, None), "d": (None, 0.2)}
    ground.ship(
        [
            asked("tuned", user, minute, revision=f"r000{minute + 1}", judged_quality=quality)
            for user, pair in qualities.items()
            for minute, quality in enumerate(pair)
            if quality is not None
        ]
    )
    first, second = ground.stages()
    assert first["arms"]["tuned"]["metrics"]["quality"]["shared"] == {}
    found = second["arms"]["tuned"]["metrics"]["quality"]["shared"]["r0001"]
    assert found["users"] == 2
    assert found["products"] == pytest.approx((0.2 - 0.5) * (0.4 - 0.5) + (0.6 - 0.5) * (0.9 - 0.5))


def test_requests_of_an_older_release_or_without_a_tuned_arm_are_in_no_stage(ground: Ground) -> None:
    unknown: dict[str, Any] = dict.fromkeys(VERSIONS)
    older = asked("base", "a", **unknown)
    ground.ship([older, rated(older), asked("base", "b", split_bp=0)])
    assert ground.stages() == []
    with psycopg.connect(ground.url) as connection:
        connection.execute("delete from analyses")
    assert ground.rows("select * from exposures") == []


def test_where_requests_are_drawn_a_user_is_one_and_each_request_a_unit(ground: Ground) -> None:
    ground.ship([asked("base", "one", unit_kind="request", unit_hash=f"request {n}") for n in range(5)])
    base = ground.arms()[0]
    assert (base["users"], base["units"], base["requests"]) == (1, 5, 5)


def test_a_user_who_is_erased_is_in_no_sum(ground: Ground) -> None:
    gone = [asked("base", "gone", wrong_figures=1, judged_quality=0.1), asked("base", "gone")]
    rest = [asked("base", "stays"), asked("tuned", "other")]
    ground.ship(rest)
    expected = ground.stages()
    ground.ship([*gone, rated(gone[0])])
    assert ground.stages() != expected
    assert erase(ground.url, Subject(user="gone"), check=False).rows["analyses"] == 2
    assert ground.stages() == expected
    assert ground.rows("select 1 from exposures where person = 'gone'") == []


def test_two_shippers_of_the_same_users_do_not_get_into_each_others_way(ground: Ground) -> None:
    records = many(600, seed=3)
    shippers = [Shipper(Journal(ground.folder), ground.database) for _ in range(2)]

    def ship(number: int) -> None:
        for start in range(0, len(records), 100):
            part = records[start : start + 100]
            path = ground.folder / f"{number}-{start}.seg"
            path.write_bytes(b"".join(map(encoded, part if number else reversed(part))))
            shippers[number].ship()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ship, range(2)))
    while shippers[0].ship():
        pass
    assert ground.rows("select deadlocks from pg_stat_database where datname = current_database()") == [(0,)]
    requests = sum("analysis" in record for record in records)
    assert ground.rows("select sum(requests)::int from exposures") == [(requests,)]


def test_an_erasure_waits_for_a_shipment_and_neither_ends_the_other(ground: Ground) -> None:
    for user in ("b", "a"):
        ground.ship([asked("base", user, documents=["d"])])
    later = [asked("base", user)["analysis"] for user in ("a", "b")]
    with ThreadPoolExecutor(1) as pool, psycopg.connect(ground.url) as shipment:
        inserted(shipment, later[0])
        erasure = pool.submit(erase, ground.url, Subject(document="d"), check=False)
        wait_for_a_lock(ground)
        inserted(shipment, later[1])
        shipment.commit()
        assert erasure.result(30).rows["analyses"] == 2
    assert ground.rows("select person, requests from exposures order by 1") == [("a", 1), ("b", 1)]


def inserted(connection: psycopg.Connection, row: dict[str, Any]) -> None:
    connection.execute(
        "insert into analyses select * from jsonb_populate_record(null::analyses, %s)", (Jsonb(row),)
    )


def wait_for_a_lock(ground: Ground) -> None:
    """Wait until somebody waits for somebody else."""
    for _ in range(300):
        if ground.rows("select 1 from pg_locks where not granted"):
            return
        time.sleep(0.1)
    raise AssertionError("nobody waits")


def test_a_clock_that_is_ahead_keeps_no_evidence_fresh(ground: Ground) -> None:
    ground.ship([asked("base", "a"), asked("tuned", "b", minute=1_000_000)])
    [stage] = ground.stages()
    assert stage["last"] <= ground.read()["asked_at"]


def test_cost_is_of_an_arms_own_answers_by_the_prices_that_are_given(ground: Ground) -> None:
    ground.ship([asked("tuned", "a"), asked("tuned", "a", **FAILED), asked("base", "b")])
    arms = ground.read({"tuned": (2.0, 30.0)})["stages"][0]["arms"]
    assert arms["tuned"]["cost"] == pytest.approx((1000 * 2 + 100 * 30) / 1e6)
    assert arms["base"]["cost"] is None


def test_the_gate_decides_on_the_evidence_as_it_is_read(ground: Ground) -> None:
    ground.ship([asked(arm, f"{arm}{n}", **NOBODY) for arm in ("base", "tuned") for n in range(20)])
    ground.ship([asked("base", f"more {n}", minute=1) for n in range(60)])
    found = decide(ground.read(), Rules()).content()
    assert found["exposure"]["base"] == {"requests": 80, "users": 80}
    assert found["sample_ratio"]["observed"] == 0.2
    assert found["verdict"] != "promote"


def test_the_present_rate_is_of_the_last_day(ground: Ground) -> None:
    ground.ship([asked("base", f"u{n % 4}", minute=n) for n in range(60)])
    rate = ground.read()["present_rate"]
    hours = (datetime.now(UTC) - BEGIN) / timedelta(hours=1)
    assert rate["requests_per_day"] == pytest.approx(60 * 24 / hours, rel=0.02)
    assert rate["users_per_day"] == pytest.approx(4 * 24 / hours, rel=0.02)


def test_an_experiment_that_nobody_met_has_no_stages(ground: Ground) -> None:
    found = ground.read()
    assert (found["stages"], found["present_rate"]["requests_per_day"]) == ([], 0)


def test_the_service_leaves_a_row_of_every_request_of_failed_ones_too_and_after_a_restart(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(**SPLIT)
    service.add_page()
    tuned, base = user_on("tuned"), user_on("base")
    service.wait_for_row(service.analyze(user_id=base))
    service.gemini.fault(path="models/gemini-3\\.5-flash:", kind="status", code=500)
    service.wait_for_row(service.analyze(user_id=tuned))
    service.gemini.fault(path="generateContent", kind="status", code=500)
    service.wait_for_row(service.analyze(user_id=tuned))
    service.stop()
    service.gemini.clear()
    service.start()
    service.wait_for_row(service.analyze(user_id=tuned))
    with psycopg.connect(service.database_url) as connection:
        [[experiment]] = connection.execute("select distinct experiment from stages").fetchall()
        connection.rollback()
        [stage] = evidence.read(connection, experiment)["stages"]
    assert all(stage["versions"].values())
    found = stage["arms"]["tuned"]
    assert (found["requests"], found["fallbacks"], found["answers"], found["users"]) == (3, 1, 1, 1)
    assert metric(found, "errors") == pytest.approx((1, 2 / 3, 3, 2))
    assert stage["arms"]["base"]["metrics"]["quality"]["requests"] == 1
