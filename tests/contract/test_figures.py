"""The service's status and ``status.yml`` give the same figures of the same database."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ansible.module_utils.finrisk_ops.release.traffic import traffic_keys, tuned_share
from ansible.module_utils.finrisk_ops.status import facts
from ansible.module_utils.finrisk_ops.status.report import MANUAL_KEYS

from finrisk.http.app import create_app, service
from finrisk.settings import Settings, settings_from_environment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTINGS = {
    "USER_HASH_KEY": "a key of the tests",
    "GOOGLE_CLOUD_PROJECT": "finrisk-sandbox",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "GEMINI_BASE_URL": "http://127.0.0.1:9",
    "REQUIRE_API_KEY": "false",
    "RATE_LIMIT_PER_MINUTE": "0",
}
MODEL = "projects/p/locations/us-central1/endpoints/1"


@dataclass(frozen=True)
class Screens:
    """What both show of one database."""

    service: dict[str, Any]
    toolkit: dict[str, Any]

    def collection(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.service["collection"], self.toolkit["collection"]

    def arms(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.service["traffic"], self.toolkit["traffic"]["arms"]


@pytest.fixture
def look(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Screens]]:
    """Ask the service over its own route, and the toolkit by its own connection, of a database in India."""
    with psycopg.connect(database_url) as connection:
        connection.execute(f"alter database {connection.info.dbname} set timezone = 'Asia/Kolkata'".encode())
    settings = SETTINGS | {"DATABASE_URL": database_url, "FINRISK_VAR_DIR": str(tmp_path)}
    running = service(settings_from_environment(settings))
    client = create_app(running).test_client()

    def ask(**options: Any) -> Screens:
        answer = client.get("/api/v1/status")
        says: Any = answer.json
        assert answer.status_code == 200
        assert "problem" not in says, says
        return Screens(says, facts.read(database_url, facts.Goal(**{"target": 1000} | options)))

    yield ask
    running.database.close()


@pytest.fixture
def collected(database_url: str) -> Callable[..., None]:
    """Write pairs of this age into ``training_data``."""

    def write(number: int, age: timedelta, version: str = "gemini-3.5", **columns: Any) -> None:
        row = {"at": datetime.now(UTC) - age, "version": version, "tuned": False, "withdrawn": None} | columns
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into training_data (id, created_at, strategy, analysis, quality_score, model,
                       finetuned_model_used, latency_ms, model_version, withdrawn_at)
                   values (%(id)s, %(at)s, 's', 'a', 0.95, 'm', %(tuned)s, 1, %(version)s, %(withdrawn)s)""",
                [row | {"id": uuid.uuid4()} for _ in range(number)],
            )

    return write


