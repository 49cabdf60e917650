"""A disk that is full or read-only ends a module in one sentence: path, reason, what to do."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.finrisk_module import sentence

from tests.grounds.modules import run_module
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    command = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this account may not mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> None:
    with (folder / "filling").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    with pytest.raises(OSError, match="No space"):  # a write there fails, or the test would prove nothing
        (folder / "probe").write_bytes(b"x" * 8192)
    (folder / "probe").unlink(missing_ok=True)


def read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with pytest.raises(OSError, match="Read-only"):
        (folder / "probe").touch()


HARMS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "full": (fill, "No space left on device", "make room"),
    "read-only": (read_only, "Read-only file system", "another"),
}
"""What is done to a folder, the reason that is told, and a word of what to do."""


@pytest.fixture(params=HARMS)
def harm(request: pytest.FixtureRequest) -> tuple[Callable[[Path], None], str, str]:
    return HARMS[request.param]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder):
        yield folder


def check_one_sentence(result: dict[str, Any], folder: Path, reason: str, advice: str) -> None:
    assert result["failed"] is True
    assert "exception" not in result
    assert reason in result["msg"]
    assert advice in result["msg"]
    assert str(folder) in result["msg"]
    assert "\n" not in result["msg"]


def test_export(
    disk: Path,
    database_url: str,
    harm: tuple[Callable[[Path], None], str, str],
) -> None:
    break_it, reason, advice = harm
    insert(database_url, 50)
    break_it(disk)
    options: dict[str, Any] = {"database_url": database_url, "output_dir": str(disk)}
    options |= {"environment_name": "local", "min_examples": 0, "min_quality": 0.0}
    result = run_module("finrisk_export", options)
    check_one_sentence(result, disk, reason, advice)
    assert not list(disk.glob("training_data_raw*"))


def test_prepare(
    tmp_path: Path,
    disk: Path,
    harm: tuple[Callable[[Path], None], str, str],
) -> None:
    break_it, reason, advice = harm
    raw = tmp_path / "training_data_raw_20260101_000000.json"
    pairs = [
        {"strategy": f"Question {n} on the risk of {'x' * 60}?", "analysis": f"{n} " * 300} for n in range(99)
    ]
    raw.write_text("\n".join(json.dumps(pair) for pair in pairs))
    break_it(disk)
    result = run_module("finrisk_prepare", {"raw_file": str(raw), "output_dir": str(disk)})
    check_one_sentence(result, disk, reason, advice)
    assert {path.name for path in disk.iterdir()} <= {"filling", "lost+found"}


def test_release_and_status(
    disk: Path,
    database_url: str,
    harm: tuple[Callable[[Path], None], str, str],
) -> None:
    break_it, reason, advice = harm
    break_it(disk)
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
    deployed = run_module("finrisk_release", objects | {"place": {"process": process}})
    check_one_sentence(deployed, disk, reason, advice)
    before = sorted(path.name for path in disk.rglob("*"))
    told = run_module(
        "finrisk_status",
        {
            "place": {"process": process},
            "environment_name": "local",
            "output_dir": str(disk),
            "database_url": database_url,
            "target_examples": 1000,
        },
    )
    assert told.get("failed") is not True, told
    assert sorted(path.name for path in disk.rglob("*")) == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_every_error_of_the_system_is_one_sentence(code: int) -> None:
    told = sentence(OSError(code, os.strerror(code), "/srv/data/x"))
    assert told.startswith(f"cannot use /srv/data/x: {os.strerror(code)}; ")
    assert sentence(OSError(code, os.strerror(code))).count(os.strerror(code)) == 1
