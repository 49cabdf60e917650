"""What status says of an environment and its service, from rows in a real database and revisions on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finrisk_ops.process import gunicorn
from finrisk_ops.process.ledger import FileLedger
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import history, records
from finrisk_ops.status import releases, report
from finrisk_ops.status.facts import Goal
from finrisk_ops.status.findings import of as findings_of
from finrisk_ops.status.page import page
from tests.grounds.findings import Status, one


def test_a_healthy_environment_has_no_finding_but_the_stopped_service(
    environment: Status, analyses: Callable[..., None], examples: Callable[..., None]
) -> None:
    analyses("base", 50)
    analyses("tuned", 50)
    examples(1000)
    data = environment()
    assert [finding["about"] for finding in data["findings"]] == ["service"]
    assert [line["state"] for line in data["success"]] == [
        *["met"] * 2,
        *["not yet known"] * 2,
        "met",
        "not yet known",
    ]
    assert data["decision"] == {"decision": "hold", "reason": "The service is not running."}
    assert data["collection"]["percent"] == 100
    assert data["traffic"]["arms"]["tuned"]["share"] == 0.5
    assert data["traffic"]["split"] == 0.5


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
    open_yet = "errors, unanswered, slow, a wrong figure, quality, feedback"
    assert f"{' ' * 16}proven: not yet ({open_yet})" in lines
    assert [line for line in lines if "$ " not in line and len(line) > 130] == []


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


def test_releases_are_shown_past_any_number_of_runs_that_came_to_nothing(
    database_url: str, tmp_path: Path
) -> None:
    ledger = FileLedger(tmp_path)
    for outcome in [*[records.DONE] * 12, *[records.REFUSED] * 9, *[records.FAILED] * 9]:
        record = records.end(records.begin("local", "deploy", outcome, None), outcome)
        ledger.write(record)
        assert history.take_over(ledger, database_url, 0) == 1
    shown = releases.known(ledger, database_url, 0)
    assert [each["outcome"] for each in shown] == [*[records.FAILED] * 3, *[records.DONE] * 10]
