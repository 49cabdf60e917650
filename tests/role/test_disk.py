"""A folder that takes nothing ends a module in one sentence: path, reason, what to do."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.finrisk_module import sentence

from tests.grounds import disks
from tests.grounds.datasets import dataset
from tests.grounds.disks import HARMS, Harm
from tests.grounds.modules import start_module
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert
from tests.grounds.tuning import options, submit
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, UPLOAD, Wire

pytestmark = pytest.mark.slow


@pytest.fixture(params=HARMS)
def harm(request: pytest.FixtureRequest) -> Harm:
    return HARMS[request.param]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with disks.mounted(tmp_path / "disk"):
        yield tmp_path / "disk"


def run(before: disks.Command, name: str, **given: Any) -> dict[str, Any]:
    """Run a module in a process of its own, which meets the harm."""
    command = [*before, sys.executable, "-m", "tests.grounds.modules", name, json.dumps(given)]
    done = disks.run(command, cwd=REPOSITORY)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def check_one_sentence(result: dict[str, Any], folder: Path, harm: Harm) -> None:
    assert result["failed"] is True
    assert "exception" not in result
    assert harm.reason in result["msg"]
    assert harm.advice in result["msg"]
    assert str(folder) in result["msg"]
    assert "\n" not in result["msg"]


def test_export(disk: Path, database_url: str, harm: Harm) -> None:
    insert(database_url, 50)
    before = harm.on(disk)
    given: dict[str, Any] = {"database_url": database_url, "output_dir": str(disk)}
    given |= {"environment_name": "local", "min_examples": 0, "min_quality": 0.0}
    check_one_sentence(run(before, "finrisk_export", **given), disk, harm)
    assert not disks.contents(disk)


def test_prepare(tmp_path: Path, disk: Path, harm: Harm) -> None:
    raw = tmp_path / "training_data_raw_20260101_000000.json"
    pairs = [
        {"strategy": f"Question {n} on the risk of {'x' * 60}?", "analysis": f"Its risk is {n} of {n}. " * 60}
        for n in range(99)
    ]
    raw.write_text("\n".join(json.dumps(pair) for pair in pairs))
    before = harm.on(disk)
    check_one_sentence(run(before, "finrisk_prepare", raw_file=str(raw), output_dir=str(disk)), disk, harm)
    assert not disks.contents(disk)


def test_tune_submits_no_job_that_could_not_be_written_down(
    ground: Wire, tmp_path: Path, disk: Path, harm: Harm
) -> None:
    metadata = dataset(tmp_path / "data", seed=tmp_path.name)
    before = harm.on(disk)
    given = options(ground, disk, dataset_metadata=str(metadata))
    check_one_sentence(run(before, "finrisk_tuning_job", **given), disk, harm)
    assert not ground.requests(CREATE, "POST")
    assert not disks.contents(disk)


def test_a_job_is_named_when_the_disk_fills_up_while_its_creation_is_on_the_way(
    ground: Wire, tmp_path: Path, disk: Path
) -> None:
    metadata = dataset(tmp_path / "data", seed=tmp_path.name)
    given = options(ground, disk, dataset_metadata=str(metadata))
    ground.fault(kind="latency", method="POST", path=CREATE, ms=3000, times=1)
    process = start_module("finrisk_tuning_job", given)
    until(lambda: list(disk.glob(".submitting_*")))
    disks.fill(disk)
    result: dict[str, Any] = json.loads(process.communicate(timeout=120)[0])
    (job,) = [job for job in ground.jobs() if job["name"] in result["msg"]]
    assert f"on the service but could not be written down: {disk}" in result["msg"]
    assert "No space left on device; mend that and run tune.yml again" in result["msg"]
    disks.mend(disk)
    assert submit(given)["job"]["job_name"] == job["name"]
    assert len(ground.requests(CREATE, "POST")) == 1


def test_an_upload_that_could_not_be_gone_on_with_is_not_begun(
    ground: Wire, tmp_path: Path, disk: Path, harm: Harm
) -> None:
    metadata = dataset(tmp_path / "data", seed=tmp_path.name, padding=80_000)
    assert next((tmp_path / "data").glob("training_set_*")).stat().st_size > 8 << 20, "it goes up in pieces"
    before = harm.on(disk)
    taken = ("bucket", "storage_url", "environment_name", "credentials_file", "patience")
    given = {name: value for name, value in options(ground, disk).items() if name in taken}
    given |= {"output_dir": str(disk), "dataset_metadata": str(metadata)}
    check_one_sentence(run(before, "finrisk_dataset_upload", **given), disk, harm)
    assert not [sent for sent in ground.requests(UPLOAD, "PUT") if sent["bytes"]]
    assert not disks.contents(disk)


def test_release_and_status(disk: Path, database_url: str, harm: Harm) -> None:
    before = harm.on(disk)
    process: dict[str, Any] = {
        "var_dir": str(disk),
        "repository": str(REPOSITORY),
        "api_port": 1,
        "ops_port": 2,
    }
    objects: dict[str, Any] = {
        "config_map": {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {}},
        "secret": {"kind": "Secret", "metadata": {"name": "s"}, "stringData": {}},
    }
    deployed = run(before, "finrisk_release", place={"process": process}, **objects)
    check_one_sentence(deployed, disk, harm)
    left = disks.contents(disk)
    told = run(
        before,
        "finrisk_status",
        place={"process": process},
        environment_name="local",
        output_dir=str(disk),
        database_url=database_url,
        target_examples=1000,
        gate_rules={},
    )
    if harm.reason == "Permission denied":  # whoever may not look is not told that there is nothing
        check_one_sentence(told, disk, harm)
    else:
        assert told.get("failed") is not True, told
    assert disks.contents(disk) == left


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_every_error_of_the_system_is_one_sentence(code: int) -> None:
    told = sentence(OSError(code, os.strerror(code), "/srv/data/x"))
    assert told.startswith(f"cannot use /srv/data/x: {os.strerror(code)}; ")
    assert sentence(OSError(code, os.strerror(code))).count(os.strerror(code)) == 1
