"""What is found of two arms is rarely chance, however often one looks, and really worse arms are found."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

import pytest
from ansible.module_utils.finrisk_ops.status import evidence
from ansible.module_utils.finrisk_ops.status.evidence import WINDOW, Answers, Evidence

RUNS, USERS = 200, 120
FEW_USERS = 12
PROMISED = 0.01
HALF = 5000


def seeded(seed: float | str) -> Random:
    return Random(seed)  # noqa: S311 - a simulation


@dataclass(frozen=True)
class Arm:
    """What happens to the users of an arm: shares of them, and their mean quality."""

    disliked: float = 0.2
    slow: float = 0.05
    failed: float = 0.04
    unanswered: float = 0.03
    let_down: float = 0.04
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
        arm.let_down + times * margins[evidence.FALLBACKS],
        arm.quality - times * evidence.QUALITY_MARGIN,
        arm.seconds,
    )


def met(chance: Random, arm: Arm, user: int, place: float, hour: int, split: int, level: float) -> Answers:
    """What a user at this place in 0..1 meets; ``level`` is by how much this user's answers are better."""
    failed = chance.random() < arm.failed
    return Answers(
        user=user,
        tuned=place * 10_000 < split,
        hour=hour,
        split=split,
        bad_rating=chance.random() < arm.disliked if chance.random() < 0.7 else None,
        slow=chance.random() < arm.slow,
        milliseconds=1000 * arm.seconds * chance.lognormvariate(0, 0.2),
        failed=failed,
        unanswered=chance.random() < arm.unanswered,
        let_down=chance.random() < arm.let_down,
        quality=None if failed else min(max(arm.quality + level, 0.0), 1.0),
    )


