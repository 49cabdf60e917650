"""What status says of an environment, from rows in a real database and revisions on disk."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ansible.module_utils.finrisk_ops.process import gunicorn
from ansible.module_utils.finrisk_ops.process.target import ProcessTarget
from ansible.module_utils.finrisk_ops.release.revision import Release, labelled, make
from ansible.module_utils.finrisk_ops.status import answers, facts, report
from ansible.module_utils.finrisk_ops.status.facts import Goal
from ansible.module_utils.finrisk_ops.status.findings import of as findings_of
from ansible.module_utils.finrisk_ops.status.page import page

MODEL = "projects/p/locations/us-central1/endpoints/1"
Status = Callable[..., dict[str, Any]]


def job(state: str, error: str | None = None, day: int = 1) -> dict[str, Any]:
    return {
        "job_name": f"projects/p/locations/l/tuningJobs/{day}",
        "state": state,
        "provider_state": "JOB_STATE_SUCCEEDED" if state == "ACTIVE" else "JOB_STATE_FAILED",
        "tuned_model_name": MODEL if state == "ACTIVE" else None,
        "display_name": f"finrisk-v{day}-abcdef01",
        "base_model": "gemini-3.5-flash-lite",
        "hyperparameters": {},
        "training_file": "",
        "validation_file": None,
        "dataset": {"sha256": "d", "train_examples": 900},
        "spec_id": f"spec{day}",
        "created_at": f"2026-01-0{day}T10:00:00+00:00",
        "error": error,
    }


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> Status:
    """Look at an environment with these settings and tuning jobs; its service is not running."""
    place = gunicorn.Place(tmp_path / "var", tmp_path, 1, 2)
    target = ProcessTarget(place)
    place.var_dir.mkdir()
    (place.var_dir / "credentials.json").write_text('{"stringData": {"USER_HASH_KEY": "h"}}')

    def look(
        ratio: int = 50, jobs: list[dict[str, Any]] | None = None, url: str = database_url, **settings: str
    ) -> dict[str, Any]:
        values = {"ENABLE_DATA_COLLECTION": "true", "DATA_COLLECTION_QUALITY": "0.9", "WORKERS": "2"}
        values |= {"AB_TEST_UNIT": "user", "BASE_MODEL": "gemini-3.5-flash-lite"}
        config = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": values | settings}
        secret = {"kind": "Secret", "metadata": {"name": "s"}, "stringData": {}}
        release = Release(MODEL, ratio, "local", "", "e", "me@here", "2026-01-01T10:00:00Z", "test")
        made = make(config, secret, release, 1)
        for key in set(settings) & {"ENABLE_AB_TESTING"}:  # as edited by hand
            made.config["data"][key] = settings[key]
        target.store(labelled(made, "finrisk.io/proven", "true"))
        target.make_current(made.name)
        in_the_stage(database_url, made.name)
        for number, content in enumerate([job("ACTIVE")] if jobs is None else jobs):
            (tmp_path / f"finetuning_job_2026010{number + 1}_100000.json").write_text(json.dumps(content))
        asked = Goal(1000, ["extractive"], False)
        data: dict[str, Any] = report.read(target, report.Question("local", tmp_path, url, asked))
        return data

    return look


def in_the_stage(database_url: str, revision: str) -> None:
    """Make the rows that were written those of this revision."""
    with psycopg.connect(database_url) as connection:
        connection.execute("update analyses set revision = %s", (revision,))


@pytest.fixture
def analyses(database_url: str) -> Callable[..., None]:
    """Write rows into ``analyses``; user n is number modulo users, and comes beside that of the other arm."""
    start = datetime.now(UTC) - timedelta(seconds=30)

    def write(arm: str, requests: int, users: int = 40, first_user: int = 0, **values: Any) -> None:
        row = {
            "arm_served": arm,
            "outcome": "ok",
            "arm_error": None,
            "fallback_reason": None,
            "latency_ms": 500.0,
            "quality_score": 0.95,
            "rating": None,
            "skip_reason": None,
            "model": None,
            "model_version": None,
            "ago": timedelta(minutes=5),
        } | values
        first = start - row["ago"] + timedelta(milliseconds=arm == "tuned")
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into analyses (id, created_at, experiment, split_bp, unit_kind, unit_hash,
                       user_hash, bucket, arm_assigned, arm_served, outcome, arm_error, fallback_reason,
                       latency_ms, quality_score, rating, skip_reason, model, model_version,
                       redaction_version)
                   values (%(id)s, %(created_at)s, 'e', 5000, 'user', %(unit)s, %(unit)s, 1, %(arm)s,
                       %(arm_served)s, %(outcome)s, %(arm_error)s, %(fallback_reason)s, %(latency_ms)s,
                       %(quality_score)s, %(rating)s, %(skip_reason)s, %(model)s, %(model_version)s, '1')""",
                [
                    row
                    | {
                        "id": uuid.uuid4(),
                        "created_at": first + timedelta(milliseconds=10 * (first_user + n)),
                        "unit": f"{arm}{first_user + n % users}",
                        "arm": arm,
                    }
                    for n in range(requests)
                ],
            )

    return write


