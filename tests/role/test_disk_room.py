"""How much room a disk has left, seen on a small one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.machine import disk
from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a small disk with these options."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def make(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"mode=0700,{options}", "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this account may not mount a file system")
        return folder

    yield make
    subprocess.run(["umount", str(folder)], check=False, capture_output=True)


def seen(folder: Path) -> dict[str, Any]:
    target = ProcessTarget(gunicorn.Place(folder, folder, 1, 2))
    told = target.snapshot(None).disk
    assert told
    return told


def test_a_disk_is_full_before_the_database_finds_no_room_for_its_next_log(
    mount: Callable[[str], Path],
) -> None:
    folder = mount("size=64m")
    assert not seen(folder)["full"]
    (folder / "filling").write_bytes(b"x" * (40 << 20))
    told = seen(folder)
    assert told["full"]
    assert (told["folder"], told["size"], told["has_inodes"]) == (str(folder), 64 << 20, True)
    assert told["free"] < disk.LEAST_FREE


def test_a_disk_that_takes_no_further_file_is_full(mount: Callable[[str], Path]) -> None:
    folder = mount("size=64m,nr_inodes=3")
    for number in range(2):
        (folder / str(number)).touch()
    assert (seen(folder)["has_inodes"], seen(folder)["full"]) == (False, True)


def test_a_rollback_would_meet_a_disk_that_takes_nothing(mount: Callable[[str], Path]) -> None:
    folder = mount("size=1m")
    target = ProcessTarget(gunicorn.Place(folder, folder, 1, 2))
    before = target.rollback_obstacles()
    (folder / "filling").write_bytes(b"x" * 4096)
    [told] = [each for each in target.rollback_obstacles() if each not in before]
    assert told.what == f"the disk of {folder} is full: a rollback cannot be written there"
    assert not told.overcome


def test_of_a_folder_that_is_not_there_nothing_is_said(tmp_path: Path) -> None:
    assert disk.of(tmp_path / "none") is None
