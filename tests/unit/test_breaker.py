"""The circuit breaker."""

from __future__ import annotations

from finrisk.breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for number in range(10):
        assert breaker.allows()
        breaker.record(number < 4)
    return breaker


def test_it_opens_when_more_than_half_of_ten_calls_failed() -> None:
    breaker = broken(Clock())
    assert breaker.is_open
    assert not breaker.allows()


def test_it_stays_closed_at_half_and_below_ten_calls() -> None:
    breaker = Breaker(Clock())
    for number in range(9):
        breaker.record(number % 2 == 0)
    assert breaker.allows()
    breaker.record(False)
    assert breaker.allows()


def test_old_failures_are_forgotten() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(9):
        breaker.record(False)
    clock.now = 31
    breaker.record(False)
    assert breaker.allows()


def test_one_probe_at_a_time_decides() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now = 11
    assert breaker.allows()
    assert not breaker.allows()
    breaker.record(False)
    assert not breaker.allows()
    clock.now = 22
    assert breaker.allows()
    breaker.record(True)
    assert breaker.allows()
    assert not breaker.is_open


def test_a_probe_that_nobody_waited_for_decides_nothing_and_lets_another_probe() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 11
    assert breaker.allows()
    breaker.record(None)
    assert breaker.is_open
    assert breaker.allows()
    breaker.record(True)
    assert not breaker.is_open
