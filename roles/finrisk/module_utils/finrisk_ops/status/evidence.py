"""Whether the tuned arm is worse than base by more than a margin, at whatever moment somebody looks.

A page that is read again and again finds by chance, sooner or later, what a test for one look calls
significant. What stands here is a bet against "the tuned arm is not worse": while that holds, its stake is at
any time multiplied by N with a chance of at most 1 in N, however often one looks (Ville, Etude critique de la
notion de collectif, 1939). Such a stake is an e-process; it is a finding when it reaches ``NEEDED``.

Only neighbours are compared: users of one split who came one after the other, ``WINDOW`` of them at a time.
Given what they would meet in either arm, and how many of them are tuned, every choice of the tuned ones has
the same chance. That the days differ, that an outage hits both arms, or that more users become tuned, changes
nothing of that; it is all that is assumed:

- The arm is a hash of the user with the experiment's salt: it says nothing of the user, the time, the order.
  Whether an answer counts (is rated, say) may depend on the arm, but not on who is whose neighbour.
- A user counts once in a block, with the first answer that counts: one user's requests are alike. Who counted
  stays counted: a rating that is changed later, or moves a quality, is a look at other data.
- "Not worse" is said of each user at each time: something bad is more probable in the tuned arm by the margin
  at most; quality with the margin added, and the wait less what ``Answers`` calls longer, are no worse in
  distribution. Arms may be as different from one hour to the next as they like.

A bet is an exponential tilt of what the tuned ones of a window met, over its mean of all choices of the tuned
ones (Pitman, Significance tests which may be applied to samples from any populations, 1937, for the choices;
Ramdas, Gruenwald, Vovk and Shafer, Game-theoretic statistics and safe anytime-valid inference, Statistical
Science 38, 2023, for products of such). Where shares have a margin it is divided by the most that the margin
can make of it, see ``_most``.

Blocks are a split of the experiment, of a day and of an hour: what begins on the tenth day is seen too. They
share the stake, and the largest part is what counts: the chances of the parts add up whether or not they
depend on each other, and those who return in the next stage, in the same arm, do depend.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..gate import rules

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

MARGINS = {
    RATINGS: rules.MARGINS["feedback"],
    SLOW: rules.MARGINS["slow"],
    ERRORS: rules.MARGINS["errors"],
    UNANSWERED: rules.MARGINS["unanswered"],
    FALLBACKS: 0.05,
}
"""Differences of shares of users up to these are no finding."""

QUALITY_MARGIN = rules.MARGINS["quality"]
"""The same of quality, which is in 0..1."""

SLOWER, SLOWER_MS = 1.2, 100.0
"""An answer takes longer than another when it takes this many times as long, and this much longer."""

BLOCKS = {"experiment": (None, 0.5), "day": (24, 0.25), "hour": (1, 0.25)}
"""Blocks with their hours and their part of the stake; the n-th to begin has 1 / (n (n + 1)) of it."""

WINDOW = 6
"""Users who are compared with each other."""

SHARE_TILTS, WAIT_TILTS, QUALITY_TILTS = (0.7, 1.6, 3.0), (1.0, 3.0, 8.0), (3.0, 9.0, 27.0)
"""How much a bad user among the tuned ones is bet on, in equal stakes; waits are ranks, scaled to 0..1."""


@dataclass(frozen=True)
class Answers:
    """What one user met with one request of an experiment; None where it does not count."""

    user: Hashable
    tuned: bool
    hour: int  # whole hours since the experiment began
    split: int  # in buckets: the stage in which the arm was drawn
    bad_rating: bool | None = None
    slow: bool | None = None
    milliseconds: float | None = None
    failed: bool | None = None
    unanswered: bool | None = None
    let_down: bool | None = None  # its own model gave no answer, asked or not
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


Bet = Callable[[Sequence[tuple[bool, float]]], Sequence[float]]
"""Logarithms by which the stakes on a window of (tuned, value) change: one for each tilt."""


@dataclass
class Windows:
    """A bet on one comparison in one block, window by window; users who have no window yet do not count."""

    bet: Bet
    tilts: Sequence[float]
    waiting: list[tuple[bool, float]] = field(default_factory=list)
    logs: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing won or lost."""
        self.logs = [0.0] * len(self.tilts)

    def take(self, tuned: bool, value: float) -> None:
        """Take in what the next user met."""
        self.waiting.append((tuned, value))
        if len(self.waiting) == WINDOW:
            if 0 < sum(is_tuned for is_tuned, _ in self.waiting) < WINDOW:
                changes = self.bet(self.waiting)
                self.logs = [log + change for log, change in zip(self.logs, changes, strict=True)]
            self.waiting = []

    def log_e(self) -> float:
        """Return the natural logarithm of the e-value."""
        most = max(self.logs)
        return most + math.log(sum(math.exp(log - most) for log in self.logs) / len(self.logs))