@pytest.fixture
def examples(database_url: str) -> Callable[..., None]:
    """Write rows into ``training_data``."""

    def write(count: int, **values: Any) -> None:
        row = {"model_version": "gemini-3.5", "tuned": False, "withdrawn": None} | values
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into training_data (id, created_at, strategy, analysis, quality_score, model,
                       finetuned_model_used, latency_ms, model_version, redaction_version, withdrawn_at)
                   values (%(id)s, now() - interval '2 hours', 's', 'a', 0.95, 'm', %(tuned)s, 1,
                       %(model_version)s, '1', %(withdrawn)s)""",
                [row | {"id": uuid.uuid4()} for _ in range(count)],
            )

    return write


def findings(data: dict[str, Any], about: str) -> list[dict[str, Any]]:
    return [finding for finding in data["findings"] if finding["about"] == about]


def one(data: dict[str, Any], about: str, words: str) -> dict[str, Any]:
    matching = [finding for finding in findings(data, about) if words in finding["what"]]
    assert len(matching) == 1, data["findings"]
    assert matching[0]["command"]
    assert any(words in line or words.split()[0] in line for line in page(data))
    return matching[0]


def test_a_healthy_environment_has_no_finding_but_the_stopped_service(
    environment: Status, analyses: Callable[..., None], examples: Callable[..., None]
) -> None:
    analyses("base", 50)
    analyses("tuned", 50)
    examples(1000)
    data = environment()
    assert [finding["about"] for finding in data["findings"]] == ["service"]
    assert [line["state"] for line in data["success"]] == [*["met"] * 5, "not yet known"]
    assert data["decision"] == {"decision": "hold", "reason": "The service is not running."}
    assert data["collection"]["percent"] == 100
    assert data["traffic"]["arms"]["tuned"]["share"] == 0.5
    assert data["traffic"]["split"] == 0.5


def test_what_cannot_be_trained_on_does_not_count_as_an_example(
    environment: Status, examples: Callable[..., None]
) -> None:
    examples(3)
    examples(4, model_version="extractive-1")
    examples(5, tuned=True)
    examples(6, withdrawn=datetime.now(UTC))
    data = environment()
    collection = data["collection"]
    assert (collection["eligible"], collection["count"], collection["withdrawn"]) == (3, 7, 6)
    told = "3 are eligible by finrisk_refused_producers, "
    assert any(told in line for line in page(data))
    assert data["success"][0]["figure"] == "3"


def test_where_all_examples_are_eligible_the_page_says_nothing_of_it(
    environment: Status, examples: Callable[..., None]
) -> None:
    examples(3)
    assert not any("eligible by" in line for line in page(environment()))


def test_the_day_when_the_target_is_reached_follows_from_the_pace(
    environment: Status, examples: Callable[..., None]
) -> None:
    examples(100)
    expected = datetime.now(UTC).date() + timedelta(days=9)
    assert environment()["collection"]["expected_target_date"] == expected.isoformat()


def test_collection_that_is_off_is_found(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 5, skip_reason="collection_disabled")
    data = environment(ENABLE_DATA_COLLECTION="false")
    found = one(data, "collection", "ENABLE_DATA_COLLECTION=false")
    assert "site.yml" in found["command"]  # deploy.yml stops where nothing was tuned yet


def test_a_database_that_is_down_is_found_and_the_rest_is_shown(environment: Status) -> None:
    data = environment(url="postgresql://u:verysecret@127.0.0.1:1/d")
    found = one(data, "collection", "database cannot be read")
    assert found["command"] == "python -m sandbox up"
    assert data["traffic"]["arms"] is None
    assert data["configuration"]["revision"].startswith("r0001-")
    assert "verysecret" not in json.dumps(data)
    assert data["success"][0]["state"] == "not yet known"
    assert page(data)


def test_a_database_without_tables_is_sent_to_site(
    environment: Status, new_database: Callable[[bool], str]
) -> None:
    found = one(environment(url=new_database(False)), "collection", "tables are missing")
    assert found["command"].endswith("playbooks/site.yml")


@pytest.mark.parametrize(
    ("reason", "command"), [("ungrounded", "ingest.yml"), ("quality_below_threshold", "site.yml")]
)
def test_answers_that_were_all_skipped_are_found_with_their_reasons(
    environment: Status, analyses: Callable[..., None], reason: str, command: str
) -> None:
    analyses("base", 9, skip_reason=reason)
    analyses("base", 2, skip_reason="strategy_too_short")
    found = one(environment(0, []), "collection", f"9 {reason}, 2 strategy_too_short")
    assert command in found["command"]
    assert any("under 50 characters" in cause for cause in found["causes"])


def test_no_traffic_is_found_with_a_request_to_send(environment: Status) -> None:
    found = one(environment(), "collection", "No analysis was asked for")
    assert found["command"].startswith("curl ")


def test_a_failed_tuning_job_is_found_with_the_providers_message_and_its_cause(environment: Status) -> None:
    data = environment(0, [job("FAILED", "Quota exceeded for tuning jobs.")])
    found = one(data, "tuning", "Quota exceeded for tuning jobs")
    assert "quota" in found["causes"][0]
    assert data["success"][1]["state"] == "not met"


def test_bad_training_data_sends_back_to_prepare(environment: Status) -> None:
    data = environment(0, [job("FAILED", "Dataset is not valid JSONL: line 3")])
    command = one(data, "tuning", "not valid JSONL")["command"]
    assert "prepare.yml" in command
    assert "finrisk_tune_retry=true" in command  # the same dataset is not submitted again without it


def test_an_older_failure_is_no_finding(environment: Status) -> None:
    assert not findings(environment(0, [job("FAILED", "x", day=1), job("ACTIVE", day=2)]), "tuning")


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
    assert one(data, "latency", "p95 2.60 s against 0.60 s, over 2 s 100% against 0%")
    assert data["success"][4]["state"] == "not met"


def test_a_worse_tuned_model_is_found(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 150, users=150, quality_score=0.93)
    analyses("tuned", 150, users=150, quality_score=0.81)
    data = environment()
    assert one(data, "quality", "0.810 against 0.930")
    assert data["success"][2]["state"] == "not met"


def test_bad_ratings_are_found(environment: Status, analyses: Callable[..., None]) -> None:
    analyses("base", 40, rating=1)
    analyses("tuned", 40, rating=-1)
    assert one(environment(), "quality", "100% of its ratings are bad against 0%")


def test_a_tuned_model_that_fails_is_found_with_the_fallbacks(
    environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("base", 120, users=120)
    analyses("tuned", 60, users=60)
    failed = {"arm_served": "base", "arm_error": "upstream_error", "fallback_reason": "upstream_error"}
    analyses("tuned", 60, users=60, first_user=60, **failed)
    data = environment()
    assert one(data, "errors", "50.0% of its requests (60 upstream) against 0.0%")
    assert one(data, "A/B test", "60 of 120 requests of the tuned arm were answered by base")
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
    found = one(data, "unanswered", "50.0% of its requests were blocked, refused or cut by length")
    assert "rollback.yml" in found["command"]
    assert not findings(data, "errors") + findings(data, "A/B test")
    tuned = data["traffic"]["arms"]["tuned"]
    assert (tuned["blocked"], tuned["error_rate"]) == (60, 0.0)
    assert set(tuned["errors"].values()) == {0}
    assert data["success"][3]["state"] == "met"


def test_questions_that_both_models_leave_unanswered_are_nobodys_fault(
    environment: Status, analyses: Callable[..., None]
) -> None:
    for arm in ("base", "tuned"):
        analyses(arm, 30)
        analyses(arm, 30, arm_served=None, outcome="blocked", arm_error="blocked")
    assert not {"errors", "unanswered", "A/B test"} & {each["about"] for each in environment()["findings"]}


def test_a_comparison_that_cannot_be_read_leaves_the_figures_and_nobody_is_ready(
    environment: Status, analyses: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    analyses("base", 40)
    analyses("tuned", 40)
    monkeypatch.setattr(answers, "_SINCE", "select pg_sleep(2), 0")
    monkeypatch.setattr(facts, "STATEMENT_SECONDS", 1)
    data = environment()
    assert data["database"]["reachable_from_here"]
    assert data["collection"]["eligible"] == 0
    assert data["traffic"]["arms"]["tuned"]["requests"] == 40
    assert data["experiment"]["evidence"] is None
    assert one(data, "A/B test", "Whether the tuned model is worse than base is not known")
    assert data["decision"]["decision"] == "hold"
    assert any("what speaks against the tuned model is not known" in line for line in page(data))


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
    assert data["experiment"]["evidence"]["fallbacks"]["tuned"] == 180


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
    data = environment()
    assert not findings(data, "quality")
    assert data["experiment"]["evidence"]["quality"]["base"] == 1


def test_recent_holds_errors_events_and_requests_by_arm(environment: Status, tmp_path: Path) -> None:
    log = tmp_path / "var" / "logs" / "service.log"
    log.parent.mkdir(parents=True)
    moment = datetime.now(UTC).isoformat()
    entries = [
        {"level": "INFO", "event": "ab_testing_configured", "message": "A/B testing enabled: split 0.5"},
        {
            "level": "INFO",
            "event": "analysis_served",
            "message": "model m, fine-tuned true",
            "arm_assigned": "tuned",
        },
        {"level": "ERROR", "event": "journal_error", "message": "disk full"},
        {"level": "ERROR", "event": "journal_error", "message": "disk full"},
    ]
    lines = [json.dumps({"time": moment, **entry}) for entry in entries]
    log.write_text("\n".join(["Traceback: not JSON", *lines, '{"broken']))
    recent = environment()["recent"]
    assert [(error["message"], error["times"]) for error in recent["errors"]] == [("disk full", 2)]
    assert [event["event"] for event in recent["events"]] == ["ab_testing_configured"]
    assert [line["message"] for line in recent["log_lines"]["tuned"]] == ["model m, fine-tuned true"]


def test_many_wrong_keys_are_a_finding_with_who_and_how_many_and_hide_no_event(
    environment: Status, tmp_path: Path
) -> None:
    log = tmp_path / "var" / "logs" / "service.log"
    log.parent.mkdir(parents=True)
    refused = {
        "time": datetime.now(UTC).isoformat(),
        "level": "INFO",
        "event": "request_refused",
        "message": "refused: too_many_wrong_keys",
        "code": "too_many_wrong_keys",
    }
    entries = [
        refused | {"key_id": "a1", "address": "203.0.113.9", "left_out": 0},
        refused | {"key_id": "a1", "address": "203.0.113.9", "left_out": 1498},
        refused | {"key_id": "b2", "address": "203.0.113.9", "left_out": 3},
        refused | {"key_id": None, "address": None, "left_out": 99},
        refused | {"code": "unauthorized", "key_id": "c3", "address": "203.0.113.9", "left_out": 500},
    ]
    log.write_text("\n".join(map(json.dumps, entries)))
    data = environment()
    assert data["recent"]["events"] == []
    first, second = [each for each in data["findings"] if each["about"] == "keys"]
    assert first["what"] == "1,500 requests in 24 h had a wrong secret, for the key a1, from 203.0.113.9."
    assert "finrisk keys end a1" in first["causes"][-1]
    assert (
        second["what"]
        == "100 requests in 24 h had a wrong secret, without the id of a key, from many addresses."
    )


def test_nothing_deployed_yet_is_found(tmp_path: Path, database_url: str) -> None:
    target = ProcessTarget(gunicorn.Place(tmp_path, tmp_path, 1, 2))
    data = report.read(target, report.Question("local", tmp_path, database_url, Goal(1000)))
    assert one(data, "service", "Nothing is deployed here yet")["command"].endswith("site.yml")


def test_an_edit_by_hand_is_found(environment: Status, tmp_path: Path) -> None:
    name = environment()["configuration"]["revision"]
    config = tmp_path / "var" / "revisions" / name / "config.json"
    config.write_text(config.read_text().replace('"0.5"', '"0.9"'))
    target = ProcessTarget(gunicorn.Place(tmp_path / "var", tmp_path, 1, 2))
    data = report.read(target, report.Question("local", tmp_path, "", Goal(1000)))
    assert "rollback.yml" in one(data, "configuration", "edited by hand")["command"]


def test_the_page_fits_a_screen(environment: Status, analyses: Callable[..., None], tmp_path: Path) -> None:
    analyses("base", 50)
    analyses("tuned", 50)
    lines = [line.replace(str(tmp_path), "/srv/finrisk") for line in page(environment())]
    assert len(lines) <= 52
    assert [line for line in lines if "$ " not in line and len(line) > 130] == []


def test_a_model_that_google_moved_behind_its_name_is_a_finding_for_a_week(
    environment: Status, analyses: Callable[..., None]
) -> None:
    base: dict[str, Any] = {"model": "gemini-3.5-flash-lite"}
    analyses("base", 30, **base, model_version="gemini-3.5-flash-lite-001", ago=timedelta(days=2))
    analyses("base", 30, model="gemini-2.5-pro", model_version="other", ago=timedelta(days=1))
    assert not [each for each in environment()["findings"] if each["about"] == "model version"]
    analyses("base", 30, **base, model_version="gemini-3.6-flash-lite-001", ago=timedelta(hours=3))
    data = environment()
    [finding] = [each for each in data["findings"] if each["about"] == "model version"]
    assert "answers as gemini-3.6-flash-lite-001 since" in finding["what"]
    assert "before as gemini-3.5-flash-lite-001" in finding["what"]
    assert finding["command"].endswith("| jq .traffic.model_versions")
    assert [
        each["requests"] for each in data["traffic"]["model_versions"] if each["model"] == base["model"]
    ] == [
        30,
        30,
    ]


def test_a_change_of_version_that_is_older_than_a_week_is_no_finding(
    environment: Status, analyses: Callable[..., None]
) -> None:
    base: dict[str, Any] = {"model": "gemini-3.5-flash-lite"}
    analyses("base", 5, **base, model_version="a", ago=timedelta(days=9))
    analyses("base", 5, **base, model_version="b", ago=timedelta(days=8))
    analyses("base", 5, **base, model_version="b")
    assert not [each for each in environment()["findings"] if each["about"] == "model version"]


def test_a_pod_that_nobody_ends_is_told_with_the_command_that_does(environment: Status) -> None:
    data = environment()
    pod: dict[str, Any] = {
        "name": "a",
        "problem": None,
        "ending": True,
        "workers": [],
        "new_credentials_unread": False,
    }
    data["recent"]["command"] = "kubectl --context c -n n logs deployment/finrisk-api --tail=50"
    data["pods"] = [pod]
    assert not [each for each in findings_of(data) if each.about == "service"]
    data["pods"] = [pod | {"problem": "pod a was to be gone by 2026-01-01T00:00:00Z"}]
    [told] = [each for each in findings_of(data) if each.about == "service"]
    assert told.what == "Pod a was to be gone by 2026-01-01T00:00:00Z."
    assert told.command == "kubectl --context c -n n delete pod a --force --grace-period=0"


def test_the_question_to_a_cluster_goes_through_a_port_forward(environment: Status) -> None:
    data = environment()
    [told] = [each for each in findings_of(data) if "No analysis was asked" in each.what]
    assert told.command.startswith("curl -sS http://127.0.0.1:1/api/v1/analyze ")
    data["recent"]["command"] = "kubectl --context c -n n logs deployment/finrisk-api --tail=50"
    [told] = [each for each in findings_of(data) if "No analysis was asked" in each.what]
    assert told.command.startswith(
        "kubectl --context c -n n port-forward service/finrisk-api-service 8000:80 &"
    )
    assert "curl -sS http://127.0.0.1:8000/api/v1/analyze " in told.command


def test_a_journal_that_does_not_ship_and_records_set_aside_are_findings_with_their_commands(
    environment: Status,
) -> None:
    data = environment()
    told = {"ships": True, "bytes": 120, "oldest_seconds": 0.4, "set_aside": 0}
    pod: dict[str, Any] = {"name": "pod a", "finrisk": "kubectl exec a -- finrisk", "database": "ok"}
    pod |= {"problem": None, "workers": [], "new_credentials_unread": False, "breakers": {}}
    data["pods"] = [pod | {"journal": told}, pod | {"journal": None}]
    about = ("Answers are not recorded", "set aside")
    assert not [each for each in findings_of(data) if any(words in each.what for words in about)]
    data["pods"] = [pod | {"journal": told | {"ships": False, "oldest_seconds": 41.2, "set_aside": 3}}]
    [waits] = [each for each in findings_of(data) if about[0] in each.what]
    assert "120 bytes wait in the journal of pod a, the oldest for 41 s" in waits.what
    [refused] = [each for each in findings_of(data) if about[1] in each.what]
    assert refused.what == "3 records of pod a could not be stored and were set aside."
    assert refused.command == "kubectl exec a -- finrisk journal list"


def test_ratings_that_could_not_be_applied_are_a_finding(environment: Status, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into feedback (request_id, rating, created_at, problem)
               values (%s, 1, now(), 'TypeError')""",
            (uuid.uuid4(),),
        )
    told = one(environment(), "collection", "1 rating could not be applied")
    assert "where problem is not null" in told["command"]
