"""What status says of tuning jobs, and of a model that changed behind its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.grounds.findings import Status, findings, job, one


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


def test_a_job_that_was_cancelled_is_no_failure_and_needs_no_other_dataset(environment: Status) -> None:
    cancelled = job("FAILED", "the job was cancelled") | {"provider_state": "JOB_STATE_CANCELLED"}
    data = environment(0, [cancelled | {"hyperparameters": {"epochs": 3}}])
    (found,) = findings(data, "tuning")
    assert found["what"] == "The tuning job finrisk-v1-abcdef01 was cancelled."
    assert found["command"].endswith("playbooks/tune.yml -e finrisk_epochs=3 -e finrisk_tune_retry=true")
    assert "prepare.yml" not in found["command"]


def test_an_older_failure_is_no_finding(environment: Status) -> None:
    assert not findings(environment(0, [job("FAILED", "x", day=1), job("ACTIVE", day=2)]), "tuning")


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
