"""Whether the tuned arm is worse than base by more than a margin, at whatever moment somebody looks.

A page that is read again and again finds by chance, sooner or later, what a test for one look calls
significant. What stands here is a bet against "the tuned arm is not worse": while that holds, its stake is at
any time multiplied by N with a chance of at most 1 in N, however often one looks (Ville, Etude critique de la
notion de collectif, 1939). Such a stake is an e-process; it is a finding when it reaches ``NEEDED``.

- Users are the units, since one user's requests are alike: of each user the first answer that counts, once in
  a block of time. Blocks are the experiment, a day and an hour: what begins on the tenth day is seen too.
- Shares (bad ratings, slow, failed, unanswered, answered by base): the likelihood under a Beta(1/2, 1/2)
  mixture over that of the best pair of shares that the margin allows. Robbins, Statistical Methods Related to
  the Law of the Iterated Logarithm, 1970, for the mixture; Wasserman, Ramdas and Balakrishnan, Universal
  Inference, PNAS 117, 2020, for the best of what is allowed.
- Means of something in 0..1 (quality), and which of two answers takes longer: bets on pairs of users, one of
  each arm in the order in which they came. Waudby-Smith and Ramdas, Estimating means of bounded random
  variables by betting, JRSS B 86, 2024.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

ALPHA = 0.01
"""The chance of any false finding in the life of an experiment; each comparison has an equal part of it."""

RATINGS, SLOW, LATENCY, ERRORS, UNANSWERED, FALLBACKS, QUALITY = COMPARISONS = (
    "ratings",
    "slow",
    "latency",
    "errors",
    "unanswered",
    "fallbacks",
    "quality",
)
NEEDED = len(COMPARISONS) / ALPHA
"""The e-value at which a comparison is a finding."""

MARGINS = {RATINGS: 0.05, SLOW: 0.03, ERRORS: 0.02, UNANSWERED: 0.02, QUALITY: 0.02}
"""Differences up to these are no finding: shares of users, and of 1 for the mean quality."""

FALLBACK_LIMIT = 0.05
"""The share of users of the tuned arm whom base may have to answer: base has none to compare with."""

SLOWER, SLOWER_MS = 1.2, 100.0
"""An answer takes longer than another when it takes this many times as long, and this much longer."""

BLOCKS = {"experiment": (None, 0.5), "day": (24, 0.25), "hour": (1, 0.25)}
"""Blocks of time with their hours and their part of the stake; of part the n-th has 1 / (n (n + 1))."""

BETS = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95)
"""Parts of what may be put on one pair, in equal stakes."""


@dataclass(frozen=True)
class Answers:
    """What one user met with one request of an experiment; None where it does not count."""

    user: Hashable
    tuned: bool
    hour: int  # whole hours since the experiment began
    bad_rating: bool | None = None
    slow: bool | None = None
    milliseconds: float | None = None
    failed: bool | None = None
    unanswered: bool | None = None
    fell_back: bool | None = None
    quality: float | None = None


@dataclass(frozen=True)
class Comparison:
    """How much speaks against the tuned arm, and the users of each arm on whom that rests."""

    e_value: float
    base: int
    tuned: int

    @property
    def found(self) -> bool:
        """Whether it is worse, with the promised chance of an error."""
        return self.e_value >= NEEDED

    def content(self) -> dict[str, float | int | bool]:
        """Return it as JSON."""
        e_value = float(f"{min(self.e_value, 1e9):.3g}")
        return {
            "e_value": e_value,
            "needed": NEEDED,
            "found": self.found,
            "base": self.base,
            "tuned": self.tuned,
        }


class Test(Protocol):
    """A bet on one comparison in one block of time."""

    def take(self, tuned: bool, value: float) -> None:
        """Take in what the next user met."""

    def log_e(self) -> float:
        """Return the natural logarithm of the e-value."""


@dataclass
class Shares:
    """A bet that the share of users who meet something bad is above that of base by more than the margin."""

    margin: float
    users: list[int] = field(default_factory=lambda: [0, 0])  # of base, of tuned
    bad: list[int] = field(default_factory=lambda: [0, 0])

    def take(self, tuned: bool, value: float) -> None:
        """Take in whether the next user met it."""
        self.users[tuned] += 1
        self.bad[tuned] += bool(value)

    def log_e(self) -> float:
        """Return the natural logarithm of the e-value."""
        (base, tuned), (base_bad, tuned_bad) = self.users, self.bad
        if not base or not tuned:
            return 0.0
        null = _best(base, base_bad, tuned, tuned_bad, self.margin)
        return _mixture(base, base_bad) + _mixture(tuned, tuned_bad) - null


@dataclass
class Limit:
    """A bet that the share of the tuned arm's users who meet something bad is above a limit."""

    limit: float
    users: int = 0
    bad: int = 0

    def take(self, tuned: bool, value: float) -> None:
        """Take in whether the next user of the tuned arm met it."""
        self.users += tuned
        self.bad += tuned and bool(value)

    def log_e(self) -> float:
        """Return the natural logarithm of the e-value."""
        if not self.users:
            return 0.0
        share = min(self.bad / self.users, self.limit)
        return _mixture(self.users, self.bad) - _likelihood(self.users, self.bad, share)


