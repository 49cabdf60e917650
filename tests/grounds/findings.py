"""Findings of a status, and tuning jobs that it may have to tell of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from finrisk_ops.status.page import page

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


def findings(data: dict[str, Any], about: str) -> list[dict[str, Any]]:
    return [finding for finding in data["findings"] if finding["about"] == about]


def one(data: dict[str, Any], about: str, words: str) -> dict[str, Any]:
    matching = [finding for finding in findings(data, about) if words in finding["what"]]
    assert len(matching) == 1, data["findings"]
    assert matching[0]["command"]
    assert any(words in line or words.split()[0] in line for line in page(data))
    return matching[0]
