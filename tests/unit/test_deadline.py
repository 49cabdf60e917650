"""A limit in time on a call, and what becomes of a call that is faster than its reader."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from finrisk import deadline
from finrisk.deadline import within


def test_the_first_item_has_a_limit_of_its_own() -> None:
    silence = threading.Event()

    def late() -> Iterator[int]:
        silence.wait(30)
        yield 1

    started = time.monotonic()
    with pytest.raises(TimeoutError, match=r"not there within 0\.2 s"):
        next(within(20, late, first=0.2))
    assert time.monotonic() - started < 10
    silence.set()


def test_after_the_first_item_the_whole_limit_holds() -> None:
    pause = threading.Event()

    def halting() -> Iterator[int]:
        yield 1
        pause.wait(0.5)
        yield 2

    assert list(within(20, halting, first=0.2)) == [1, 2]


def test_a_call_that_nobody_reads_waits_and_ends_when_it_is_left() -> None:
    made = 0
    ended = threading.Event()

    def endless() -> Iterator[int]:
        nonlocal made
        try:
            for number in itertools.count(1):
                made = number
                yield number
        finally:
            ended.set()

    items = within(20, endless)
    assert next(items) == 1
    before = -1
    while made != before and made < 2000:  # until it makes no more
        before = made
        ended.wait(0.2)
    items.close()  # type: ignore[attr-defined]  # it is a generator
    assert made < 2000
    assert ended.wait(10)


def test_a_reader_that_is_slower_than_the_call_gets_every_item_in_order() -> None:
    items = within(60, lambda: iter(range(2000)))
    first = next(items)
    assert [first, *items] == list(range(2000))


def ident() -> Iterator[int]:
    yield threading.get_ident()


def test_calls_one_after_the_other_share_a_thread_and_those_at_the_same_time_do_not() -> None:
    def threads(number: int) -> set[int]:
        together = threading.Barrier(number)

        def call() -> Iterator[int]:
            together.wait(60)
            yield from ident()

        with ThreadPoolExecutor(number) as readers:
            found = [one for [one] in readers.map(lambda _: list(within(60, call)), range(number))]
        while len(deadline._idle) < number:  # a thread's last step, after the end of its call
            time.sleep(0.001)
        return set(found)

    deadline._idle.clear()
    assert threads(1) == threads(1)
    assert len(threads(3)) == 3


def test_a_thread_without_a_call_ends_and_the_next_call_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_IDLE_SECONDS", 0.01)
    for _ in range(200):  # now and then a call comes at the very moment in which a thread gives up
        assert len(list(within(20, ident))) == 1
        time.sleep(0.01)
