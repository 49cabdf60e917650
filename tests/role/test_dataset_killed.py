"""A dataset whose making was killed: nothing is trained on a mixture, and the next run completes it."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.dataset import prepare as dataset
from finrisk_ops.errors import FinriskError
from finrisk_ops.machine.files import put_in_place
from finrisk_ops.tuning import data
from tests.grounds.modules import run_module, start_module
from tests.grounds.preparation import prepare, sent, write_raw
from tests.grounds.training_rows import row

FILES = 7


def rows(number: int) -> list[dict[str, Any]]:
    made = [row(each) for each in range(number)]
    return [{**each, "prompt": sent(place, "Liquidity is sound.")} for place, each in enumerate(made)]


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(folder: Path) -> str:
    """Why tune.yml does not take the newest dataset; empty where it does."""
    try:
        data.unread("", folder)
    except FinriskError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("place", range(FILES))
def test_of_files_that_were_half_put_in_place_none_is_trained_on_and_the_next_run_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    folder, fresh = tmp_path / "folder", tmp_path / "fresh"
    for each in (folder, fresh):
        write_raw(each, rows(30))
    prepare(folder)
    earlier = written(folder)
    prepare(fresh, max_examples=20)
    put, calls = put_in_place, iter(range(FILES))

    def killed(*given: Any) -> None:
        if next(calls) == place:
            raise KeyboardInterrupt
        put(*given)

    with monkeypatch.context() as ending:
        ending.setattr(dataset, "put_in_place", killed)
        with pytest.raises(KeyboardInterrupt):
            prepare(folder, max_examples=20)
    trained = [name for name in earlier if name.startswith(("training_set", "validation_set"))]
    is_the_earlier = all(written(folder)[name] == earlier[name] for name in trained)
    assert is_the_earlier or "was changed since it was prepared" in refusal(folder)
    assert prepare(folder, max_examples=20)["changed"]
    assert written(folder) == written(fresh)
    assert not prepare(folder, max_examples=20)["changed"]


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3])
def test_a_run_that_was_killed_leaves_nothing_that_the_next_one_does_not_sweep(
    tmp_path: Path, seconds: float
) -> None:
    folder, fresh = tmp_path / "folder", tmp_path / "fresh"
    for each in (folder, fresh):
        write_raw(each, rows(400))
    given = {"output_dir": str(folder), "min_quality": 0.9}
    process = start_module("finrisk_prepare", given)
    while process.poll() is None and not list(folder.glob(".*.part")):
        time.sleep(0.005)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    run_module("finrisk_prepare", given)
    prepare(fresh)
    assert written(folder) == written(fresh)
    assert not run_module("finrisk_prepare", given)["changed"]
