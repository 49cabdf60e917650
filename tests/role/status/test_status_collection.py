"""What status says of collected examples, and of what keeps answers from being collected."""

from __future__ import annotations

import json
import shlex
import subprocess
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.status.findings import of as findings_of
from finrisk_ops.status.page import page
from finrisk_ops.status.text import WIDTH
from tests.grounds.days import days_after, today
from tests.grounds.findings import Status, one


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
    began = today()
    assert environment()["collection"]["expected_target_date"] in days_after(began, 9)


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


def test_no_traffic_is_found_with_a_request_that_a_shell_sends_as_it_stands(
    environment: Status, tmp_path: Path
) -> None:
    data = environment()
    found = one(data, "collection", "No analysis was asked for")
    sent = shell(found["command"], tmp_path, make="echo api_url=http://h:1; echo api_key=k")
    assert sent[1:4] == ["http://h:1/api/v1/analyze", "-H", "Authorization: Bearer k"]
    body = json.loads(sent[-1])
    assert len(body["strategy"]) >= 50, "shorter ones are not collected"
    assert max(map(len, page(data))) <= WIDTH
    data["environment"] = "staging"
    [told] = [each for each in findings_of(data) if "No analysis was asked" in each.what]
    assert shell(told.command, tmp_path) == [], "no key, and nothing is sent"
    sent = shell(told.command, tmp_path, FINRISK_API_KEY="c")
    assert sent[1:4] == ["http://127.0.0.1:1/api/v1/analyze", "-H", "Authorization: Bearer c"]


def shell(command: str, folder: Path, make: str = "", **environment: str) -> list[str]:
    """What curl is called with when a shell runs the command; nothing where it is not called."""
    programs, called = folder / "bin", folder / "called"
    programs.mkdir(exist_ok=True)
    called.unlink(missing_ok=True)
    for name, does in (("make", make), ("curl", f'printf "%s\\0" "$@" > {shlex.quote(str(called))}')):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)
    path = f"{programs}:/usr/bin:/bin"
    subprocess.run(["/bin/sh", "-c", command], env={"PATH": path, **environment}, check=False)
    return called.read_text().split("\0")[:-1] if called.exists() else []


def test_the_question_to_a_cluster_goes_through_a_port_forward(environment: Status) -> None:
    data = environment()
    data["environment"] = "staging"
    data["recent"]["command"] = "kubectl --context c -n n logs deployment/finrisk-api --tail=50"
    [told] = [each for each in findings_of(data) if "No analysis was asked" in each.what]
    assert told.command.partition("; ")[2].startswith(
        "kubectl --context c -n n port-forward service/finrisk-api-service 8000:80 &"
    )
    assert 'curl -sS "http://127.0.0.1:8000/api/v1/analyze" ' in told.command


def test_a_journal_that_does_not_ship_and_records_set_aside_are_findings_with_their_commands(
    environment: Status,
) -> None:
    data = environment()
    told = {"ships": True, "bytes": 120, "oldest_seconds": 0.4, "set_aside": 0}
    called = "kubectl exec a -- python3 -m finrisk"
    pod: dict[str, Any] = {"name": "pod a", "finrisk": called, "database": "ok"}
    pod |= {"problem": None, "workers": [], "new_credentials_unread": False, "breakers": {}}
    data["pods"] = [pod | {"journal": told}, pod | {"journal": None}]
    about = ("Answers are not recorded", "set aside")
    assert not [each for each in findings_of(data) if any(words in each.what for words in about)]
    data["pods"] = [pod | {"journal": told | {"ships": False, "oldest_seconds": 41.2, "set_aside": 3}}]
    [waits] = [each for each in findings_of(data) if about[0] in each.what]
    assert "120 bytes wait in the journal of pod a, the oldest for 41 s" in waits.what
    [refused] = [each for each in findings_of(data) if about[1] in each.what]
    assert refused.what == "3 records of pod a could not be stored and were set aside."
    assert refused.command == f"{called} journal list"


def test_ratings_that_could_not_be_applied_are_a_finding(environment: Status, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into feedback (request_id, rating, created_at, problem)
               values (%s, 1, now(), 'TypeError')""",
            (uuid.uuid4(),),
        )
    told = one(environment(), "collection", "1 rating could not be applied")
    assert "where problem is not null" in told["command"]
