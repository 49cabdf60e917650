"""Exactly one tuning job, whatever is killed, lost, refused or started twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.grounds.modules import start_module
from tests.grounds.tuning import of_spec, options, place, submit, wait
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, UPLOAD, Wire

pytestmark = pytest.mark.slow


def test_ten_runs_with_kills_lost_answers_and_refusals_leave_exactly_one_job(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="latency", path=UPLOAD, ms=3000, times=1)
    killed("finrisk_tuning_job", given, lambda: ground.requests(CREATE, "GET"))  # while uploading
    ground.clear()
    refused = submit_with_a_fault_at_the_creation(ground, given, kind="status", code=429, retry_after=0)
    assert refused["failed"] is True
    ground.fault(kind="status", path=UPLOAD, code=503, times=2)
    results = [submit_with_a_fault_at_the_creation(ground, given, kind="drop", after=True)]
    for rule in ({"kind": "drop"}, {"kind": "status", "code": 500}, {"kind": "status", "code": 429}):
        ground.fault(path=CREATE, times=1, **rule)  # hits the look-up
        results.append(submit(given))
    killed("finrisk_tuning_job_info", place(given), lambda: True)  # while waiting
    killed("finrisk_tuning_job", given, lambda: True)
    results += [submit(given), submit(given)]

    assert [result["changed"] for result in results] == [True] + [False] * 5
    assert len(of_spec(ground, results[0])) == 1
    assert wait(given)["job"]["state"] == "ACTIVE"


def submit_with_a_fault_at_the_creation(ground: Wire, given: dict[str, Any], **rule: Any) -> dict[str, Any]:
    """The look-up has the same path and stays as it is."""
    ground.fault(method="POST", path=CREATE, times=1, **rule)
    return submit(given)


def killed(name: str, given: dict[str, Any], happened: Callable[[], object]) -> None:
    """Start a module and kill it as soon as something has happened."""
    process = start_module(name, given)
    try:
        until(happened)
        time.sleep(0.3)
    finally:
        process.kill()
        process.communicate()


def test_a_lost_answer_to_the_creation_is_settled_by_looking_again(ground: Wire, folder: Path) -> None:
    result = submit_with_a_fault_at_the_creation(ground, options(ground, folder), kind="drop", after=True)
    assert result["action"] == "submit"
    assert len(ground.requests(CREATE, "POST")) == 1
    assert len(of_spec(ground, result)) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_refused_creation_is_not_repeated_by_the_run_itself(ground: Wire, folder: Path, code: int) -> None:
    given = options(ground, folder)
    result = submit_with_a_fault_at_the_creation(ground, given, kind="status", code=code)
    assert result["failed"] is True
    assert "a creation is never sent twice" in result["msg"]
    assert len(ground.requests(CREATE, "POST")) == 1
    assert submit(given)["action"] == "submit"


@pytest.mark.parametrize("with_database", [True, False])
def test_a_creation_that_was_on_its_way_when_its_run_was_killed_is_found_by_the_next_one(
    ground: Wire, folder: Path, database_url: str, with_database: bool
) -> None:
    given = options(ground, folder, database_url if with_database else "", request_timeout=15)
    marked = (
        (lambda: submitting(database_url)) if with_database else (lambda: list(folder.glob(".submitting*")))
    )
    ground.fault(kind="latency", method="POST", path=CREATE, ms=4000, times=1)  # it arrives late
    process = start_module("finrisk_tuning_job", given)
    until(marked)
    time.sleep(1)
    process.kill()
    process.communicate()
    result = submit(given)
    time.sleep(3)
    assert len(of_spec(ground, result)) == 1
    assert not marked()


def submitting(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "select count(*) from tuning_jobs where job ? 'submitting_since'"
        ).fetchone()
    return bool(found and found[0])


@pytest.mark.parametrize("with_database", [True, False])
def test_runs_at_the_same_moment_submit_one_job(
    ground: Wire, folder: Path, database_url: str, with_database: bool
) -> None:
    given = options(ground, folder, database_url if with_database else "")
    ground.fault(kind="job_slow", seconds=600, times=1)
    processes = [start_module("finrisk_tuning_job", given) for _ in range(3)]
    results = [json.loads(process.communicate(timeout=180)[0]) for process in processes]
    assert sorted(result["action"] for result in results) == ["adopt", "adopt", "submit"]
    assert len(of_spec(ground, results[0])) == 1
