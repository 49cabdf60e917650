"""Times in the names of files: what was written last is the newest by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from finrisk_ops.machine.files import free_stamp, newest, stamp

RAW, METADATA = ("raw", ".json"), ("metadata", ".json")


def test_it_is_the_time_now(tmp_path: Path) -> None:
    before = stamp()
    assert before <= free_stamp(tmp_path / "not made yet", RAW, METADATA) <= stamp()


def test_what_is_written_after_the_clock_was_set_back_is_newer_than_what_is_there(tmp_path: Path) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    (tmp_path / f"raw_{stamp(tomorrow)}.json").touch()
    (tmp_path / f"metadata_{stamp(tomorrow - timedelta(hours=1))}.json").touch()
    for seconds in (1, 2):
        after = free_stamp(tmp_path, RAW, METADATA)
        assert after == stamp(tomorrow + timedelta(seconds=seconds))
        (tmp_path / f"raw_{after}.json").touch()
        assert newest(tmp_path, "raw", ".json") == tmp_path / f"raw_{after}.json"


def test_digits_that_are_no_time_are_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "raw_99999999_999999.json").touch()
    assert free_stamp(tmp_path, RAW) <= stamp()
