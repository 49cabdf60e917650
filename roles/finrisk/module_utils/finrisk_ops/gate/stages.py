"""One metric over the stages of an experiment: each stage compares only what it drew itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from .sample import Return, Sample

FEWEST_USERS = 30
"""Users an arm with whom a mean is taken for normal: a stage with fewer is left to the exact bets."""


@dataclass(frozen=True)
class Stage:
    """Both arms of one stage, which is one revision."""

    revision: str
    base: Sample
    tuned: Sample

    @property
    def weight(self) -> float:
        """The weight of the stage: users alone give it, so that what they met cannot lean it.

        Cochran, Some methods for strengthening the common chi-square tests, Biometrics 10, 1954. Pooling
        users of stages instead takes a change of the days for one of the model: Simpson's paradox.
        """
        return self.tuned.users * self.base.users / (self.tuned.users + self.base.users)


@dataclass(frozen=True)
class Difference:
    """The mean loss of the tuned arm less base's, over all stages that are large enough."""

    stages: tuple[Stage, ...]

    @property
    def base(self) -> float:
        """Base's mean, each stage with its weight."""
        return self._mean([stage.base.mean for stage in self.stages])

    @property
    def tuned(self) -> float:
        """The tuned arm's mean, with the same weights."""
        return self._mean([stage.tuned.mean for stage in self.stages])

    @property
    def estimate(self) -> float:
        """Tuned less base: above 0 the tuned arm is worse."""
        return self.tuned - self.base

    def variance(self, margin: float | None = None) -> float:
        """Return the variance of the estimate; with ``margin`` as it is where tuned is worse by just that.

        A user who returns in a later stage keeps the arm and the habits, so stages are not independent: the
        covariance of two means is the sum of products over who was in both, over the users of both (Cameron
        and Miller, A practitioner's guide to cluster-robust inference, 2015, formula 11). Users of base who
        became tuned are left out of it: what they add lowers the variance of a difference.
        """
        spreads = [(stage, _spreads(stage, margin)) for stage in self.stages]
        total = sum(stage.weight**2 * sum(spread**2 / n for n, spread, _ in arms) for stage, arms in spreads)
        for (old, old_arms), (new, new_arms) in combinations(spreads, 2):
            for (old_n, old_spread, old_arm), (new_n, new_spread, new_arm) in zip(
                old_arms, new_arms, strict=True
            ):
                alike = _likeness(old.revision, old_arm, new.revision, new_arm)
                total += 2 * old.weight * new.weight * alike * old_spread * new_spread / (old_n * new_n)
        return total / sum(stage.weight for stage in self.stages) ** 2

    def _mean(self, means: Sequence[float]) -> float:
        weights = [stage.weight for stage in self.stages]
        return sum(w * mean for w, mean in zip(weights, means, strict=True)) / sum(weights)


def difference(stages: Sequence[Stage]) -> Difference | None:
    """Return the difference over the stages with users enough; None without any."""
    large = tuple(stage for stage in stages if min(stage.base.users, stage.tuned.users) >= FEWEST_USERS)
    return Difference(large) if large else None


def _spreads(stage: Stage, margin: float | None) -> list[tuple[int, float, Sample]]:
    """Return users, standard deviation and sample of base and of tuned."""
    tuned = stage.tuned.cautious_variance
    if margin is not None:
        tuned = max(tuned, stage.base.variance_if_worse(margin))
    variances = ((stage.base, stage.base.cautious_variance), (stage.tuned, tuned))
    return [(arm.users, math.sqrt(variance), arm) for arm, variance in variances]


def _likeness(one: str, first: Sample, other: str, second: Sample) -> float:
    """Return how many users of a stage came in the other too, times how alike they were in both (0..1).

    The later one of the two stages says it, by the revision of the earlier one.
    """
    if second.returns is None:
        return min(first.users, second.users)
    shared = second.returns.get(one) or (first.returns or {}).get(other) or Return(0, 0.0)
    spread = math.sqrt(first.variance * second.variance)
    if spread == 0.0:
        return shared.users
    return min(max(shared.products / spread, 0.0), shared.users)
