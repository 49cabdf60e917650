"""The rows of a user in an export, found without reading each line."""

from __future__ import annotations

from pathlib import Path

import pytest

from finrisk_ops.erasure import files

USER, OTHER = "5" * 64, "6" * 64


def _row(number: int, user: str) -> str:
    return f'{{"id":"01900000-0000-7000-8000-{number:012x}","user_id":"{user}","analysis":"Cash fell."}}'


@pytest.mark.parametrize("ending", ["\n]\n", "\n]", ""])
def test_all_rows_of_a_user_are_found_wherever_they_stand(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "training_data_raw_20261101_080000.json"
    rows = [_row(number, USER if number in (0, 3, 4, 9) else OTHER) for number in range(10)]
    path.write_text("[\n" + ",\n".join(rows) + ending)
    found = {f"01900000-0000-7000-8000-{number:012x}" for number in (0, 3, 4, 9)}
    assert files.requests(path, USER) == found
    assert len(files.requests(path, OTHER)) == 6
    assert files.requests(path, "7" * 64) == set()


def test_an_empty_export_holds_nobody(tmp_path: Path) -> None:
    path = tmp_path / "training_data_raw_20261101_080000.json"
    path.touch()
    assert files.requests(path, USER) == set()
