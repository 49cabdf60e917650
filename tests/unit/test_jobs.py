"""Job files of tuning: what a newer FinRisk wrote stays, and what is no job is named."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import jobs

CONTENT: dict[str, Any] = {
    "job_name": "projects/p/locations/l/tuningJobs/1",
    "state": "ACTIVE",
    "provider_state": "JOB_STATE_SUCCEEDED",
    "tuned_model_name": "projects/p/locations/l/endpoints/1",
    "display_name": "finrisk-v1-00000000",
    "base_model": "gemini-3.5-flash-lite",
    "hyperparameters": {"epochs": 5},
    "training_file": "training_set_20261101_080000.jsonl",
    "validation_file": None,
    "dataset": {"sha256": "0"},
    "spec_id": "00000000",
    "created_at": "2026-11-01T08:00:00+00:00",
    "estimated_cost": 3,
}


def test_what_a_newer_finrisk_wrote_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "finetuning_job_20261101_080000.json"
    newer = {"region_of_serving": "europe-west4", "checks": [{"name": "a"}]}
    path.write_text(json.dumps(CONTENT | newer))
    (job,) = jobs.in_files(tmp_path)
    jobs.write(tmp_path, replace(job, state="FAILED"))
    written = json.loads(path.read_text())
    assert written == job.content() | {"state": "FAILED"}
    assert newer.items() <= written.items()


@pytest.mark.parametrize("key", [*CONTENT, "tokens", "checkpoints", "error"])
@pytest.mark.parametrize("value", [True, 5, "soon", [1], None])
def test_a_job_is_used_or_its_file_is_named(tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / "finetuning_job_20261101_080000.json"
    path.write_text(json.dumps(CONTENT | {key: value}))
    without_a_zone = tmp_path / "finetuning_job_20261102_080000.json"
    without_a_zone.write_text(json.dumps(CONTENT | {"created_at": "2026-11-02T08:00:00"}))
    with suppress(FinriskError):
        jobs.choose(jobs.in_files(tmp_path), "of nobody")
    if told := refusal(tmp_path):
        assert str(path) in told
        assert key not in CONTENT or CONTENT[key] != value
    else:
        assert jobs.choose(jobs.in_files(tmp_path), "newest").path == str(without_a_zone)


def refusal(folder: Path) -> str:
    """Read all jobs and write the oldest; return why that could not be done."""
    try:
        jobs.write(folder, jobs.in_files(folder)[-1])
    except FinriskError as error:
        return str(error)
    return ""
