"""A dataset is read once for all tasks of a run, and what somebody touches in between is noticed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import data as tuning_data
from finrisk_ops.tuning.data import Limits
from tests.grounds.datasets import dataset
from tests.grounds.modules import run_module
from tests.grounds.tuning import LIMITS, options
from tests.grounds.wire import CREATE, UPLOAD, Wire

SENT_WITH = ("output_dir", "bucket", "storage_url", "environment_name", "credentials_file", "patience")
PIECE_BY_PIECE = 0.1  # seconds: each call of an upload returns after one piece


def bytes_read() -> int:
    """What this process has read from files so far; sockets do not count."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["rchar"])


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A dataset whose training file goes up in several pieces."""
    dataset(tmp_path, training=120, seed=tmp_path.name, padding=160_000)
    return tmp_path


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*_set_*.jsonl"))


def plan(ground: Wire, folder: Path) -> dict[str, Any]:
    """What the first task of tune.yml says."""
    result: dict[str, Any] = json.loads(
        json.dumps(run_module("finrisk_tuning_job", options(ground, folder), True))
    )
    assert result["action"] == "submit", result
    return result


def send(ground: Wire, folder: Path, measured: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {name: value for name, value in options(ground, folder).items() if name in SENT_WITH}
    given |= {"measured": measured, "seconds": PIECE_BY_PIECE, "request_timeout": 30}
    return run_module("finrisk_dataset_upload", given | more)


def submit(ground: Wire, folder: Path, measured: dict[str, Any]) -> dict[str, Any]:
    return run_module("finrisk_tuning_job", options(ground, folder, measured=measured))


def change(path: Path) -> None:
    """Change bytes so that neither length nor modification time tell."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(before.st_size // 2)
        file.write(b"y")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.mark.slow
def test_an_upload_of_many_calls_and_the_submission_read_nothing_but_what_they_send(
    ground: Wire, large: Path
) -> None:
    plan(ground, large)
    send(ground, large, {}, seconds=0.0)  # libraries are read
    (large / "others").mkdir()
    folder = large / "others"
    dataset(folder, training=120, seed=folder.name + large.name, padding=160_000)
    size, start = size_of(folder), bytes_read()

    planned = plan(ground, folder)
    after_plan = bytes_read()
    assert after_plan - start < 2.3 * size, "hashed, and counted"

    ground.fault(kind="latency", path=UPLOAD, ms=150)
    calls, result = 0, {"complete": False}
    while not result["complete"]:
        result, calls = send(ground, folder, planned["measured"]), calls + 1
        assert "failed" not in result, result
    ground.clear()
    after_upload = bytes_read()
    assert calls >= 3
    assert after_upload - after_plan < 1.3 * size, "each piece, once"

    assert submit(ground, folder, planned["measured"])["action"] == "submit"
    assert bytes_read() - after_upload < 0.3 * size, "nothing but its own programs"


@pytest.mark.slow
def test_a_file_that_changes_between_two_calls_of_an_upload_ends_it(ground: Wire, large: Path) -> None:
    measured = plan(ground, large)["measured"]
    assert not send(ground, large, measured)["complete"]
    change(next(large.glob("training_set_*")))
    result = send(ground, large, measured)
    assert "was changed since it was prepared" in result["msg"]
    refused = submit(ground, large, measured)
    assert "was changed since it was prepared" in refused["msg"]
    assert not ground.requests(CREATE, "POST")


def measured_of(folder: Path, **limits: int) -> dict[str, Any]:
    found = tuning_data.read("", folder, Limits.of(LIMITS | limits))
    result: dict[str, Any] = json.loads(json.dumps(found.measured))
    return result


def test_what_was_measured_is_taken_over_whole(folder: Path) -> None:
    training = tuning_data.read("", folder).training
    limit = round(training.tokens / training.examples * 1.08)
    limits = Limits.of(LIMITS | {"tokens_per_example": limit})
    first = tuning_data.read("", folder, limits)
    assert first.training.longest, "or nothing is near the limit"
    start = bytes_read()
    assert tuning_data.read("", folder, limits, json.loads(json.dumps(first.measured))) == first
    assert bytes_read() - start < size_of(folder)


def test_a_file_that_was_only_touched_is_measured_again_and_taken(folder: Path) -> None:
    measured = measured_of(folder)
    next(folder.glob("training_set_*")).touch()
    again = tuning_data.read("", folder, Limits.of(LIMITS), measured)
    assert again.training.examples == 120
    assert again.measured != measured


def test_a_file_that_takes_the_place_of_another_is_noticed(folder: Path) -> None:
    measured = measured_of(folder)
    path = next(folder.glob("validation_set_*"))
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes().replace(b"USD", b"EUR").replace(b"dollar", b"rouble"))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    with pytest.raises(FinriskError, match="was changed since it was prepared"):
        tuning_data.unread("", folder, measured)


def test_what_was_counted_under_other_limits_is_counted_again(folder: Path) -> None:
    measured = measured_of(folder)
    with pytest.raises(FinriskError, match="longer than the 20 tokens"):
        tuning_data.read("", folder, Limits.of(LIMITS | {"tokens_per_example": 20}), measured)


@pytest.mark.parametrize(
    "spoilt",
    [{}, {"files": None}, {"files": [{}]}, {"limits": LIMITS, "files": [{"path": "/x", "state": "1"}]}],
)
def test_what_is_no_measurement_counts_for_nothing(folder: Path, spoilt: dict[str, Any]) -> None:
    assert tuning_data.read("", folder, Limits.of(LIMITS), spoilt).training.examples == 120


def test_half_a_measurement_counts_for_nothing(folder: Path) -> None:
    measured = measured_of(folder)
    for file in measured["files"]:
        del file["longest"]
    assert tuning_data.read("", folder, Limits.of(LIMITS), measured).training.examples == 120
