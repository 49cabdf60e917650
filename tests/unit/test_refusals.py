"""Refusals leave few lines that stand for all of them, whatever floods."""

from __future__ import annotations

import logging
import threading
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from finrisk.http.limits import TokenBuckets
from finrisk.http.refusals import Refusals
from finrisk.logs import LOGGER


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The fields of the lines that are written from here on."""
    written: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.__dict__["fields"])

    monkeypatch.setattr(LOGGER, "handlers", [Keep()])
    level = LOGGER.level
    LOGGER.setLevel(logging.INFO)  # the method, since the logger remembers what its level let through
    yield written
    LOGGER.setLevel(level)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def turn(seconds: float) -> None:
        now[0] += seconds

    return turn


def standing_for(lines: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line["code"]] += 1 + line["left_out"]
    return counts


def test_equal_refusals_leave_few_lines_that_stand_for_all(lines: list[dict[str, Any]]) -> None:
    refusals = Refusals()
    for number in range(1500):
        refusals.note("unauthorized", "a1", "192.0.2.7", status=401, request_id=str(number))
    assert [line["request_id"] for line in lines] == ["0", "1", "2", "9", "99", "999"]
    assert [line["left_out"] for line in lines] == [0, 0, 0, 6, 89, 899]
    refusals.tell()
    assert standing_for(lines) == {"unauthorized": 1500}
    assert lines[-1]["request_id"] == "1499"
    refusals.tell()
    assert len(lines) == 7


def test_refusals_that_all_differ_leave_few_lines_too_and_take_bounded_memory(
    lines: list[dict[str, Any]],
) -> None:
    refusals = Refusals()
    tracemalloc.start()
    for number in range(20_000):
        refusals.note(("unauthorized", "invalid")[number % 2], f"id{number}", "192.0.2.7")
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 525_000, "half as much again as a thousand kinds take"
    refusals.tell()
    assert len(lines) <= 90
    assert standing_for(lines) == {"unauthorized": 10_000, "invalid": 10_000}


def test_what_a_window_left_out_is_written_when_it_is_over_without_another_refusal(
    lines: list[dict[str, Any]],
) -> None:
    before = threading.enumerate()
    refusals = Refusals(seconds=0.05)
    for _ in range(8):
        refusals.note("forbidden", "a1", "192.0.2.7")
    [timer] = [
        thread
        for thread in threading.enumerate()
        if isinstance(thread, threading.Timer) and thread not in before
    ]
    timer.join(30)
    assert standing_for(lines) == {"forbidden": 8}


def test_a_new_window_writes_its_first_refusals_again(
    lines: list[dict[str, Any]], clock: Callable[[float], None]
) -> None:
    refusals = Refusals(seconds=60)
    for _ in range(50):
        refusals.note("forbidden", "a1", "192.0.2.7")
    clock(61)
    refusals.note("forbidden", "a1", "192.0.2.7", request_id="new")
    assert lines[-1] == {
        "code": "forbidden",
        "key_id": "a1",
        "address": "192.0.2.7",
        "status": None,
        "route": None,
        "request_id": "new",
        "left_out": 0,
    }
    assert standing_for(lines) == {"forbidden": 51}


def test_threads_that_refuse_at_once_lose_none(lines: list[dict[str, Any]]) -> None:
    refusals = Refusals(seconds=0.01)

    def refuse() -> None:
        for _ in range(500):
            refusals.note("invalid", "a1", "192.0.2.7")

    threads = [threading.Thread(target=refuse) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refusals.tell()
    assert standing_for(lines) == {"invalid": 4000}


def test_a_bucket_fills_again_and_of_too_many_the_oldest_is_forgotten(clock: Callable[[float], None]) -> None:
    buckets = TokenBuckets(per_second=0.5, burst=2)
    assert [buckets.take("a", "b") for _ in range(3)] == [0, 0, 3]
    clock(2)
    assert [buckets.take("a", "b") for _ in range(2)] == [0, 3]
    for number in range(10_000):
        buckets.take("other", str(number))
    assert [buckets.take("a", "b") for _ in range(3)] == [0, 0, 3]
