"""What is found of two arms is rarely chance, however often one looks, and really worse arms are found."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from ansible.module_utils.finrisk_ops.status import evidence
from ansible.module_utils.finrisk_ops.status.evidence import Answers, Evidence

RUNS, USERS = 60, 120
FEW_USERS = 12
PROMISED = 0.01


def seeded(seed: float | str) -> Random:
    return Random(seed)  # noqa: S311 - a simulation


@dataclass(frozen=True)
class Arm:
    """What happens to the users of an arm: shares of them, and their mean quality."""

    disliked: float = 0.2
    slow: float = 0.05
    failed: float = 0.04
    unanswered: float = 0.03
    quality: float = 0.9
    seconds: float = 0.8


def worse(arm: Arm, times: float) -> Arm:
    """The arm, worse by so many times each margin."""
    margins = evidence.MARGINS
    return Arm(
        arm.disliked + times * margins[evidence.RATINGS],
        arm.slow + times * margins[evidence.SLOW],
        arm.failed + times * margins[evidence.ERRORS],
        arm.unanswered + times * margins[evidence.UNANSWERED],
        arm.quality - times * margins[evidence.QUALITY],
        arm.seconds,
    )


def asked(chance: Random, base: Arm, tuned: Arm, users: int) -> Iterator[Answers]:
    """What the users of an experiment meet hour by hour; one in ten asks in each of the next thirty hours.

    A user who met something bad meets it again, more often than not: a user's requests are not independent.
    """
    for number in range(users):
        is_tuned = chance.random() < 0.5
        arm = tuned if is_tuned else base
        level = chance.betavariate(arm.quality * 30, (1 - arm.quality) * 30)
        for visit in range(30 if chance.random() < 0.1 else 1):
            failed = chance.random() < arm.failed
            milliseconds = 1000 * arm.seconds * chance.lognormvariate(0, 0.4)
            yield Answers(
                user=number,
                tuned=is_tuned,
                hour=number // 8 + visit,
                bad_rating=chance.random() < arm.disliked if chance.random() < 0.7 else None,
                slow=chance.random() < arm.slow,
                milliseconds=milliseconds,
                failed=failed,
                unanswered=chance.random() < arm.unanswered,
                fell_back=chance.random() < evidence.FALLBACK_LIMIT,
                quality=None if failed else level,
            )


def first_finding(chance: Random, base: Arm, tuned: Arm, users: int) -> tuple[int, list[str]] | None:
    """After how many users something is found, by somebody who looks after each, and what; None: never."""
    known, seen = Evidence(), set()
    for answers in sorted(asked(chance, base, tuned, users), key=lambda each: each.hour):
        known.take(answers)
        if answers.user in seen:
            continue
        seen.add(answers.user)
        compared = known.compare(answers.hour)
        if found := [name for name, comparison in compared.items() if comparison.found]:
            return len(seen), found
    return None


@pytest.mark.parametrize("users", [FEW_USERS, USERS])
@pytest.mark.parametrize("margins", [0.0, 1.0])
def test_equal_arms_and_arms_at_the_margin_raise_no_alarm_however_often_one_looks(
    margins: float, users: int
) -> None:
    chance = seeded(f"{margins} {users}")
    false = sum(first_finding(chance, Arm(), worse(Arm(), margins), users) is not None for _ in range(RUNS))
    assert false / RUNS <= PROMISED


@pytest.mark.parametrize(
    ("name", "tuned", "most"),
    [
        (evidence.RATINGS, Arm(disliked=0.6), 250),
        (evidence.SLOW, Arm(slow=0.4), 200),
        (evidence.LATENCY, Arm(seconds=2.4), 100),
        (evidence.ERRORS, Arm(failed=0.35), 200),
        (evidence.UNANSWERED, Arm(unanswered=0.35), 200),
        (evidence.QUALITY, Arm(quality=0.75), 250),
    ],
)
def test_an_arm_that_is_really_worse_is_found_within_a_sensible_number_of_users(
    name: str, tuned: Arm, most: int
) -> None:
    needed = []
    for seed in range(7):
        users, found = first_finding(seeded(seed), Arm(), tuned, 600) or (math.inf, [name])
        assert found == [name]
        needed.append(users)
    median = f"{name}: {sorted(needed)[3]:.0f} users of both arms together, in the median"
    print(median)  # noqa: T201 - what -s shows
    assert sorted(needed)[3] <= most


def test_the_stake_is_worth_one_on_average_whatever_comes_next() -> None:
    """The property on which all else rests: the mixture is a chance of outcomes, so they sum to 1."""
    for share, users in itertools.product((0.1, 0.5), (1, 5, 12)):
        worth = sum(
            math.comb(users, bad) * math.exp(evidence._mixture(users, bad)) for bad in range(users + 1)
        )
        assert worth == pytest.approx(1.0), (share, users)


def test_a_pair_of_shares_that_the_margin_allows_is_never_better_than_the_best() -> None:
    chance = seeded(3)
    for _ in range(300):
        base, tuned = chance.randint(1, 40), chance.randint(1, 40)
        base_bad, tuned_bad = chance.randint(0, base), chance.randint(0, tuned)
        margin = chance.choice([0.02, 0.05, 0.3])
        best = evidence._best(base, base_bad, tuned, tuned_bad, margin)
        for step in range(1, 200):
            share = step / 200
            other = min(share + margin, 0.9999)
            for allowed in (share, other):
                likelihood = evidence._likelihood(base, base_bad, share)
                assert likelihood + evidence._likelihood(tuned, tuned_bad, allowed) <= best + 1e-9


def test_a_user_counts_once_however_much_is_asked() -> None:
    known = Evidence()
    for _ in range(500):
        known.take(Answers(user="heavy", tuned=True, hour=0, bad_rating=True))
    for number in range(40):
        known.take(Answers(user=number, tuned=False, hour=0, bad_rating=False))
    compared = known.compare(0)[evidence.RATINGS]
    assert (compared.base, compared.tuned, compared.found) == (40, 1, False)


def test_a_model_that_breaks_in_the_tenth_day_is_found_within_the_hour_and_forgotten_two_days_later() -> None:
    known = Evidence()
    for hour, user in itertools.product(range(240), range(20)):
        known.take(Answers(user=user, tuned=user % 2 == 0, hour=hour, failed=False, fell_back=False))
    assert not any(comparison.found for comparison in known.compare(239).values())
    for user in range(100, 180):
        broken = user % 2 == 0
        known.take(Answers(user=user, tuned=broken, hour=240, failed=broken, fell_back=broken))
    assert {name for name, comparison in known.compare(240).items() if comparison.found} == {
        evidence.ERRORS,
        evidence.FALLBACKS,
    }
