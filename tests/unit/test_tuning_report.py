"""What tune.yml says of a job, and how one comes back to it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.tuning import command, report
from finrisk_ops.tuning.jobs import from_content
from tests.grounds import repository
from tests.grounds.findings import job

RUNNING = from_content(job("CREATING") | {"provider_state": "JOB_STATE_RUNNING"}, "a test")
USUAL: dict[str, Any] = {"epochs": 5, "learning_rate_multiplier": 1.0, "adapter_size": None}


@pytest.mark.parametrize(
    ("parameters", "model", "typed"),
    [
        ({}, "gemini-3.5-flash-lite", ""),
        ({"learning_rate_multiplier": 1}, "gemini-3.5-flash-lite", ""),
        ({"epochs": 3}, "gemini-3.5-flash-lite", " -e finrisk_epochs=3"),
        (
            {"learning_rate_multiplier": 0.12345678, "adapter_size": 8},
            "gemini-3.5-flash",
            " -e finrisk_learning_rate_multiplier=0.12345678 -e finrisk_adapter_size=8 "
            "-e finrisk_base_model=gemini-3.5-flash",
        ),
    ],
)
def test_the_way_back_to_a_job_has_the_parameters_that_make_it_this_one(
    parameters: dict[str, Any], model: str, typed: str
) -> None:
    own = replace(RUNNING, base_model=model, hyperparameters=USUAL | parameters)
    assert report.closing_lines(own) == [
        f"CREATING {own.job_name} (RUNNING); run tune.yml{typed} again to watch it"
    ]
    assert f"Run tune.yml{typed} again to watch it" in report.left_running(own)[0]


def test_the_way_back_to_a_job_names_its_dataset_when_a_newer_one_is_there(tmp_path: Path) -> None:
    own = replace(RUNNING, training_file=str(tmp_path / "training_set_20261129_040735.jsonl"))
    metadata = tmp_path / "dataset_metadata_20261129_040735.json"
    assert command.of(own) == "tune.yml", "its dataset is not here"
    metadata.touch()
    assert command.of(own) == "tune.yml"
    (tmp_path / "dataset_metadata_20261130_010000.json").touch()
    assert command.of(own) == f"tune.yml -e finrisk_dataset_metadata={metadata}"
    assert command.of(own, anew=True) == "tune.yml", "after prepare.yml the newest dataset is meant"


def test_a_job_that_only_its_name_is_known_of_is_come_back_to_as_it_can_be() -> None:
    assert command.of(replace(RUNNING, base_model="", hyperparameters={})) == "tune.yml"


def test_what_is_usual_is_what_the_role_takes_where_nothing_is_set() -> None:
    text = (repository.ROLE / "defaults" / "main.yml").read_text()
    for name, usual in command.USUAL.items():
        line = re.search(rf"^finrisk_{name}: .*default\('?([^,']+)'?, true\)", text, re.MULTILINE)
        assert line is not None, name
        assert line[1] == str(usual)


def test_a_cancel_says_of_a_job_that_ended_meanwhile_how_it_ended() -> None:
    ended = replace(RUNNING, provider_state="JOB_STATE_CANCELLED")
    name = f"{ended.job_name} ({ended.display_name})"
    assert report.cancel_lines(ended, cancels=True) == [
        f"Asked to cancel {name}, which is over now (CANCELLED)"
    ]
    assert report.cancel_lines(replace(RUNNING, provider_state="JOB_STATE_CANCELLING"), cancels=True) == [
        f"Asked to cancel {name}, which is CANCELLING; the same command again says whether it is over"
    ]