def _test(name: str) -> Windows:
    """Return a bet on a comparison that has not begun."""
    if name == QUALITY:
        return Windows(_on_quality, QUALITY_TILTS)
    if name == LATENCY:
        return Windows(_on_waits, WAIT_TILTS)
    return Windows(lambda window: _on_shares(window, MARGINS[name]), SHARE_TILTS)


class Block:
    """A stretch of time at one split, in which every user counts once for each comparison."""

    def __init__(self, place: int) -> None:
        """Begin without a user, as the ``place``-th of its kind, from 1."""
        self.share = 1 / (place * (place + 1))
        self.tests = {name: _test(name) for name in COMPARISONS}
        self._known: dict[str, set[Hashable]] = {name: set() for name in COMPARISONS}

    def take(self, user: Hashable, tuned: bool, values: Sequence[tuple[str, float]]) -> None:
        """Take in what a user met, by comparison; what the user met first counts."""
        for name, value in values:
            if user not in self._known[name]:
                self._known[name].add(user)
                self.tests[name].take(tuned, value)


class Evidence:
    """What speaks against the tuned arm so far: the experiment as a whole, and of late."""

    def __init__(self) -> None:
        """Begin before the first answer."""
        self._blocks: dict[str, dict[tuple[int, int], Block]] = {scale: {} for scale in BLOCKS}
        self._begun: Counter[str] = Counter()
        self._users: dict[str, tuple[set[Hashable], set[Hashable]]] = {
            name: (set(), set())
            for name in COMPARISONS  # of base, of tuned
        }

    def take(self, answers: Answers) -> None:
        """Take in answers; those of an earlier moment come first."""
        values = _values(answers)
        for name, _ in values:
            self._users[name][answers.tuned].add(answers.user)
        for scale, (hours, _) in BLOCKS.items():
            number = answers.hour // hours if hours else 0
            blocks = self._blocks[scale]
            if (number, answers.split) not in blocks:
                self._begun[scale] += 1
                blocks[number, answers.split] = Block(self._begun[scale])
                for old in [other for other in blocks if other[0] < number - 1]:
                    del blocks[old]
            blocks[number, answers.split].take(answers.user, answers.tuned, values)

    def compare(self, hour: int) -> dict[str, Comparison]:
        """Return how much speaks against the tuned arm ``hour`` whole hours after the experiment began.

        Of days and hours the one that runs and the one before count; leaving out the others only takes
        something away from the stake.
        """
        result = {}
        for name in COMPARISONS:
            stake = max(self._stake(scale, name, hour) for scale in BLOCKS)
            base, tuned = self._users[name]
            result[name] = Comparison(stake, len(base), len(tuned))
        return result

    def _stake(self, scale: str, name: str, hour: int) -> float:
        hours, part = BLOCKS[scale]
        newest = hour // hours if hours else 0
        stakes = [
            part * block.share * _exp(block.tests[name].log_e())
            for (number, _), block in self._blocks[scale].items()
            if newest - 1 <= number <= newest
        ]
        return max(stakes, default=0.0)


def _values(answers: Answers) -> list[tuple[str, float]]:
    """Return by comparison what counts of the answers."""
    values = (
        (RATINGS, answers.bad_rating),
        (SLOW, answers.slow),
        (LATENCY, answers.milliseconds),
        (ERRORS, answers.failed),
        (UNANSWERED, answers.unanswered),
        (FALLBACKS, answers.let_down),
        (QUALITY, answers.quality),
    )
    return [(name, value) for name, value in values if value is not None]


def _on_quality(window: Sequence[tuple[bool, float]]) -> list[float]:
    """Bet on low quality among the tuned ones, each given the margin."""
    bad = [(tuned, 1 - value - QUALITY_MARGIN * tuned) for tuned, value in window]
    return [_tilted(bad, tilt) for tilt in QUALITY_TILTS]


