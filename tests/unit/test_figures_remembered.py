"""The figures of the status are not read once a call: a large database is spared, a small one is fresh."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from finrisk.traffic import Figures


class Database:
    """A clock, and a read that takes so many of its seconds; each read finds another number."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 0.0
        self.times = 0
        self.together = threading.Semaphore()
        self.figures = Figures(self.read, clock=lambda: self.now)

    def read(self) -> dict[str, Any]:
        assert self.together.acquire(blocking=False), "one thread reads at a time"
        time.sleep(0.01)  # others come meanwhile
        self.now += self.seconds
        self.times += 1
        self.together.release()
        return {"collection": self.times}

    def found_at(self, now: float) -> int:
        self.now = now
        found: int = self.figures.now()["collection"]
        return found


def test_many_callers_read_a_slow_database_once() -> None:
    database = Database(0.2)
    with ThreadPoolExecutor(8) as asking:
        answers = list(asking.map(lambda _: database.figures.now(), range(40)))
    assert (answers, database.times) == ([{"collection": 1}] * 40, 1)


def test_callers_of_a_fast_database_read_it_one_after_the_other() -> None:
    database = Database(0.0)
    with ThreadPoolExecutor(8) as asking:
        answers = list(asking.map(lambda _: database.figures.now()["collection"], range(40)))
    assert sorted(answers) == list(range(1, 41))


def test_what_was_read_counts_for_twenty_times_as_long_as_it_took() -> None:
    database = Database(0.25)
    assert database.found_at(0.0) == 1
    assert database.found_at(0.25 + 20 * 0.25 - 0.01) == 1
    assert database.found_at(0.25 + 20 * 0.25) == 2


def test_nothing_is_remembered_for_longer_than_fifteen_seconds() -> None:
    database = Database(4.0)
    assert database.found_at(0.0) == 1
    assert database.found_at(4.0 + 15 - 0.01) == 1
    assert database.found_at(4.0 + 15) == 2
