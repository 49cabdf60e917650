"""Simulated experiments: users meet two models, and the gate looks after every hundred requests."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from finrisk_ops.gate.rules import Rules
from finrisk_ops.gate.verdict import HOLD, Verdict, decide

LOOK = 100
"""Requests between two looks."""
SHARES = ("errors", "unanswered", "slow", "wrong_figures")
SPREAD = 0.12
"""Standard deviation of the quality of answers."""
RULES = Rules(days=0)
ASKED_AT = "2026-11-29T12:00:00+00:00"


@dataclass(frozen=True)
class Model:
    """How a model answers: shares of requests, and a mean quality."""

    errors: float = 0.02
    unanswered: float = 0.02
    slow: float = 0.05
    wrong_figures: float = 0.03
    quality: float = 0.8

    def worse(self, **by: float) -> Model:
        """The same model, worse in what is named."""
        signs = {name: -amount if name == "quality" else amount for name, amount in by.items()}
        return replace(self, **{name: getattr(self, name) + amount for name, amount in signs.items()})


@dataclass(frozen=True)
class People:
    """Users who return: their number, how unlike their zeal is, and how alike one user's requests are."""

    users: int = 1500
    zeal: float = 1.0
    """Standard deviation of the logarithm of how often a user asks."""
    likeness: float = 0.05
    """Of one user's failures, as intraclass correlation; of quality four times that."""


@dataclass(frozen=True)
class Experiment:
    """Two models and the users who meet them; without ``people`` each request is another user's."""

    tuned: Model = field(default_factory=Model)
    base: Model = field(default_factory=Model)
    stages: Sequence[tuple[float, int]] = ((0.5, 6000),)
    """Split and requests of each stage."""
    people: People | None = None
    drift: float = 0.0
    """By how much both models fail more at the end than at the beginning."""
    fallen: Mapping[str, float] = field(default_factory=dict)
    """By metric the share of the tuned arm's regulars who always meet the worst."""
    lost: float = 0.0
    """The share of the tuned arm's users who are lost."""

    @property
    def requests(self) -> int:
        """Of all stages."""
        return sum(requests for _, requests in self.stages)


@dataclass(frozen=True)
class End:
    """How an experiment ended, and after how many requests."""

    requests: int
    gate: Verdict

    @property
    def verdict(self) -> str:
        """Promote, roll back, or hold until the end."""
        verdict: str = self.gate.verdict
        return verdict


def run(experiment: Experiment, seed: float | str, rules: Rules = RULES) -> End:
    """Return the first verdict but hold, or the last."""
    end = None
    for asked, evidence in looks(experiment, Random(seed)):  # noqa: S311 - a simulation
        end = End(asked, decide(evidence, rules))
        if end.verdict != HOLD:
            break
    assert end is not None
    return end


