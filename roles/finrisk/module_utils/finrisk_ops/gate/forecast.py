"""What an experiment will need before anything starts: the worst of what its metrics need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from . import words
from .needs import MOST, outlook
from .rules import HIGHER_IS_BETTER, OPTIONAL, Rules


class Level(NamedTuple):
    """What a metric is in base, 0..1, and the variance of users' means; None: that of a share."""

    mean: float
    variance: float | None = None


SUPPOSED = {
    "errors": Level(0.01),
    "unanswered": Level(0.02),
    "slow": Level(0.05),
    "wrong_figures": Level(0.03),
    "quality": Level(0.8, 0.12**2),
}
"""Where nobody has met base in an experiment yet."""
FEWEST_USERS = 100
"""Users from which what base was tells more than what is supposed."""


@dataclass(frozen=True)
class Forecast:
    """What the experiment will need at a split; days are None where nobody asks anything."""

    split: float
    metric: str
    """The one that needs most."""
    requests: int
    """Of both arms, until an equal model is proven not worse in half of all experiments."""
    requests_nine_in_ten: int
    days: float | None
    """The same in nine of ten, at the rate of today; never less than the least age."""
    requests_per_day: int
    smallest_harm: Mapping[str, float]
    """By metric the difference that is proven harm in nine of ten experiments by then."""
    supposed: Sequence[str]
    """Metrics whose level in base nobody knows yet."""

    def content(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return it as people read it."""
        days = (
            "nobody asked anything in the last 24 hours, so the days are unknown"
            if self.days is None
            else f"{self.days:,.1f} days at the present {self.requests_per_day:,} requests a day"
        )
        harms = ", ".join(
            f"{words.NAMES[name]} {words.size(name, round(harm, 3))}"
            for name, harm in self.smallest_harm.items()
        )
        told = [
            f"The experiment at {self.split:.0%} promotes an equal model after about "
            f"{self.requests_nine_in_ten:,} requests of both arms in nine of ten cases, {self.requests:,} in "
            f"half of them: {days}. {words.NAMES[self.metric].capitalize()} need most.",
            f"Smallest harm that it sees by then, in nine of ten cases: {harms}.",
        ]
        if self.supposed:
            levels = ", ".join(
                f"{words.NAMES[name]} {_told(name, SUPPOSED[name].mean)}" for name in self.supposed
            )
            told.append(
                f"Supposed of base: {levels}. What base did in the newest experiment takes their place, from "
                f"{FEWEST_USERS} of its users on."
            )
        return told


def forecast(
    evidence: Mapping[str, Any], split: float, requests_per_day: int, rules: Rules
) -> Forecast | None:
    """Return what an experiment will need at a split of the users; None where only one arm is drawn.

    ``evidence`` is that of an earlier experiment, whose base arm says what base is; without stages it is
    supposed. Users are taken to ask once each: those who return count for less.
    """
    if not 0 < split < 1:
        return None
    metrics = [metric for metric in rules.margins if metric not in OPTIONAL]
    measured = {metric: _level(metric, evidence.get("stages", ())) for metric in metrics}
    told = {
        metric: outlook(level.mean, metric, split, requests_per_day, rules, level.variance)
        for metric in metrics
        for level in [measured[metric] or SUPPOSED[metric]]
    }
    if not told:
        return None
    most = max(told, key=lambda metric: told[metric].requests_nine_in_ten)
    days = [each.days for each in told.values()]
    return Forecast(
        split=split,
        metric=most,
        requests=max(each.requests for each in told.values()),
        requests_nine_in_ten=min(told[most].requests_nine_in_ten, int(MOST)),
        days=None if None in days else round(max(rules.days, *(day for day in days if day is not None)), 1),
        requests_per_day=requests_per_day,
        smallest_harm={metric: round(each.smallest_harm, 4) for metric, each in told.items()},
        supposed=[metric for metric in metrics if measured[metric] is None],
    )


def _level(metric: str, stages: Sequence[Mapping[str, Any]]) -> Level | None:
    """Return what the metric was in the base arms of the stages; None where too few users met one."""
    met = [stage["arms"]["base"]["metrics"][metric] for stage in stages if metric in _base(stage)]
    users, total, squares = (sum(each[name] for each in met) for name in ("users", "sum", "squares"))
    if users < FEWEST_USERS:
        return None
    variance = max(squares - total * total / users, 0.0) / (users - 1)
    return Level(total / users, variance or None)


def _told(metric: str, level: float) -> str:
    return f"{level:.3f}" if metric in HIGHER_IS_BETTER else f"{level:.1%}"


def _base(stage: Mapping[str, Any]) -> Mapping[str, Any]:
    metrics: Mapping[str, Any] = stage["arms"].get("base", {}).get("metrics", {})
    return metrics
