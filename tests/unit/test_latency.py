"""How long the tuned model is waited for, by how fast it has been."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from finrisk.latency import Latency

SHARE = 18.0
"""What a question may wait for the tuned model at most: 60 % of 30 s."""


def used_to(seconds: Callable[[], float], answers: int = 200) -> Latency:
    latency = Latency()
    for _ in range(answers):
        latency.add(seconds())
    return latency


def given_up(latency: Latency, seconds: Callable[[], float], questions: int) -> list[float]:
    """Ask so often; how long each question waited that was given up. An answer after that counts as well."""
    waits = []
    for _ in range(questions):
        patience = min(SHARE, latency.patience() or SHARE)
        took = seconds()
        if took > patience:
            waits.append(patience)
        if took <= SHARE:  # what takes longer is listened to no more
            latency.add(took)
    return waits


def test_nothing_is_known_of_a_model_before_20_answers() -> None:
    assert used_to(lambda: 0.1, 19).patience() is None
    assert used_to(lambda: 0.1, 20).patience() == 2.0


def test_a_question_waits_three_times_the_99th_percentile() -> None:
    latency = used_to(lambda: 0.5, 197)
    for _ in range(3):
        latency.add(1.5)
    assert latency.patience() == 4.5
    for _ in range(198):
        latency.add(0.5)
    assert latency.patience() == 2.0


def test_a_model_that_says_nothing_is_given_up_soon_however_often_it_is_asked() -> None:
    waits = given_up(used_to(lambda: 0.1), lambda: float("inf"), 1000)
    assert waits == [2.0] * 1000


@pytest.mark.parametrize("slower", [3.0, 6.0, 15.0])
def test_a_model_that_gets_slower_is_given_up_a_few_times_and_then_waited_for(slower: float) -> None:
    latency = used_to(lambda: 0.1)
    assert len(given_up(latency, lambda: slower, 1000)) == 3
    assert latency.patience() == 3 * slower


@pytest.mark.parametrize("median", [0.2, 1.0, 3.0])
def test_a_model_of_uneven_pace_is_hardly_ever_given_up(median: float) -> None:
    dice = random.Random(7)  # noqa: S311  a simulation

    def seconds() -> float:
        return median * dice.lognormvariate(0, 0.5)  # its 99th percentile is 3.2 times the median

    assert len(given_up(used_to(seconds), seconds, 5000)) < 10


def test_giving_up_does_not_shorten_the_wait_for_others() -> None:
    """One answer in ten takes longer than the limit was: the limit goes up, never down to the quick nine."""
    dice = random.Random(7)  # noqa: S311  a simulation

    def seconds() -> float:
        return 5.0 if dice.random() < 0.1 else 0.1

    waits = given_up(used_to(lambda: 0.1), seconds, 2000)
    assert len(waits) <= 5
