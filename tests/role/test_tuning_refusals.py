"""What a tuning job is refused for before anything is sent: parameters, cost, a dataset beyond a limit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.grounds.datasets import dataset
from tests.grounds.tuning import options, submit
from tests.grounds.wire import CREATE, UPLOAD, Wire

pytestmark = pytest.mark.slow


# ---- what is refused before anything is sent


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"epochs": 0}, "from 1 to 100"),
        ({"epochs": 101}, "from 1 to 100"),
        ({"learning_rate_multiplier": 0}, "above 0"),
        ({"learning_rate_multiplier": -1}, "above 0"),
        ({"learning_rate_multiplier": "nan"}, "above 0"),
        ({"adapter_size": 3}, "1, 2, 4, 8, 16, 32"),
        ({"base_model": "gemini-1.5-flash-002"}, "retired; use gemini-3.5-flash-lite"),
        ({"base_model": "models/gemini-1.5-flash-002"}, "retired; use gemini-3.5-flash-lite"),
        ({"base_model": "tunedModels/finrisk-v1-abc"}, "projects/P/locations/L/endpoints/E"),
        ({"base_model": "gemini-9-ultra"}, "finrisk_tunable_models"),
        ({"provider": "gemini_api"}, "ended tuning with an API key in May 2025"),
        ({"location": "global"}, "name a region"),
        ({"project": ""}, "finrisk_google_project"),
        ({"max_cost": 1}, "the price is unknown"),
        ({"dataset_metadata": "/nonexistent/metadata.json"}, "prepare.yml"),
    ],
)
def test_a_bad_request_is_refused_before_a_job_is_created(
    ground: Wire, folder: Path, asked: dict[str, Any], said: str
) -> None:
    result = submit(options(ground, folder) | asked)
    assert result["failed"] is True
    assert said in result["msg"]
    assert not ground.requests(f"{UPLOAD}|{CREATE}", "POST")


def test_a_cost_above_the_limit_stops_the_run(ground: Wire, folder: Path) -> None:
    prices = {"gemini-3.5-flash-lite": 100.0}
    result = submit(options(ground, folder, training_prices=prices, max_cost=1))
    assert "more than finrisk_max_cost 1" in result["msg"]
    assert not ground.requests(f"{UPLOAD}|{CREATE}", "POST")


def test_fewer_than_100_examples_are_refused(ground: Wire, tmp_path: Path) -> None:
    dataset(tmp_path, training=99)
    result = submit(options(ground, tmp_path))
    assert "99 training examples, fewer than the 100" in result["msg"]
    assert not ground.requests()


def test_a_file_changed_since_it_was_prepared_is_refused(ground: Wire, folder: Path) -> None:
    with next(folder.glob("training_set_*")).open("a") as file:
        file.write("{}\n")
    assert "was changed since it was prepared" in submit(options(ground, folder))["msg"]


def test_unusual_epochs_are_warned_about(ground: Wire, folder: Path) -> None:
    result = submit(options(ground, folder, epochs=3), check=True)
    assert any("5 to 10 is usual" in str(warning) for warning in result["warnings"])


# ---- limits, before anything is sent


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"tokens_per_example": 50}, "line 1 (about "),
        ({"file_bytes": 1000}, "the service takes at most 1,000 (finrisk_tuning_limits)"),
        ({"training_examples": 119}, "has 120 training examples, the service takes at most 119"),
        ({"validation_examples": 12}, "has 13 validation examples, the service takes at most 12"),
        ({"tokens": 5}, "unknown name 'tokens'"),
        ({"file_bytes": "many"}, "expected a whole number"),
    ],
)
def test_a_dataset_beyond_a_limit_is_refused_before_anything_is_sent(
    ground: Wire, folder: Path, limits: dict[str, Any], said: str
) -> None:
    result = submit(options(ground, folder, limits=limits))
    assert result["failed"] is True
    assert said in result["msg"]
    assert not ground.requests()


def test_lines_that_are_too_long_are_named_and_those_near_the_limit_warned_about(
    ground: Wire, tmp_path: Path
) -> None:
    dataset(tmp_path, seed="n")
    refused = submit(options(ground, tmp_path, limits={"tokens_per_example": 250}), check=True)["msg"]
    assert re.search(
        r"line 1 \(about 3\d\d tokens\), 2 \(.*, 5 \(about 3\d\d tokens\) and 115 more of ", refused
    )
    limit = 400
    result = submit(options(ground, tmp_path, limits={"tokens_per_example": limit}), check=True)
    assert "failed" not in result
    assert any(f"near the limit of {limit:,} tokens" in str(warning) for warning in result["warnings"])