def looks(experiment: Experiment, chance: Random) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the requests so far and the evidence, look by look."""
    crowd = Strangers(chance) if experiment.people is None else Regulars(chance, experiment.people)
    asked, stages = 0, []
    for number, (split, requests) in enumerate(experiment.stages):
        crowd.begin()
        stages.append(_stage(number, split))
        for _ in range(requests // LOOK):
            drift = experiment.drift * asked / experiment.requests
            crowd.ask(experiment, split, drift)
            asked += LOOK
            stages[-1]["arms"] = crowd.arms()
            yield (
                asked,
                {
                    "experiment": "simulated",
                    "asked_at": ASKED_AT,
                    "present_rate": {"requests_per_day": 300.0, "users_per_day": 300.0},
                    "stages": stages,
                },
            )


def _stage(number: int, split: float) -> dict[str, Any]:
    moments = {"since": "2026-11-01T00:00:00+00:00", "until": None, "first": ASKED_AT, "last": ASKED_AT}
    return {"revision": f"r{number:04d}-00000000", "split": split, "arms": {}, **moments}


class Strangers:
    """Users who ask once, drawn by their sums: as fast as many runs need."""

    def __init__(self, chance: Random) -> None:
        """Begin before the first stage."""
        self._chance = chance

    def begin(self) -> None:
        """Begin a stage."""
        self._arms = {
            arm: {"users": 0, "quality": [0.0, 0.0], **dict.fromkeys(SHARES, 0)} for arm in ("base", "tuned")
        }

    def ask(self, experiment: Experiment, split: float, drift: float) -> None:
        """Let as many ask as come between two looks."""
        tuned = binomial(self._chance, LOOK, split)
        for arm, model, users in (
            ("base", experiment.base, LOOK - tuned),
            ("tuned", experiment.tuned, tuned),
        ):
            kept = users - binomial(self._chance, users, experiment.lost) if arm == "tuned" else users
            sums: Any = self._arms[arm]
            sums["users"] += kept
            for name in SHARES:
                sums[name] += binomial(self._chance, kept, getattr(model, name) + drift * (name == "errors"))
            for _ in range(kept):
                value = _quality(self._chance, model.quality, SPREAD)
                sums["quality"][0] += value
                sums["quality"][1] += value * value

    def arms(self) -> dict[str, Any]:
        """Return both arms of this stage as evidence."""
        return {arm: _strangers(sums) for arm, sums in self._arms.items()}


def _strangers(sums: Mapping[str, Any]) -> dict[str, Any]:
    users = sums["users"]
    metrics = {name: _metric(users, sums[name], sums[name], users, {}) for name in SHARES}
    metrics["quality"] = _metric(users, sums["quality"][0], sums["quality"][1], users, {})
    return {"users": users, "requests": users, "fallbacks": 0, "cost": None, "metrics": metrics}


class Regulars:
    """Users who return, in later stages too, each with habits of their own."""

    def __init__(self, chance: Random, people: People) -> None:
        """Draw the users."""
        self._chance, self._people = chance, people
        users = range(people.users)
        self._zeal = list(accumulate(math.exp(chance.gauss(0, people.zeal)) for _ in users))
        self._place = [chance.random() for _ in users]
        self._luck = [{name: chance.random() for name in SHARES} for _ in users]
        self._fate = [chance.random() for _ in users]
        self._taste = [chance.gauss(0, SPREAD * math.sqrt(4 * people.likeness)) for _ in users]
        self._past: list[dict[int, User]] = []
        self._present: dict[int, User] = {}
        self._sums: dict[str, ArmSums] = {}

    def begin(self) -> None:
        """Begin a stage: who comes again is compared with the stages before."""
        if self._present:
            self._past.append(self._present)
        self._present = {}
        self._sums = {arm: ArmSums(len(self._past)) for arm in ("base", "tuned")}

    def ask(self, experiment: Experiment, split: float, drift: float) -> None:
        """Let as many ask as come between two looks."""
        chance = self._chance
        for user in chance.choices(range(self._people.users), cum_weights=self._zeal, k=LOOK):
            arm = "tuned" if self._place[user] < split else "base"
            model = experiment.tuned if arm == "tuned" else experiment.base
            values = [
                float(
                    chance.random()
                    < _habit(getattr(model, name) + drift * (name == "errors"), self._people, luck)
                )
                for name, luck in self._luck[user].items()
            ]
            spread = SPREAD * math.sqrt(1 - 4 * self._people.likeness)
            values.append(_quality(chance, model.quality + self._taste[user], spread))
            if arm == "tuned":
                for name, share in experiment.fallen.items():
                    if self._fate[user] < share:
                        values[METRICS.index(name)] = 0.0 if name == "quality" else 1.0
            if user not in self._present:
                earlier = [stage.get(user) for stage in self._past]
                old = [None if one is None or one.arm != arm else one.means for one in earlier]
                self._present[user] = User(arm, old)
                self._sums[arm].welcome(old)
            self._sums[arm].take(self._present[user], values)

    def arms(self) -> dict[str, Any]:
        """Return both arms of this stage as evidence."""
        totals = {arm: [_totals(stage, arm) for stage in self._past] for arm in self._sums}
        return {arm: sums.evidence(totals[arm]) for arm, sums in self._sums.items()}


METRICS = (*SHARES, "quality")


@dataclass
class User:
    """What one user met in one stage, by metric, and the user's means of earlier stages in the same arm."""

    arm: str
    earlier: list[list[float] | None]
    requests: int = 0
    means: list[float] = field(default_factory=lambda: [0.0] * len(METRICS))


