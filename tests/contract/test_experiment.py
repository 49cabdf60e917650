"""The figures of the experiment that runs: the same on both screens, and of no other experiment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from finrisk.http.status_reply import ArmFigures, Experiment, Stage
from tests.grounds.screens import DAY, EXPERIMENT, HOUR, MODEL, REVISION, Screens

Asked = Callable[..., None]
Look = Callable[..., Screens]
BEFORE = {
    "experiment": "spec-1",
    "revision": "r0002-00000002",
    "model": "projects/p/locations/us-central1/endpoints/1",
}
FALLEN_BACK = {"served": "base", "wrong": 1, "quality": 0.2, "rating": -1, "model": "gemini"}


def both(look: Look, **options: Any) -> dict[str, Any]:
    """The experiment as both screens show it, to the last figure."""
    service_says, toolkit_says = look(**options).experiment()
    assert service_says == json.loads(json.dumps(toolkit_says))
    return service_says


@pytest.fixture
def mixed(asked: Asked) -> None:
    """Of everything some: the figures differ as soon as one rule of either side does."""
    asked("base", 30, rating=1, wrong=0)
    asked("base", latency=2000.0)  # not judged: no sources
    asked("base", latency=2001.0, quality=0.4, wrong=2)
    asked("base", 2, outcome="blocked", served=None, error="blocked", quality=None)
    asked("base", 4, 25 * HOUR, latency=9000.0, quality=0.1, revision="r0003-00000003", split=2500)
    asked("base", 50, 26 * HOUR, latency=9000.0, quality=0.1, revision="r0001-00000001", split=0)
    asked("base", 60, experiment="", revision="r0001-00000001", split=0, quality=0.1)
    asked("tuned", 3, rating=-1, wrong=0)
    asked("tuned", error="timeout", fallback="timeout", latency=7000.0, arm_ms=2100.0, **FALLEN_BACK)
    asked("tuned", 2, error="upstream_error", fallback="upstream_error", latency=7000.0, **FALLEN_BACK)
    asked("tuned", 5, fallback="breaker", latency=7000.0, **FALLEN_BACK)
    asked("tuned", error="cut_stream", outcome="cut_stream", served=None, quality=None)
    asked("tuned", error="blocked", fallback="blocked", **FALLEN_BACK | {"quality": 0.99})
    asked("tuned", 70, DAY, **BEFORE, quality=0.7, latency=8000.0)
    asked("base", 20, DAY, **BEFORE | {"model": "gemini"}, quality=0.7)


@pytest.mark.usefixtures("mixed")
def test_both_say_the_same_of_the_experiment_and_its_last_day(look: Look) -> None:
    assert both(look)["arms"].keys() == {"base", "tuned"}
    service_says, toolkit_says = look().arms()
    assert service_says == toolkit_says
    assert (service_says["base"]["requests"], service_says["tuned"]["requests"]) == (34, 13)


@pytest.mark.usefixtures("mixed")
def test_the_types_of_the_api_name_every_figure(look: Look) -> None:
    found = both(look)
    kinds: list[tuple[Any, Mapping[str, Any]]] = [
        (Experiment, found),
        (Stage, found["stage"]),
        (ArmFigures, found["arms"]["base"]),
    ]
    for kind, figures in kinds:
        assert figures.keys() == kind.__annotations__.keys()


@pytest.mark.usefixtures("mixed")
def test_an_arm_answers_for_what_its_own_model_did(look: Look) -> None:
    arms = both(look)["arms"]
    base, tuned = arms["base"], arms["tuned"]
    assert (tuned["requests"], tuned["attempts"], tuned["fallbacks"]) == (13, 8, 9)
    assert tuned["errors"] == {"upstream": 2, "timeout": 1, "cut": 1}
    assert (tuned["error_rate"], tuned["blocked"], tuned["blocked_rate"]) == (0.5, 1, 0.125)
    assert (base["error_rate"], base["blocked"], base["blocked_rate"]) == (0.0, 2, 0.0526)
    assert tuned["quality"] == 0.9  # not what base wrote for it
    assert (base["wrong_figures"], tuned["wrong_figures"]) == (0.0323, 0.0)
    assert tuned["feedback"] == {"liked": 0, "disliked": 3}
    assert base["feedback"] == {"liked": 30, "disliked": 0}
    assert (tuned["p50_ms"], tuned["p95_ms"]) == (500.0, 1860.0)  # not the seconds that base took after it
    assert (base["share_over_2s"], tuned["share_over_2s"]) == (0.1389, 0.25)


def test_what_was_kept_before_the_arm_s_own_time_counts_where_base_did_not_answer(
    look: Look, asked: Asked
) -> None:
    asked("tuned", 9, latency=700.0)
    asked("tuned", error="upstream_error", fallback="upstream_error", latency=9000.0, **FALLEN_BACK)
    assert both(look)["arms"]["tuned"]["p95_ms"] == 700.0


def test_an_arm_that_never_answered_has_no_latency_and_no_quality(look: Look, asked: Asked) -> None:
    asked("tuned", 40, fallback="breaker", **FALLEN_BACK)
    tuned = both(look)["arms"]["tuned"]
    unknown = ("p50_ms", "p95_ms", "share_over_2s", "quality", "wrong_figures", "error_rate")
    assert {tuned[name] for name in unknown} == {None}
    assert (tuned["requests"], tuned["attempts"], tuned["fallbacks"]) == (40, 0, 40)


def test_a_new_model_is_not_judged_by_the_answers_of_the_one_before(look: Look, asked: Asked) -> None:
    asked("base", 310, **BEFORE | {"model": "gemini"})
    asked("tuned", 310, **BEFORE, quality=0.95)
    found = both(look)
    assert (found["arms"], found["first"], found["model"]) == ({}, None, MODEL)
    assert look().arms() == ({}, {})
    [earlier] = look().earlier()
    assert (earlier["experiment"], earlier["model"]) == ("spec-1", BEFORE["model"])
    assert (earlier["requests"], earlier["users"], earlier["quality"]) == (310, 1, 0.95)


def test_answers_of_base_count_from_the_first_stage_on(look: Look, asked: Asked) -> None:
    asked("base", 50, 40 * DAY, split=0, revision="r0001-00000001")
    asked("base", 7, 35 * DAY, split=500, revision="r0002-00000002")
    asked("tuned", 1, 34 * DAY, split=500, revision="r0002-00000002")
    asked("base", 9, 2 * DAY, split=0, revision="r0003-00000003")  # rolled back for a while
    asked("base", 3)
    found = both(look)
    assert (found["arms"]["base"]["requests"], found["arms"]["tuned"]["requests"]) == (10, 1)
    first = datetime.fromisoformat(found["first"])
    assert abs(datetime.now(UTC) - first - 35 * DAY) < timedelta(minutes=5)


def test_share_is_of_the_users_of_the_stage_that_runs_and_stands_beside_its_split(
    look: Look, asked: Asked
) -> None:
    for user in range(30):
        asked("tuned" if user < 9 else "base", 1, DAY, user=f"u{user}", split=3000, revision="r0002-00000002")
    for user in range(30):
        asked("tuned" if user < 15 else "base", user + 1, user=f"u{user}")
    found = both(look)
    assert {name: arm["share"] for name, arm in found["arms"].items()} == {"base": 0.5, "tuned": 0.5}
    stage = found["stage"]
    assert (found["split"], stage["revision"]) == (0.5, REVISION)
    assert (stage["users"], stage["unit_kind"], stage["arms"]["tuned"]["share"]) == (30, "user", 0.5)
    arms, _ = look().arms()
    assert arms["tuned"]["share"] == 0.5


def test_nobody_drawn_since_the_release_leaves_the_share_open(look: Look, asked: Asked) -> None:
    asked("base", 8, revision="r0003-00000003")
    found = both(look)
    assert found["arms"]["base"]["share"] is None
    assert found["stage"] == {
        "revision": REVISION,
        "since": None,
        "requests": 0,
        "users": 0,
        "unit_kind": None,
        "arms": {},
    }


def test_after_a_rollback_the_experiment_keeps_its_figures_and_base_has_everybody(
    look: Look, asked: Asked
) -> None:
    asked("tuned", 5, revision="r0003-00000003")
    asked("base", 5, revision="r0003-00000003")
    asked("base", 9, split=0)
    found = both(look, split=0.0)
    assert {name: arm["requests"] for name, arm in found["arms"].items()} == {"base": 5, "tuned": 5}
    arms, _ = look(split=0.0).arms()
    assert {name: (arm["requests"], arm["share"]) for name, arm in arms.items()} == {
        "base": (14, 1.0),
        "tuned": (5, 0.0),
    }
    assert (found["split"], found["model"]) == (0, MODEL)


def test_the_last_five_experiments_before_stand_apart_the_newest_first(
    look: Look, asked: Asked, database_url: str
) -> None:
    for number in range(7):
        asked("tuned", number + 1, number * DAY, experiment=f"old-{number}", model=f"endpoints/{number}")
    asked("base", 5, experiment="never drawn", split=0)
    with psycopg.connect(database_url) as connection:
        for spec, content in [
            ("other", {"tuned_model_name": "endpoints/1", "display_name": "finrisk-v1-a"}),
            (EXPERIMENT, {"display_name": "finrisk-v9-b"}),
        ]:
            connection.execute(
                "insert into tuning_jobs (spec_id, spec, job) values (%s, '{}', %s)",
                (spec, json.dumps(content)),
            )
    found = both(look)
    earlier = look().earlier()
    assert [each["experiment"] for each in earlier] == [f"old-{number}" for number in range(5)]
    assert [each["requests"] for each in earlier] == [1, 2, 3, 4, 5]
    assert [each["name"] for each in earlier] == [None, "finrisk-v1-a", None, None, None]
    assert found["name"] == "finrisk-v9-b"


def test_an_empty_database_has_no_figures(look: Look) -> None:
    found = both(look)
    assert (found["arms"], found["first"]) == ({}, None)
    assert look().arms() == ({}, {})
    assert look().earlier() == []
    assert look().toolkit["traffic"]["requests"] == 0
