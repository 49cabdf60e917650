"""The figures of the status are not read once a call: a large database is spared, a small one is fresh."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from finrisk import traffic
from finrisk.traffic import Figures


class Read:
    """A read that takes so many seconds; each finds another number."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.times = 0

    def __call__(self) -> dict[str, Any]:
        time.sleep(self.seconds)
        self.times += 1
        return {"collection": self.times}


def test_many_callers_read_a_slow_database_once() -> None:
    read = Read(0.2)
    figures = Figures(read)
    with ThreadPoolExecutor(8) as asking:
        answers = list(asking.map(lambda _: figures.now(), range(40)))
    assert (answers, read.times) == ([{"collection": 1}] * 40, 1)


def test_what_was_read_counts_for_twenty_times_as_long_as_it_took() -> None:
    read = Read(0.01)
    figures = Figures(read)
    assert [figures.now(), figures.now()] == [{"collection": 1}] * 2
    time.sleep(20 * 0.01 + 0.2)
    assert figures.now() == {"collection": 2}


def test_nothing_is_remembered_for_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "_LONGEST_REST_SECONDS", 0.05)
    figures = Figures(Read(0.1))
    figures.now()
    time.sleep(0.06)
    assert figures.now() == {"collection": 2}
