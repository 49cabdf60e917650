"""The service's status and ``status.yml`` give the same figures of the same database: collection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from finrisk.settings import Settings, settings_from_environment
from finrisk_ops.release.traffic import traffic_keys, tuned_share
from finrisk_ops.status.report import MANUAL_KEYS
from tests.grounds.days import days_after, today
from tests.grounds.screens import DAY, HOUR, MODEL, SETTINGS, Screens


@pytest.fixture
def mixed(collected: Callable[..., None], asked: Callable[..., None]) -> None:
    """Of everything some: the figures differ as soon as one rule of either side does."""
    collected(3, HOUR)
    collected(4, 2 * DAY)
    collected(5, 6 * DAY)
    collected(6, 30 * DAY)
    collected(7, HOUR, version="Extractive-1")
    collected(8, 2 * DAY, tuned=True)
    collected(9, HOUR / 2, withdrawn=datetime.now(UTC))
    collected(2, HOUR / 4, tuned=True)
    collected(11, 8 * DAY, labels=["desk: credit"])
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
        *("count", "duplicates", "withdrawn", "made_by_tuned_model", "target", "recommended", "percent"),
        *("rows_last_24h", "expected_target_date", "last_collected_at", "skipped"),
    }
    assert {name: service_says[name] for name in shared} == {name: toolkit_says[name] for name in shared}


@pytest.mark.usefixtures("mixed")
def test_pairs_of_base_count_until_they_are_withdrawn(look: Callable[..., Screens]) -> None:
    count = 3 + 4 + 5 + 6 + 7 + 11
    figures, _ = look().collection()
    assert (figures["count"], figures["percent"], figures["rows_last_24h"]) == (count, 3.6, 3 + 7)
    assert figures["skipped"] == {"no_answer": 3, "ungrounded": 2, "quality_below_threshold": 1}
    last = datetime.fromisoformat(figures["last_collected_at"])
    assert last.utcoffset() == timedelta()
    assert HOUR <= datetime.now(UTC) - last < HOUR + timedelta(minutes=5)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("options", "eligible"),
    [
        ({}, 25),
        ({"refused_producers": ["EXTRACTIVE"]}, 18),
        ({"tuned_rows": True}, 35),
        ({"training_labels": frozenset({"desk: credit"})}, 36),
        ({"min_quality": 0.95}, 25),
        ({"min_quality": 0.96}, 0),
    ],
    ids=["all", "refused", "tuned", "labels", "quality", "too good"],
)
def test_what_is_eligible_follows_the_inventory(
    look: Callable[..., Screens], options: dict[str, Any], eligible: int
) -> None:
    _, toolkit_says = look(**options).collection()
    assert (toolkit_says["eligible"], toolkit_says["withdrawn"]) == (eligible, 9)


@pytest.mark.usefixtures("mixed")
def test_the_day_of_the_target_follows_from_the_last_week(look: Callable[..., Screens]) -> None:
    week = 3 + 4 + 5 + 7
    days = -(-(1000 - 36) * 7 // week)
    began = today()
    figures, _ = look().collection()
    assert figures["expected_target_date"] in days_after(began, days)


def test_in_the_first_days_the_pace_is_that_of_the_days_there_were(
    look: Callable[..., Screens], collected: Callable[..., None]
) -> None:
    collected(100, 2 * DAY)
    began = today()
    for says in look().collection():
        assert says["expected_target_date"] in days_after(began, 19)


@pytest.mark.parametrize(("number", "age"), [(0, DAY), (1000, HOUR), (1, 8 * DAY), (1, 7 * DAY - HOUR)])
def test_a_target_that_is_reached_or_out_of_sight_has_no_day(
    look: Callable[..., Screens], collected: Callable[..., None], number: int, age: timedelta
) -> None:
    collected(number, age)
    for says in look().collection():
        assert (says["count"], says["expected_target_date"]) == (number, None)


def test_an_empty_database_has_no_figures(look: Callable[..., Screens]) -> None:
    for figures in look().collection():
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


def test_a_question_that_was_asked_again_is_a_duplicate_and_brings_the_target_no_nearer(
    look: Callable[..., Screens], collected: Callable[..., None]
) -> None:
    collected(4, HOUR)
    collected(3, 2 * DAY, digest="again")
    collected(2, HOUR, digest="again")
    began = today()
    says = look(target=9)
    for figures in says.collection():
        assert (figures["count"], figures["duplicates"], figures["rows_last_24h"]) == (9, 4, 6)
    figures = says.toolkit["collection"]
    assert (figures["eligible"], figures["percent"]) == (5, 55.6)
    assert figures["expected_target_date"] in days_after(began, 2)


@pytest.mark.usefixtures("mixed")
def test_what_was_collected_adds_up(look: Callable[..., Screens]) -> None:
    for figures in look().collection():
        parts = {name: figures[name] for name in ("count", "withdrawn", "made_by_tuned_model")}
        assert parts == {"count": 36, "withdrawn": 9, "made_by_tuned_model": 10}


def test_a_correction_is_eligible_whatever_its_score(
    look: Callable[..., Screens], collected: Callable[..., None], database_url: str
) -> None:
    collected(3, HOUR)
    collected(2, HOUR, version="corrected")
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "update training_data set correction = 'Better.' where model_version = 'corrected'"
        )
    assert look(min_quality=0.96).toolkit["collection"]["eligible"] == 2


def test_pairs_of_before_the_digest_count_each(
    look: Callable[..., Screens], collected: Callable[..., None], database_url: str
) -> None:
    collected(3, HOUR)
    with psycopg.connect(database_url) as connection:
        connection.execute("update training_data set question_digest = null")
    for figures in look().collection():
        assert (figures["count"], figures["duplicates"]) == (3, 0)