@dataclass
class Pairs:
    """A bet that ``difference`` of a base and a tuned user, in -1..1, is above the margin on average."""

    difference: Callable[[float, float], float]
    margin: float
    waiting: tuple[deque[float], deque[float]] = field(default_factory=lambda: (deque(), deque()))
    logs: list[float] = field(default_factory=lambda: [0.0] * len(BETS))

    def take(self, tuned: bool, value: float) -> None:
        """Take in what the next user met, and bet when a user of the other arm waits."""
        self.waiting[tuned].append(value)
        if all(self.waiting):
            base, other = (values.popleft() for values in self.waiting)
            gain = (self.difference(base, other) - self.margin) / (1 + self.margin)
            self.logs = [log + math.log1p(bet * gain) for log, bet in zip(self.logs, BETS, strict=True)]

    def log_e(self) -> float:
        """Return the natural logarithm of the e-value."""
        most = max(self.logs)
        return most + math.log(sum(math.exp(log - most) for log in self.logs) / len(BETS))


class Block:
    """A stretch of time in which every user counts once for each comparison, with the first answer."""

    def __init__(self) -> None:
        """Begin without a user."""
        self.tests: dict[str, Test] = {
            name: Shares(MARGINS[name]) for name in (RATINGS, SLOW, ERRORS, UNANSWERED)
        }
        self.tests[FALLBACKS] = Limit(FALLBACK_LIMIT)
        self.tests[QUALITY] = Pairs(lambda base, tuned: base - tuned, MARGINS[QUALITY])
        self.tests[LATENCY] = Pairs(_takes_longer, 0.0)
        self.users: dict[str, dict[Hashable, bool]] = {name: {} for name in COMPARISONS}

    def take(self, user: Hashable, tuned: bool, values: Sequence[tuple[str, float]]) -> None:
        """Take in what a user met, by comparison; what the user met first counts."""
        for name, value in values:
            known = self.users[name]
            if user not in known:
                known[user] = tuned
                self.tests[name].take(tuned, value)


class Evidence:
    """What speaks against the tuned arm so far: the experiment as a whole, and of late."""

    def __init__(self) -> None:
        """Begin before the first answer."""
        self._blocks: dict[str, dict[int, Block]] = {name: {} for name in BLOCKS}

    def take(self, answers: Answers) -> None:
        """Take in answers; those of an earlier hour come first."""
        values = _values(answers)
        for name, (hours, _) in BLOCKS.items():
            number = answers.hour // hours if hours else 0
            blocks = self._blocks[name]
            if number not in blocks:
                blocks[number] = Block()
                for old in [other for other in blocks if other < number - 1]:
                    del blocks[old]
            blocks[number].take(answers.user, answers.tuned, values)

    def compare(self, hour: int) -> dict[str, Comparison]:
        """Return how much speaks against the tuned arm ``hour`` whole hours after the experiment began.

        Of days and hours the one that runs and the one before count; leaving out the others only takes
        something away from the stake.
        """
        result = {}
        [whole] = self._blocks["experiment"].values() or [Block()]
        for name in COMPARISONS:
            stake = sum(part * self._stake(scale, name, hour) for scale, (_, part) in BLOCKS.items())
            arms = list(whole.users[name].values())
            result[name] = Comparison(stake, arms.count(False), arms.count(True))
        return result

    def _stake(self, scale: str, name: str, hour: int) -> float:
        hours, _ = BLOCKS[scale]
        if hours is None:
            return sum(_exp(block.tests[name].log_e()) for block in self._blocks[scale].values())
        newest = hour // hours
        return sum(
            _exp(block.tests[name].log_e() - math.log((number + 1) * (number + 2)))
            for number, block in self._blocks[scale].items()
            if newest - 1 <= number <= newest
        )


def _values(answers: Answers) -> list[tuple[str, float]]:
    """Return by comparison what counts of the answers."""
    values = (
        (RATINGS, answers.bad_rating),
        (SLOW, answers.slow),
        (LATENCY, answers.milliseconds),
        (ERRORS, answers.failed),
        (UNANSWERED, answers.unanswered),
        (FALLBACKS, answers.fell_back if answers.tuned else None),
        (QUALITY, answers.quality),
    )
    return [(name, value) for name, value in values if value is not None]


def _takes_longer(base: float, tuned: float) -> float:
    """Return 1 when the tuned answer takes longer, else -1: of equal arms at most half of the pairs do."""
    return 1.0 if tuned > SLOWER * base and tuned > base + SLOWER_MS else -1.0


def _exp(log: float) -> float:
    return math.exp(min(log, 700.0))


def _mixture(users: int, bad: int) -> float:
    """Return the logarithm of the chance of these outcomes, in their order, under Beta(1/2, 1/2)."""
    return (
        math.lgamma(bad + 0.5) + math.lgamma(users - bad + 0.5) - math.lgamma(users + 1) - math.log(math.pi)
    )


def _likelihood(users: int, bad: int, share: float) -> float:
    """Return the logarithm of the chance of these outcomes, in their order, under a share."""
    good = users - bad
    log = bad * math.log(share) if bad else 0.0
    return log + (good * math.log1p(-share) if good else 0.0)


def _best(base: int, base_bad: int, tuned: int, tuned_bad: int, margin: float) -> float:
    """Return the logarithm of the largest chance that shares which the margin allows give the outcomes."""
    if tuned_bad / tuned <= base_bad / base + margin:
        return _likelihood(base, base_bad, base_bad / base) + _likelihood(tuned, tuned_bad, tuned_bad / tuned)
    low, high = max(base_bad / base, 0.0), min(tuned_bad / tuned - margin, 1.0 - margin)
    for _ in range(50):  # the slope falls from left to right: halve until it is 0
        share = (low + high) / 2
        other = share + margin
        slope = base_bad / share - (base - base_bad) / (1 - share) + tuned_bad / other
        slope -= (tuned - tuned_bad) / (1 - other) if tuned > tuned_bad else 0.0
        low, high = (share, high) if slope > 0 else (low, share)
    share = (low + high) / 2
    return _likelihood(base, base_bad, share) + _likelihood(tuned, tuned_bad, share + margin)