def _on_waits(window: Sequence[tuple[bool, float]]) -> list[float]:
    """Bet on long waits among the tuned ones, each less what does not yet make it longer than another."""
    waits = [(tuned, min(value / SLOWER, value - SLOWER_MS) if tuned else value) for tuned, value in window]
    ranks = [
        (tuned, sum((other < wait) + (other == wait) / 2 for _, other in waits) / WINDOW)
        for tuned, wait in waits
    ]
    return [_tilted(ranks, tilt) for tilt in WAIT_TILTS]


def _on_shares(window: Sequence[tuple[bool, float]], margin: float) -> list[float]:
    """Bet on something bad among the tuned ones."""
    tuned = sum(is_tuned for is_tuned, _ in window)
    bad = sum(bool(value) for _, value in window)
    tuned_bad = sum(is_tuned and bool(value) for is_tuned, value in window)
    return [math.log(_gain(tuned, tuned_bad, bad, tilt) / _most(tuned, margin, tilt)) for tilt in SHARE_TILTS]


def _tilted(window: Sequence[tuple[bool, float]], tilt: float) -> float:
    """Return the logarithm of the tilt of what the tuned ones met, over its mean of all choices of them.

    The sum over all choices is an elementary symmetric polynomial.
    """
    chosen = sum(tuned for tuned, _ in window)
    sums = [1.0] + [0.0] * chosen
    for _, value in window:
        weight = math.exp(tilt * value)
        for size in range(chosen, 0, -1):
            sums[size] += sums[size - 1] * weight
    own = tilt * sum(value for tuned, value in window if tuned)
    return own - math.log(sums[chosen] / math.comb(len(window), chosen))


@cache
def _gain(tuned: int, tuned_bad: int, bad: int, tilt: float) -> float:
    """Return the same of shares: ``tuned_bad`` of the ``bad`` users of a window are among its tuned ones."""
    choices = range(max(0, bad - (WINDOW - tuned)), min(bad, tuned) + 1)
    mean = sum(_choice(WINDOW, bad, tuned, each) * math.exp(tilt * each) for each in choices)
    return math.exp(tilt * tuned_bad) / mean


@cache
def _most(tuned: int, margin: float, tilt: float) -> float:
    """Return the largest mean of ``_gain`` that tuned ones who are worse by the margin can reach.

    A user meets something bad with a chance p in base, and min(p + margin, 1) in the tuned arm. The mean is
    linear in each p from 0 to 1 - margin and from there to 1, so it is largest where each is one of these.
    """
    return max(
        _mean_gain((WINDOW - some - all_, some, all_), tuned, margin, tilt)
        for some in range(WINDOW + 1)
        for all_ in range(WINDOW + 1 - some)
    )


def _mean_gain(users: tuple[int, int, int], tuned: int, margin: float, tilt: float) -> float:
    """Return the mean of ``_gain`` with so many users whose p is 0, 1 - margin and 1."""
    never, nearly, always = users
    mean = 0.0
    for lucky in range(min(never, tuned) + 1):
        for unlucky in range(min(nearly, tuned - lucky) + 1):
            surely = tuned - lucky - unlucky
            if surely > always:
                continue
            chosen = math.comb(never, lucky) * math.comb(nearly, unlucky) * math.comb(always, surely)
            spared = nearly - unlucky  # users of base whom it meets with a chance of 1 - margin
            for hit in range(lucky + 1):
                for met in range(spared + 1):
                    chance = _binomial(lucky, hit, margin) * _binomial(spared, met, 1 - margin)
                    gain = _gain(tuned, hit + unlucky + surely, hit + unlucky + met + always, tilt)
                    mean += chosen * chance * gain
    return mean / math.comb(WINDOW, tuned)


def _choice(users: int, bad: int, tuned: int, tuned_bad: int) -> float:
    """Return the chance that a choice of the tuned ones has so many of the bad ones."""
    return math.comb(bad, tuned_bad) * math.comb(users - bad, tuned - tuned_bad) / math.comb(users, tuned)


def _binomial(users: int, bad: int, share: float) -> float:
    return math.comb(users, bad) * share**bad * (1 - share) ** (users - bad)


def _exp(log: float) -> float:
    return math.exp(min(log, 700.0))
