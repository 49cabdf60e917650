"""Whether the users who came are those who were drawn: with some of one arm lost, nothing is comparable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import betting, mixture
from .rules import SAMPLE_RATIO_NEEDED


@dataclass(frozen=True)
class SampleRatio:
    """The tuned arm's share of the distinct users of a stage beside the split that drew them."""

    revision: str
    expected: float
    observed: float
    e_value: float

    @property
    def users_are_missing(self) -> bool:
        """Whether the shares differ by more than chance."""
        return self.e_value >= SAMPLE_RATIO_NEEDED

    def content(self) -> dict[str, float]:
        """Return it as JSON."""
        return {"expected": self.expected, "observed": round(self.observed, 5), "e_value": self.e_value}


def sample_ratio(stages: Sequence[Mapping[str, Any]]) -> SampleRatio | None:
    """Return the check over all stages in which both arms are drawn, told of the one that speaks loudest.

    The n-th stage has 1 / (n (n + 1)) of the stake. None where no such stage has a user.
    """
    drawn = [(stage, stage["split"], *_users(stage)) for stage in stages if 0 < stage["split"] < 1]
    drawn = [each for each in drawn if each[3]]
    if not drawn:
        return None
    logs = [betting.log_e_ratio(tuned, users, split) for _, split, tuned, users in drawn]
    weights = [1 / (place * (place + 1)) for place in range(1, len(drawn) + 1)]
    log = mixture.log_mean(logs, weights)
    loudest = max(range(len(drawn)), key=lambda place: logs[place]) if log > 0 else len(drawn) - 1
    stage, split, tuned, users = drawn[loudest]
    return SampleRatio(stage["revision"], split, tuned / users, mixture.e_value(log))


def _users(stage: Mapping[str, Any]) -> tuple[int, int]:
    """Return the tuned arm's users and all; where sessions or requests are drawn, ``units`` counts these."""
    arms = [stage["arms"].get(arm, {}) for arm in ("tuned", "base")]
    tuned, base = (int(arm.get("units", arm.get("users", 0))) for arm in arms)
    return tuned, tuned + base
