"""A disk that is full while a dataset is made: what is said of it, and what is left there."""

from __future__ import annotations

import errno
import re
import tempfile
from array import array
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from finrisk_ops.dataset import intake
from finrisk_ops.dataset.quotes import Quotes
from finrisk_ops.dataset.room import having_room, needed
from finrisk_ops.errors import FinriskError
from tests.grounds import disks
from tests.grounds.preparation import prepare, write_raw
from tests.grounds.training_rows import row

ROWS = 600
SENTENCE = (
    r"/disk has no room for the dataset of training_data_raw_20261101_080000.json \(\d+ KiB\): "
    r"No space left on device. It needs about ([\d,]+) KiB while it is made, and \d+ KiB are free; "
    r"nothing of it is left there: make room, or name another folder with -e finrisk_output_dir=PATH"
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with disks.mounted(tmp_path / "disk", size="1024k"):
        yield tmp_path / "disk"


@pytest.mark.parametrize("processes", [1, 2])
def test_a_full_disk_is_named_with_what_the_dataset_needs_and_nothing_is_left_there(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setattr(intake, "_LEAST_BYTES", 0)
    disk_of_export = tmp_path / "export"
    few = write_raw(disk_of_export, map(row, range(40)))
    prepare(disk, raw_file=str(few))
    before = disks.contents(disk)
    raw = write_raw(disk_of_export, map(row, range(ROWS)))
    with pytest.raises(FinriskError, match=SENTENCE) as told:
        prepare(disk, raw_file=str(raw), processes=processes)
    assert disks.contents(disk) == before
    [asked] = re.findall(SENTENCE, told.value.message)
    assert int(asked.replace(",", "")) == pytest.approx(needed(raw) / 1024, abs=1)


def test_what_a_dataset_needs_is_what_it_takes(tmp_path: Path) -> None:
    raw = write_raw(tmp_path, map(row, range(ROWS)))
    prepare(tmp_path)
    sets = sum(path.stat().st_size for path in tmp_path.glob("*_set_*.jsonl"))
    assert sets < needed(raw) < 3 * sets


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full", "/var/tmp"), OSError(errno.EIO, "broken")])
def test_another_place_or_reason_is_left_to_whom_it_concerns(error: OSError, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"full|broken") as raised, having_room(tmp_path, tmp_path):
        raise error
    assert raised.value is error


def test_a_full_folder_of_temporary_files_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    full = partial(open, "/dev/full", "r+b", buffering=0)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    quotes, many = Quotes(), array("Q", [quote << 25 for quote in range(5_000)])
    with pytest.raises(OSError, match="No space left") as told:
        quotes.add(0, many)
    assert told.value.filename == tempfile.gettempdir()
