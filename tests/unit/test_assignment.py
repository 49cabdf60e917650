"""Assignment: golden vectors, monotone ramps, even shares, independence, speed."""

from __future__ import annotations

import hashlib
import time
import timeit
from collections.abc import Callable

import pytest

from finrisk_rules.assignment import BUCKETS, arm, bucket, split_in_buckets


@pytest.mark.parametrize(
    ("experiment", "kind", "unit", "place"),
    [
        ("finrisk-v1-demo", "user", "test_user", 6431),
        ("finrisk-v1-demo", "session", "test_session", 1545),
        ("finrisk-v1-demo", "user", "us\u00e9r-\U0001f600", 6336),
        ("finrisk-v2-demo", "user", "test_user", 2647),
    ],
)
def test_golden_vectors_hold(experiment: str, kind: str, unit: str, place: int) -> None:
    assert bucket(experiment, kind, unit) == place


def test_raising_the_split_never_moves_a_user_back() -> None:
    places = [bucket("finrisk-v1-demo", "user", f"user-{number}") for number in range(100_000)]
    before = {number for number, place in enumerate(places) if arm(place, split_in_buckets(0.25)) == "tuned"}
    assert 0.245 < len(before) / len(places) < 0.255
    for split in (0.5, 0.75, 1.0):
        after = {
            number for number, place in enumerate(places) if arm(place, split_in_buckets(split)) == "tuned"
        }
        assert before < after
        assert abs(len(after) / len(places) - split) < 0.005
        before = after
    assert len(before) == len(places)


def test_nobody_is_tuned_at_zero_and_everybody_at_one() -> None:
    assert {arm(place, split_in_buckets(0.0)) for place in range(BUCKETS)} == {"base"}
    assert {arm(place, split_in_buckets(1.0)) for place in range(BUCKETS)} == {"tuned"}


def test_the_tuned_arm_is_the_bottom_of_the_buckets() -> None:
    assert [arm(place, 2500) for place in (0, 2499, 2500, 9999)] == ["tuned", "tuned", "base", "base"]


def test_every_whole_ratio_is_an_exact_share_of_the_buckets() -> None:
    for ratio in range(101):
        tuned = sum(arm(place, split_in_buckets(ratio / 100)) == "tuned" for place in range(BUCKETS))
        assert tuned == ratio * 100


def test_another_experiment_sends_other_users_first() -> None:
    first = {n for n in range(20_000) if bucket("finrisk-v1-a", "user", f"user-{n}") < 2500}
    second = {n for n in range(20_000) if bucket("finrisk-v2-b", "user", f"user-{n}") < 2500}
    assert abs(len(first & second) / 20_000 - 0.0625) < 0.008


def test_an_assignment_costs_about_as_much_as_its_hash() -> None:
    """Five times as much: a microsecond. In CPU time of this thread, so that nobody else's work counts."""

    def cpu_seconds(call: Callable[[], object]) -> float:
        return min(timeit.repeat(call, timer=time.thread_time, number=1000, repeat=20))

    text = b"\0".join([b"finrisk-ab-v1", b"model", b"finrisk-v1-demo", b"user", b"user-123e4567"])
    assigned = cpu_seconds(lambda: bucket("finrisk-v1-demo", "user", "user-123e4567"))
    assert assigned < 20 * cpu_seconds(lambda: hashlib.sha256(text).digest())
