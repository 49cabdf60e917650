"""What status says of both arms: who is drawn, what each model does worse, and what chance explains."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from finrisk_ops.status.page import page
from tests.grounds.findings import Status, findings, job, one


def test_nobody_on_an_active_model_is_found_with_the_flags_and_who_did_it(environment: Status) -> None:
    other = job("ACTIVE", day=2) | {"tuned_model_name": "projects/p/locations/us-central1/endpoints/2"}
    found = one(environment(0, [other]), "A/B test", "ENABLE_FINETUNING=false, ENABLE_AB_TESTING=false")
    assert "me@here" in found["causes"][0]
    assert "finrisk_ab_ratio=25" in found["command"]


def test_a_model_that_was_taken_away_is_not_offered_again_and_the_page_says_who_did_it(
    environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("base", 50)
    data = environment(0)
    assert not findings(data, "A/B test")
    assert not any("deploy.yml" in line for line in page(data))
    told = "Nobody gets the tuned model since me@here took it back at 2026-01-01T10:00:00Z: test."
    assert data["decision"] == {"decision": "hold", "reason": told}


def test_a_split_without_ab_testing_is_found(environment: Status) -> None:
    assert one(environment(50, ENABLE_AB_TESTING="false"), "A/B test", "everybody gets the tuned model")


def test_one_user_only_is_found_and_stickiness_explained(
    environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("tuned", 10, users=1)
    found = one(environment(), "A/B test", "All 10 requests came from one user and got the tuned model")
    assert "one user always gets the same model" in found["causes"][0]
    assert "finrisk_ab_test_unit=request" in found["command"]


def test_an_arm_without_users_is_found_when_chance_cannot_explain_it(
    environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("base", 60, users=30)
    assert one(environment(), "A/B test", "All 30 users (60 requests) got the base model")


def test_a_slower_tuned_model_is_found(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 40, latency_ms=600.0)
    analyses("tuned", 40, latency_ms=2600.0)
    data = environment()
    assert one(data, "latency", "slow answers 100.0%, base 0.0% (margin 3 points)")
    assert data["success"][4]["state"] == "not met"


def test_a_worse_tuned_model_is_found(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 150, users=150, quality_score=0.93)
    analyses("tuned", 150, users=150, quality_score=0.81)
    data = environment()
    assert one(data, "quality", "quality 0.810, base 0.930 (margin 0.02)")
    assert data["success"][2]["state"] == "not met"


def test_bad_ratings_are_found(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 40, rating=1)
    analyses("tuned", 40, rating=-1)
    assert one(environment(), "quality", "negative ratings 100.0%, base 0.0% (margin 5 points)")


def test_a_tuned_model_that_fails_is_found_with_the_fallbacks(
    environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("base", 120, users=120)
    analyses("tuned", 60, users=60)
    failed = {"arm_served": "base", "arm_error": "upstream_error", "fallback_reason": "upstream_error"}
    analyses("tuned", 60, users=60, first_user=60, **failed)
    data = environment()
    assert one(data, "errors", "failed requests 50.0%, base 0.0% (margin 2 points)")
    assert data["traffic"]["arms"]["tuned"]["errors"] == {"upstream": 60, "timeout": 0, "cut": 0}
    assert data["success"][5]["state"] == "not met"


def test_a_tuned_model_that_leaves_questions_unanswered_is_found_and_has_not_failed(
    environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("base", 120, users=120)
    analyses("tuned", 60, users=60)
    blocked = {"arm_served": "base", "arm_error": "blocked", "fallback_reason": "blocked"}
    analyses("tuned", 60, users=60, first_user=60, **blocked)
    data = environment()
    found = one(data, "unanswered", "unanswered questions 50.0%, base 0.0% (margin 2 points)")
    assert "rollback.yml" in found["command"]
    assert not findings(data, "errors") + findings(data, "A/B test")
    tuned = data["traffic"]["arms"]["tuned"]
    assert (tuned["blocked"], tuned["error_rate"]) == (60, 0.0)
    assert set(tuned["errors"].values()) == {0}
    assert data["success"][3]["state"] != "not met"


def test_questions_that_both_models_leave_unanswered_are_nobodys_fault(
    environment: Status, analyses: Callable[..., None]
) -> None:
    for arm in ("base", "tuned"):
        analyses(arm, 30)
        analyses(arm, 30, arm_served=None, outcome="blocked", arm_error="blocked")
    assert not {"errors", "unanswered", "A/B test"} & {each["about"] for each in environment()["findings"]}


def test_an_outage_of_both_models_is_no_fallback(environment: Status, analyses: Callable[..., None]) -> None:
    for arm in ("base", "tuned"):
        fallback = "upstream_error" if arm == "tuned" else None
        analyses(arm, 60, users=60)
        away = {"arm_served": None, "outcome": "upstream_error", "arm_error": "upstream_error"}
        analyses(arm, 120, users=120, first_user=60, **away, fallback_reason=fallback, quality_score=None)
    data = environment()
    assert not findings(data, "A/B test") + findings(data, "errors")
    assert data["traffic"]["arms"]["tuned"]["fallbacks"] == 0
    assert data["traffic"]["fallback_reasons"] == {}


def test_one_user_who_asks_much_is_not_compared(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 29)
    analyses("tuned", 500, users=1, latency_ms=9000.0, quality_score=0.1, rating=-1)
    data = environment()
    assert not findings(data, "latency") + findings(data, "quality")
    assert data["success"][2]["state"] == "not yet known"


def test_where_requests_are_drawn_one_user_counts_once_all_the_same(
    environment: Status, analyses: Callable[..., None], database_url: str
) -> None:
    analyses("base", 200, users=200)
    analyses("tuned", 200, users=200, rating=-1, quality_score=0.1)
    with psycopg.connect(database_url) as connection:
        connection.execute("update analyses set unit_kind = 'request', user_hash = 'the only one'")
        connection.execute("truncate exposures")
        connection.execute("insert into exposures select (exposure_of(analyses)).* from analyses")
    data = environment()
    assert not findings(data, "quality")
    assert data["evaluation"]["exposure"]["base"]["users"] == 1