@pytest.fixture
def asked(database_url: str) -> Callable[..., None]:
    """Write requests of one user of an arm into ``analyses``."""
    users = itertools.count(1)

    def write(arm: str, number: int = 1, age: timedelta = HOUR, **columns: Any) -> None:
        row = {"served": arm, "outcome": "ok", "latency": 500.0, "quality": 0.9} | columns
        names = ("served", "outcome", "error", "fallback", "latency", "quality", "rating", "skipped")
        values = {name: row.get(name) for name in names} | {"at": datetime.now(UTC) - age, "arm": arm}
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into analyses (id, created_at, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
                       arm_served, outcome, arm_error, fallback_reason, latency_ms, quality_score, rating,
                       skip_reason, redaction_version)
                   values (%(id)s, %(at)s, 5000, 'user', %(user)s, 1, %(arm)s, %(served)s, %(outcome)s,
                       %(error)s, %(fallback)s, %(latency)s, %(quality)s, %(rating)s, %(skipped)s, '1')""",
                [values | {"id": uuid.uuid4(), "user": user} for user in [f"u{next(users)}"] * number],
            )

    return write


@pytest.fixture
def mixed(collected: Callable[..., None], asked: Callable[..., None]) -> None:
    """Of everything some: the figures differ as soon as one rule of either side does."""
    collected(3, HOUR)
    collected(4, 2 * DAY)
    collected(5, 6 * DAY)
    collected(6, 30 * DAY)
    collected(7, HOUR, "Extractive-1")
    collected(8, 2 * DAY, tuned=True)
    collected(9, HOUR / 2, withdrawn=datetime.now(UTC))
    collected(2, HOUR / 4, tuned=True)
    asked("base", 30, rating=1)
    asked("base", latency=2000.0)
    asked("base", latency=2001.0, skipped="quality_below_threshold", quality=0.4)
    asked("base", 2, outcome="blocked", served=None, error="blocked", quality=None, skipped="no_answer")
    asked("base", 50, 25 * HOUR, latency=9000.0, skipped="no_answer", quality=0.1)
    asked("tuned", 3, rating=-1)
    asked("tuned", error="timeout", fallback="timeout", served="base", quality=0.2, latency=3000.0)
    asked("tuned", 2, error="upstream_error", fallback="upstream_error", served="base", skipped="ungrounded")
    asked("tuned", error="cut_stream", outcome="cut_stream", quality=None, skipped="no_answer")
    asked("tuned", error="blocked", fallback="blocked", served="base", quality=0.99)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    "options", [{}, {"refused_producers": ["extractive"]}, {"tuned_rows": True}], ids=["", "refused", "tuned"]
)
def test_both_say_the_same_of_collection(look: Callable[..., Screens], options: dict[str, Any]) -> None:
    service_says, toolkit_says = look(**options).collection()
    shared = service_says.keys() - {
        "enabled",
        "quality_threshold",
    }  # settings, which the toolkit reads itself
    assert shared == {
        *("count", "target", "recommended", "percent", "rows_last_24h", "expected_target_date"),
        *("last_collected_at", "skipped"),
    }
    assert {name: service_says[name] for name in shared} == {name: toolkit_says[name] for name in shared}


@pytest.mark.usefixtures("mixed")
def test_both_say_the_same_of_the_arms(look: Callable[..., Screens]) -> None:
    service_says, toolkit_says = look().arms()
    assert service_says.keys() == {"base", "tuned"}
    assert service_says == toolkit_says


@pytest.mark.usefixtures("mixed")
def test_pairs_of_base_count_until_they_are_withdrawn(look: Callable[..., Screens]) -> None:
    count = 3 + 4 + 5 + 6 + 7
    figures, _ = look().collection()
    assert (figures["count"], figures["percent"], figures["rows_last_24h"]) == (count, 2.5, 3 + 7)
    assert figures["skipped"] == {"no_answer": 3, "ungrounded": 2, "quality_below_threshold": 1}
    last = datetime.fromisoformat(figures["last_collected_at"])
    assert last.utcoffset() == timedelta()
    assert HOUR <= datetime.now(UTC) - last < HOUR + timedelta(minutes=5)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("options", "eligible"),
    [({}, 25), ({"refused_producers": ["EXTRACTIVE"]}, 18), ({"tuned_rows": True}, 35)],
    ids=["all", "refused", "tuned"],
)
def test_what_is_eligible_follows_the_inventory(
    look: Callable[..., Screens], options: dict[str, Any], eligible: int
) -> None:
    _, toolkit_says = look(**options).collection()
    assert (toolkit_says["eligible"], toolkit_says["withdrawn"]) == (eligible, 9)


@pytest.mark.usefixtures("mixed")
def test_the_day_of_the_target_follows_from_the_last_week(look: Callable[..., Screens]) -> None:
    week = 3 + 4 + 5 + 7
    days = -(-(1000 - 25) * 7 // week)
    figures, _ = look().collection()
    assert figures["expected_target_date"] == (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def test_in_the_first_days_the_pace_is_that_of_the_days_there_were(
    look: Callable[..., Screens], collected: Callable[..., None]
) -> None:
    collected(100, 2 * DAY)
    figures, toolkit_says = look().collection()
    assert figures["expected_target_date"] == (datetime.now(UTC).date() + timedelta(days=19)).isoformat()
    assert toolkit_says["expected_target_date"] == figures["expected_target_date"]


@pytest.mark.parametrize(("number", "age"), [(0, DAY), (1000, HOUR), (1, 8 * DAY), (1, 7 * DAY - HOUR)])
def test_a_target_that_is_reached_or_out_of_sight_has_no_day(
    look: Callable[..., Screens], collected: Callable[..., None], number: int, age: timedelta
) -> None:
    collected(number, age)
    for says in look().collection():
        assert (says["count"], says["expected_target_date"]) == (number, None)


@pytest.mark.usefixtures("mixed")
def test_the_share_is_of_users_and_that_of_requests_has_its_own_name(look: Callable[..., Screens]) -> None:
    arms, _ = look().arms()
    assert [(arms[name]["users"], arms[name]["requests"]) for name in ("base", "tuned")] == [(4, 34), (5, 8)]
    assert [arms[name]["share"] for name in ("base", "tuned")] == [0.4444, 0.5556]
    assert [arms[name]["share_of_requests"] for name in ("base", "tuned")] == [0.8095, 0.1905]


@pytest.mark.usefixtures("mixed")
def test_an_arm_answers_for_its_own_errors_and_its_own_quality(look: Callable[..., Screens]) -> None:
    arms, _ = look().arms()
    base, tuned = arms["base"], arms["tuned"]
    assert tuned["errors"] == {"upstream": 2, "timeout": 1, "cut": 1}
    assert (tuned["error_rate"], tuned["blocked"], tuned["blocked_rate"]) == (0.5, 1, 0.125)
    assert (base["error_rate"], base["blocked"], base["blocked_rate"]) == (0.0, 2, 0.0588)
    assert (tuned["quality"], tuned["fallbacks"]) == (0.9, 4)  # not what base answered for it
    assert (base["share_over_2s"], tuned["share_over_2s"]) == (0.0294, 0.125)
    assert (base["feedback"], tuned["feedback"]) == (
        {"liked": 30, "disliked": 0},
        {"liked": 0, "disliked": 3},
    )
    assert (base["p50_ms"], tuned["p95_ms"]) == (500.0, 2125.0)


def test_an_empty_database_has_no_figures(look: Callable[..., Screens]) -> None:
    says = look()
    assert says.arms() == ({}, {})
    for figures in says.collection():
        assert (figures["count"], figures["last_collected_at"], figures["skipped"]) == (0, None, {})


@pytest.mark.parametrize(
    "keys",
    [
        *(traffic_keys(ratio) for ratio in (0, 1, 25, 100)),
        {"ENABLE_FINETUNING": "false", "ENABLE_AB_TESTING": "true", "AB_TEST_TRAFFIC_SPLIT": "0.5"},
        {"ENABLE_FINETUNING": "true", "ENABLE_AB_TESTING": "false", "AB_TEST_TRAFFIC_SPLIT": "0.5"},
    ],
)
def test_both_say_the_same_split_beside_the_shares(keys: dict[str, str]) -> None:
    settings: Settings = settings_from_environment(SETTINGS | keys | {"FINETUNED_MODEL_NAME": MODEL})
    assert settings.split == tuned_share(keys)


def test_the_service_shows_the_keys_of_the_configuration_that_the_toolkit_shows(
    look: Callable[..., Screens],
) -> None:
    assert look().service["configuration"].keys() >= set(MANUAL_KEYS)
