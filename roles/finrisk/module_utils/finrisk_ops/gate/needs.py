"""What a decision still needs, at the present rate; and, before anything starts, what it will need."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import mixture
from .comparison import NORMAL_STAKE, Comparison, not_worse_scales, worse_scales
from .rules import HIGHER_IS_BETTER, Rules

MOST = 1e9
"""Requests beyond which nobody waits."""


@dataclass(frozen=True)
class Needs:
    """How many more requests of both arms, and days, until an equal model is proven not worse."""

    requests: int
    days: float | None
    """None where nobody asks anything."""
    young_days: float = 0.0
    """Days until the experiment is old enough."""

    def content(self) -> dict[str, int | float | None]:
        """Return it as JSON."""
        return {"requests": self.requests, "days": None if self.days is None else round(self.days, 1)}


@dataclass(frozen=True)
class Outlook:
    """What one metric of an experiment that has not begun will need, with one request a user."""

    requests: int
    """Requests of both arms until an equal model is proven not worse, in half of all experiments."""
    requests_nine_in_ten: int
    days: float | None
    """The same in nine of ten, at the rate that was given."""
    smallest_harm: float
    """The difference that is proven harm in nine of ten experiments by then."""


def needs(
    evidence: Mapping[str, Any],
    exposure: Mapping[str, Mapping[str, int]],
    required: Sequence[Comparison],
    rules: Rules,
) -> Needs:
    """Return what the experiment still needs, if both arms are alike from now on."""
    stages = evidence["stages"]
    so_far = sum(int(arm.get("requests", 0)) for stage in stages for arm in stage["arms"].values())
    more = max((each.times - 1 for each in required), default=0.0) * so_far
    if stages:
        more = max(more, _exposure_needs(exposure, stages[-1]["split"], rules))
    young = max(rules.days - age_in_days(evidence), 0.0)
    days = _days(more, evidence["present_rate"]["requests_per_day"])
    return Needs(math.ceil(min(more, MOST)), None if days is None else max(days, young), young)


def age_in_days(evidence: Mapping[str, Any]) -> float:
    """Return how long ago somebody met the experiment first."""
    begun = [datetime.fromisoformat(stage["since"]) for stage in evidence["stages"]]
    if not begun:
        return 0.0
    return (datetime.fromisoformat(evidence["asked_at"]) - min(begun)).total_seconds() / 86_400


def outlook(
    base: float,
    metric: str,
    split: float,
    requests_per_day: float,
    rules: Rules,
    variance: float | None = None,
) -> Outlook:
    """Return what a metric will need at a split of the users, 0..1; ``base`` is what it is in base.

    The e-values of ``comparison`` at the median of the estimate and where one in ten lies beyond it, solved
    for the number of requests. ``variance`` is that of a user's mean; without it that of a share, which is
    the most that it can be, and for quality far too much.

    Raises:
        ValueError: A split at which only one arm is drawn.
    """
    if not 0 < split < 1:
        raise ValueError(f"at a split of {split:g} only one arm is drawn")
    share = 1 - base if metric in HIGHER_IS_BETTER else base
    share = min(max(share, 0.001), 0.999)  # nobody knows of a model that it never fails
    most = share * (1 - share)
    own = most if variance is None else variance
    worse = min(share + rules.margins[metric], 1.0)
    null = own * max(worse * (1 - worse) / most, 1.0) / split + own / (1 - split)
    real = own / split + own / (1 - split)
    scales = not_worse_scales(metric, rules)
    least = max(rules.requests, rules.users) / min(split, 1 - split)

    def requests(quantile: float) -> int:
        def proven(n: float) -> bool:
            excess = rules.margins[metric] - quantile * math.sqrt(real / n)
            return mixture.log_e(excess, null / n, scales) >= math.log(1 / rules.alpha_promote)

        return math.ceil(max(_least(proven), least))

    half, nine = requests(0.0), requests(1.2816)
    harm = _smallest_harm(share, own / most, metric, split, nine, rules)
    return Outlook(half, nine, _days(nine, requests_per_day), harm)


def _smallest_harm(
    share: float, spread: float, metric: str, split: float, requests: int, rules: Rules
) -> float:
    """Return the difference that so many requests prove to be harm, by the normal part of the stake.

    ``spread`` is by how much users vary less than a share does.
    """
    needed, scales = math.log(rules.harm_needed / NORMAL_STAKE), worse_scales(metric, rules)
    steps = 1000
    for step in range(1, steps + 1):
        harm = step * (1 - share) / steps
        tuned = share + harm
        variance = spread * (tuned * (1 - tuned) / split + share * (1 - share) / (1 - split)) / requests
        if mixture.log_e(harm - 1.2816 * math.sqrt(variance), variance, scales) >= needed:
            return harm
    return 1.0


def _exposure_needs(exposure: Mapping[str, Mapping[str, int]], split: float, rules: Rules) -> float:
    """Return the requests until each arm has requests and users enough, by its share of the users."""
    most = 0.0
    for arm, share in (("tuned", split), ("base", 1 - split)):
        if share > 0:
            requests, users = exposure[arm]["requests"], exposure[arm]["users"]
            each = requests / users if users else 1.0
            most = max(most, (rules.requests - requests) / share, (rules.users - users) * each / share)
    return most


def _least(proven: Callable[[float], bool]) -> float:
    """Return the least number for which it is proven; past it, it stays so."""
    high = 2.0
    while not proven(high) and high < MOST:
        high *= 2
    low = high / 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if proven(middle) else (middle, high)
    return high


def _days(requests: float, per_day: float) -> float | None:
    if requests <= 0:
        return 0.0
    return requests / per_day if per_day > 0 else None
