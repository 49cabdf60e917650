"""Rows of an export are looked at by several processes, and nothing in the files tells by how many."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.dataset import intake, raw
from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import workers
from finrisk_ops.machine.workers import in_order
from tests.grounds.preparation import prepare, write_raw
from tests.grounds.training_rows import row


def process_of(piece: int) -> tuple[int, int]:
    return piece, os.getpid()


def ended(piece: int) -> int:
    if piece == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def refused(piece: int) -> int:
    raise FinriskError(f"piece {piece} cannot be read")


def test_answers_come_in_order_from_other_processes() -> None:
    answers = list(in_order(process_of, range(40), 2))
    assert [piece for piece, _ in answers] == list(range(40))
    assert os.getpid() not in {process for _, process in answers}
    assert {process for _, process in in_order(process_of, range(40), 1)} == {os.getpid()}


def test_what_is_asked_runs_ahead_of_the_answers_by_a_few_pieces() -> None:
    asked: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(1_000):
            asked.append(piece)
            yield piece

    answers = in_order(process_of, pieces(), 2)
    assert next(answers)[0] == 0
    assert len(asked) < 20
    del answers


def test_a_process_that_is_ended_from_outside_and_one_that_fails_end_the_run_with_a_sentence() -> None:
    with pytest.raises(FinriskError, match=r"ended from outside.*finrisk_processes=1"):
        list(in_order(ended, range(40), 2))
    with pytest.raises(FinriskError, match="piece 0 cannot be read"):
        list(in_order(refused, range(40), 2))


def test_the_files_are_the_same_whatever_the_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_LEAST_BYTES", 0)
    monkeypatch.setattr(raw, "_PIECE", 2_000)
    monkeypatch.setattr(workers, "_BATCH", 2_000)
    given: list[dict[str, Any] | bytes] = [
        *(row(number) for number in range(120)),
        *(row(number, strategy="Please: " + row(number)["strategy"]) for number in range(30)),
        *(row(number, quality_score=0.99) for number in range(40, 60)),
        b"{broken",
        row(3, analysis="Write to jane.roe@example.com. " + row(3)["analysis"]),
    ]
    written = []
    for processes in (1, 3):
        folder = tmp_path / str(processes)
        write_raw(folder, given)
        result = prepare(folder, processes=processes)
        assert result["rejected"]["near_duplicate"] >= 20
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert written[0] == written[1]
    assert len(written[0]) == 8
    assert not prepare(tmp_path / "3", processes=2)["changed"]


def test_progress_is_told_in_percent_of_the_export(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    write_raw(tmp_path, (row(number) for number in range(1_000)))
    prepare(tmp_path, tell=lambda *each: told.append(each))
    shares = [done for done, total, _ in told if total == 100]
    assert shares == sorted(shares)
    assert shares[-1] >= 99
    assert len(shares) > 1


def test_a_wrong_number_of_processes_is_named(tmp_path: Path) -> None:
    with pytest.raises(FinriskError, match="finrisk_processes is -1: expected 0"):
        prepare(tmp_path, processes=-1)
