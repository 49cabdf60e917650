"""Tuned against base by one metric: proven not worse, proven worse, or open."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import betting, mixture
from .rules import Rules
from .stages import Difference, Stage, difference

BETTER, NOT_WORSE, WORSE, OPEN, UNKNOWN = "better", "not_worse", "worse", "open", "unknown"
"""``not_worse`` is by more than the margin; ``unknown`` has too few users for a difference."""

NOT_WORSE_SIZES, WORSE_SIZES = (1, 3), (2, 5)
"""Excesses, in margins, around which the bets lie."""
NORMAL_STAKE = 0.75
"""What of the stake on "worse" is on the normal bets: the exact ones see what is total, and need less."""


@dataclass(frozen=True)
class Comparison:
    """One metric over the stages, the oldest first."""

    metric: str
    stages: Sequence[Stage]
    rules: Rules
    higher_is_better: bool

    @property
    def margin(self) -> float:
        """By how much the tuned arm may be worse."""
        return self.rules.margins[self.metric]

    @cached_property
    def total(self) -> Difference | None:
        """The difference of losses over the stages with users enough; None without any."""
        return difference(self.stages)

    @property
    def base(self) -> float | None:
        """Base's figure in its own direction, a share or a quality in 0..1, as a mean over users."""
        return None if self._seen is None else self._figure(self._seen.base)

    @property
    def tuned(self) -> float | None:
        """The tuned arm's figure, of the same stages with the same weights."""
        return None if self._seen is None else self._figure(self._seen.tuned)

    @property
    def difference(self) -> float | None:
        """Tuned less base."""
        return None if self._seen is None else self._sign * self._seen.estimate

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """Where the true difference lies, at all looks together, by ``alpha_promote`` for each end.

        It is the e-values turned around: the bad end is the smallest margin with which tuned is proven not
        worse, the good one the largest by which it is proven worse.
        """
        if self.total is None:
            return None
        needed = math.log(1 / self.rules.alpha_promote)
        estimate, variance, scales = (
            self.total.estimate,
            self.total.variance(),
            not_worse_scales(self.metric, self.rules),
        )
        low = _edge(lambda bound: mixture.log_e(estimate - bound, variance, scales) >= needed, estimate, -1.0)
        high = _edge(lambda bound: self._log_not_worse(bound) >= needed, estimate, 1.0)
        return (-high, -low) if self.higher_is_better else (low, high)

    @cached_property
    def log_not_worse(self) -> float:
        """The logarithm of the e-value against "worse by the margin or more"."""
        return self._log_not_worse(self.margin)

    @cached_property
    def log_worse(self) -> float:
        """The logarithm of the e-value against "not worse at all", of both kinds of bets.

        The n-th stage has 1 / (n (n + 1)) of the exact part of the stake, so stages may depend on one another
        as they like.
        """
        logs = [_log_exact(stage) for stage in self.stages]
        weights = [(1 - NORMAL_STAKE) / (place * (place + 1)) for place in range(1, len(logs) + 1)]
        if self.total is not None:
            scales = worse_scales(self.metric, self.rules)
            logs.append(mixture.log_e(self.total.estimate, self.total.variance(), scales))
            weights.append(NORMAL_STAKE)
        return mixture.log_mean(logs, weights) if logs else -math.inf

    @cached_property
    def state(self) -> str:
        """One of the states; who is worse, but not by the margin as estimated, is not rolled back for it."""
        proof = math.log(1 / self.rules.alpha_promote)
        if self.log_not_worse >= proof:
            return BETTER if self._log_not_worse(0.0) >= proof else NOT_WORSE
        is_past = self._seen is not None and self._seen.estimate > self.margin
        if is_past and self.log_worse >= math.log(self.rules.harm_needed):
            return WORSE
        return UNKNOWN if self.total is None else OPEN

    @cached_property
    def times(self) -> float:
        """How many times the evidence proves it not worse, where all that comes shows no difference."""
        if self.total is None:
            return 1.0
        total, scales = self.total, not_worse_scales(self.metric, self.rules)
        needed, variance = math.log(1 / self.rules.alpha_promote), total.variance(self.margin)

        def proven(times: float) -> bool:
            return mixture.log_e(self.margin - total.estimate / times, variance / times, scales) >= needed

        if proven(1.0):
            return 1.0
        enough = 2.0
        while not proven(enough):
            enough *= 2
        return _edge(proven, enough / 2, enough)

    def content(self) -> dict[str, Any]:
        """Return it as JSON; ``e_value`` speaks for "not worse", ``harm_e_value`` for "worse"."""
        return {
            "base": _rounded(self.base),
            "tuned": _rounded(self.tuned),
            "difference": _rounded(self.difference),
            "interval": None if self.interval is None else [_rounded(end) for end in self.interval],
            "margin": self.margin,
            "e_value": mixture.e_value(self.log_not_worse),
            "harm_e_value": mixture.e_value(self.log_worse),
            "state": self.state,
        }

    def _log_not_worse(self, bound: float) -> float:
        """Return the logarithm of the e-value against "worse by ``bound`` or more"."""
        if self.total is None:
            return -math.inf
        scales = not_worse_scales(self.metric, self.rules)
        return mixture.log_e(bound - self.total.estimate, self.total.variance(bound), scales)

    @cached_property
    def _seen(self) -> Difference | None:
        """The total; where no stage has users enough for one, the largest stage, to be told of."""
        if self.total is not None or not self.stages:
            return self.total
        return Difference((max(self.stages, key=lambda stage: stage.weight),))

    @property
    def _sign(self) -> int:
        return -1 if self.higher_is_better else 1

    def _figure(self, loss: float) -> float:
        return 1 - loss if self.higher_is_better else loss


def not_worse_scales(metric: str, rules: Rules) -> list[float]:
    """Return the scales of the bets on "not worse"."""
    return [mixture.scale(size * rules.margins[metric], rules.alpha_promote) for size in NOT_WORSE_SIZES]


def worse_scales(metric: str, rules: Rules) -> list[float]:
    """Return the scales of the bets on "worse"."""
    return [mixture.scale(size * rules.margins[metric], 1 / rules.harm_needed) for size in WORSE_SIZES]


def _log_exact(stage: Stage) -> float:
    exact = stage.base.labelled is None and stage.tuned.labelled is None
    return betting.log_e_worse(stage.base, stage.tuned) if exact else -math.inf


def _edge(proven: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return where proof begins on the way out; ``outside`` where it has none either."""
    if not proven(outside):
        return outside
    for _ in range(24):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if proven(middle) else (middle, outside)
    return outside


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)