class ArmSums:
    """The sums of an arm in a stage, kept up request by request."""

    def __init__(self, earlier: int) -> None:
        """Begin with as many earlier stages."""
        self.users = self.requests = 0
        self.sums, self.squares, self.events = ([0.0] * len(METRICS) for _ in range(3))
        self.both = [0] * earlier
        self.new, self.old, self.products = ([[0.0] * len(METRICS) for _ in range(earlier)] for _ in range(3))

    def welcome(self, earlier: Sequence[Sequence[float] | None]) -> None:
        """Count a user's first request."""
        self.users += 1
        for stage, means in enumerate(earlier):
            if means is not None:
                self.both[stage] += 1
                for metric, mean in enumerate(means):
                    self.old[stage][metric] += mean

    def take(self, user: User, values: Sequence[float]) -> None:
        """Move a user's means by one request."""
        self.requests += 1
        user.requests += 1
        for metric, value in enumerate(values):
            before = user.means[metric]
            change = (value - before) / user.requests
            user.means[metric] = before + change
            self.sums[metric] += change
            self.squares[metric] += change * (2 * before + change)
            self.events[metric] += value
            for stage, means in enumerate(user.earlier):
                if means is not None:
                    self.new[stage][metric] += change
                    self.products[stage][metric] += change * means[metric]

    def evidence(self, earlier: Sequence[tuple[int, list[float]]]) -> dict[str, Any]:
        """Return it as evidence; ``earlier`` are users and sums of the same arm in the stages before."""
        metrics = {}
        for place, name in enumerate(METRICS):
            mean, shared = self.sums[place] / max(self.users, 1), {}
            for stage, (users, sums) in enumerate(earlier):
                old, both = sums[place] / max(users, 1), self.both[stage]
                products = self.products[stage][place] - mean * self.old[stage][place]
                products += both * mean * old - old * self.new[stage][place]
                shared[f"r{stage:04d}-00000000"] = {"users": both, "products": products}
            metrics[name] = _metric(self.users, self.sums[place], self.squares[place], self.requests, shared)
        return {
            "users": self.users,
            "requests": self.requests,
            "fallbacks": 0,
            "cost": None,
            "metrics": metrics,
        }


def _totals(stage: Mapping[int, User], arm: str) -> tuple[int, list[float]]:
    members = [user for user in stage.values() if user.arm == arm]
    return len(members), [sum(user.means[place] for user in members) for place in range(len(METRICS))]


def _metric(
    users: int, total: float, squares: float, requests: int, shared: dict[str, Any]
) -> dict[str, Any]:
    own = {"users": users, "sum": total, "squares": squares, "requests": requests, "events": total}
    return {**own, "shared": shared}


def _habit(share: float, people: People, luck: float) -> float:
    """Return one user's own share: some never meet it, the others all the more often.

    Where a share c of the users can meet it, each with p / c, the intraclass correlation is
    p (1 / c - 1) / (1 - p).
    """
    if people.likeness == 0 or share == 0:
        return share
    concerned = max(1 / (1 + people.likeness * (1 - share) / share), share)
    return share / concerned if luck < concerned else 0.0


def _quality(chance: Random, mean: float, spread: float) -> float:
    return min(max(chance.gauss(mean, spread), 0.0), 1.0)


def binomial(chance: Random, n: int, share: float) -> int:
    """Return how many of n it meets, each with this chance."""
    return bisect_left(_table(n, round(share, 5)), chance.random()) if n and share else 0


@cache
def _table(n: int, share: float) -> list[float]:
    """Return the chances of at most 0, 1, ... n."""
    return [*accumulate(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n)), 1.0]