def asked(chance: Random, base: Arm, tuned: Arm, users: int, split: int = HALF) -> Iterator[Answers]:
    """What the users of an experiment meet; one in ten asks in each of the next thirty hours."""
    for number in range(users):
        place, level = chance.random(), chance.gauss(0, 0.05)
        arm = tuned if place * 10_000 < split else base
        for visit in range(30 if chance.random() < 0.1 else 1):
            yield met(chance, arm, number, place, number // 8 + visit, split, level)


def first_finding(requests: Iterator[Answers]) -> tuple[int, list[str]] | None:
    """After how many users something is found, by somebody who looks after each, and what; None: never."""
    known, seen = Evidence(), set()
    for answers in sorted(requests, key=lambda each: each.hour):
        known.take(answers)
        if answers.user in seen:
            continue
        seen.add(answers.user)
        compared = known.compare(answers.hour)
        if found := [name for name, comparison in compared.items() if comparison.found]:
            return len(seen), found
    return None


@pytest.mark.parametrize(("users", "runs"), [(FEW_USERS, 3 * RUNS), (USERS, RUNS)])
@pytest.mark.parametrize("margins", [0.0, 1.0])
def test_equal_arms_and_arms_at_the_margin_raise_no_alarm_however_often_one_looks(
    margins: float, users: int, runs: int
) -> None:
    chance = seeded(f"{margins} {users}")
    tuned = worse(Arm(), margins)
    false = sum(first_finding(asked(chance, Arm(), tuned, users)) is not None for _ in range(runs))
    assert false / runs <= PROMISED


HOURS, AN_HOUR = 48, 60

Weather = Callable[[int], Arm]
"""What both arms do in an hour."""


def drifting(hour: int) -> Arm:
    """From its twelfth hour on all is slower and worse, and stays so."""
    late = hour >= 12
    return Arm(quality=0.85 if late else 0.95, seconds=0.7 if late else 0.4)


def with_outages(hour: int) -> Arm:
    """In the second half a third of all that Google is asked fails, three hours of every four."""
    away = 0.3 if hour >= HOURS / 2 and hour % 4 else 0.0
    return Arm(slow=0.05 + away, failed=0.02 + away, let_down=0.02 + away)


def in_stages(chance: Random, weather: Weather, splits: list[int]) -> Iterator[Answers]:
    """Two identical arms, each split for its part of the hours; a few heavy users ask half of all."""
    people = [(chance.random(), chance.gauss(0, 0.05)) for _ in range(AN_HOUR * HOURS)]
    for hour in range(HOURS):
        split = splits[hour * len(splits) // HOURS]
        for request in range(AN_HOUR):
            user = chance.randrange(12) if request % 2 else chance.randrange(len(people))
            yield met(chance, weather(hour), user, people[user][0], hour, split, people[user][1])


@pytest.mark.parametrize(
    "splits",
    [[1000], [500, HALF], [500, 2500, HALF, 9000], [HALF, 500, HALF]],
    ids=["10 %", "5 to 50 %", "5 to 25 to 50 to 90 %", "50 to 5 to 50 %"],
)
@pytest.mark.parametrize("weather", [drifting, with_outages])
def test_identical_arms_raise_no_alarm_whatever_the_splits_and_what_befalls_both(
    weather: Weather, splits: list[int]
) -> None:
    false = []
    for seed in range(8):
        known = Evidence()
        for number, answers in enumerate(in_stages(seeded(f"{seed} {splits}"), weather, splits)):
            known.take(answers)
            if number % 20 == 0 and any(each.found for each in known.compare(answers.hour).values()):
                false.append(seed)
                break
    assert not false


def test_an_outage_of_both_of_which_few_of_base_hear_since_it_is_not_asked_raises_no_alarm() -> None:
    """The breaker of base, with nineteen times the traffic, opens at once: few of its failures count."""
    for seed in range(6):
        chance, known = seeded(seed), Evidence()
        for user in range(6000):
            outage = user % 600 >= 500
            tuned = chance.random() < 0.05
            counts = not outage or tuned or chance.random() < 0.05
            failed = outage if counts else None
            known.take(Answers(user=user, tuned=tuned, hour=user // 60, split=500, failed=failed))
            assert user % 20 or not known.compare(user // 60)[evidence.ERRORS].found


@pytest.mark.parametrize(
    ("name", "tuned", "most"),
    [
        (evidence.RATINGS, Arm(disliked=0.6), 300),
        (evidence.SLOW, Arm(slow=0.4), 220),
        (evidence.LATENCY, Arm(seconds=2.4), 100),
        (evidence.ERRORS, Arm(failed=0.35), 220),
        (evidence.UNANSWERED, Arm(unanswered=0.35), 220),
        (evidence.FALLBACKS, Arm(let_down=0.4), 220),
        (evidence.QUALITY, Arm(quality=0.75), 150),
    ],
)
def test_an_arm_that_is_really_worse_is_found_within_a_sensible_number_of_users(
    name: str, tuned: Arm, most: int
) -> None:
    needed = []
    for seed in range(9):
        users, found = first_finding(asked(seeded(seed), Arm(), tuned, 700)) or (math.inf, [name])
        assert found == [name]
        needed.append(users)
    median = sorted(needed)[4]
    assert median <= most, f"{name}: {median:.0f} users of both arms together, in the median"


@pytest.mark.parametrize(("split", "most"), [(500, 400), (1000, 250), (2500, 100), (HALF, 60)])
def test_a_model_that_is_dead_is_found_at_any_split(split: int, most: int) -> None:
    needed = []
    for seed in range(9):
        chance = seeded(f"{seed} {split}")
        known = first_finding(asked(chance, Arm(), replace(Arm(), failed=1.0), 3 * most, split))
        needed.append(known[0] if known else math.inf)
    median = sorted(needed)[4]
    assert median <= most, f"{split / 100:g} %: {median:.0f} users of both arms together, in the median"


def worth(bet: evidence.Bet, values: tuple[float, ...], tuned: int) -> list[float]:
    """What a bet makes of a stake on average over all choices of the tuned users, for each tilt."""
    choices = list(itertools.combinations(range(WINDOW), tuned))
    changes = [bet([(user in chosen, value) for user, value in enumerate(values)]) for chosen in choices]
    return [sum(map(math.exp, each)) / len(choices) for each in zip(*changes, strict=True)]


@pytest.mark.parametrize("tuned", range(1, WINDOW))
def test_of_identical_arms_no_bet_gains_on_average_whatever_the_neighbours_met(tuned: int) -> None:
    chance = seeded(tuned)
    for _ in range(20):
        values = tuple(chance.random() ** 3 for _ in range(WINDOW))
        waits = tuple(chance.choice([300.0, 900.0, chance.expovariate(0.001)]) for _ in range(WINDOW))
        shares = tuple(float(chance.random() < 0.4) for _ in range(WINDOW))
        gains = worth(evidence._on_quality, values, tuned) + worth(evidence._on_waits, waits, tuned)
        gains += worth(lambda window: evidence._on_shares(window, 0.02), shares, tuned)
        assert max(gains) <= 1 + 1e-9


@pytest.mark.parametrize(("tuned", "margin"), [*itertools.product((1, 3, 5), (0.02, 0.05))])
def test_no_shares_that_the_margin_allows_gain_on_average(tuned: int, margin: float) -> None:
    """Each user has a share of its own, as in a window in which an outage begins."""
    chance = seeded(f"{tuned} {margin}")
    choices = list(itertools.combinations(range(WINDOW), tuned))
    outcomes = list(itertools.product((0, 1), repeat=WINDOW))
    for _ in range(8):
        shares = [chance.choice([0.0, 1.0, 1 - margin, chance.random()]) for _ in range(WINDOW)]
        gains = [0.0] * len(evidence.SHARE_TILTS)
        for chosen, outcome in itertools.product(choices, outcomes):
            each = [min(1.0, share + margin * (user in chosen)) for user, share in enumerate(shares)]
            likely = math.prod(share if bad else 1 - share for share, bad in zip(each, outcome, strict=True))
            window = [(user in chosen, float(bad)) for user, bad in enumerate(outcome)]
            if likely:
                bets = evidence._on_shares(window, margin)
                gains = [gain + likely * math.exp(bet) for gain, bet in zip(gains, bets, strict=True)]
        assert max(gains) / len(choices) <= 1 + 1e-9, shares


def test_answers_that_are_as_good_on_average_raise_no_alarm_however_much_more_they_vary() -> None:
    for seed in range(6):
        chance, known = seeded(seed), Evidence()
        for user in range(1200):
            tuned = chance.random() < 0.5
            quality = chance.choice([0.4, *[0.956] * 9]) if tuned else chance.gauss(0.9, 0.03)
            known.take(Answers(user=user, tuned=tuned, hour=0, split=HALF, quality=min(quality, 1.0)))
            assert user % WINDOW or not known.compare(0)[evidence.QUALITY].found


def test_users_of_two_splits_are_no_neighbours() -> None:
    """While a release goes on, pods of both splits answer."""
    known = Evidence()
    for user in range(300):
        late = user % 2 == 0
        known.take(Answers(user=user, tuned=late, hour=0, split=HALF if late else 500, failed=late))
    compared = known.compare(0)[evidence.ERRORS]
    assert (compared.found, compared.base, compared.tuned) == (False, 150, 150)


def test_a_user_counts_once_however_much_is_asked() -> None:
    known = Evidence()
    for _ in range(500):
        known.take(Answers(user="heavy", tuned=True, hour=0, split=HALF, bad_rating=True))
    for number in range(40):
        known.take(Answers(user=number, tuned=False, hour=0, split=HALF, bad_rating=False))
    compared = known.compare(0)[evidence.RATINGS]
    assert (compared.base, compared.tuned, compared.found) == (40, 1, False)


def test_a_model_that_breaks_in_the_tenth_day_is_found_within_the_hour_and_forgotten_two_days_later() -> None:
    known = Evidence()
    for hour, user in itertools.product(range(240), range(20)):
        tuned = user % 2 == 0
        known.take(Answers(user=user, tuned=tuned, hour=hour, split=HALF, failed=False, let_down=False))
    assert not any(comparison.found for comparison in known.compare(239).values())
    for user in range(100, 180):
        broken = user % 2 == 0
        known.take(Answers(user=user, tuned=broken, hour=240, split=HALF, failed=broken, let_down=broken))
    assert {name for name, comparison in known.compare(240).items() if comparison.found} == {
        evidence.ERRORS,
        evidence.FALLBACKS,
    }
