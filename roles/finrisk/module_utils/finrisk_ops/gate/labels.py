"""The judge's mean, corrected by what reviewers said of answers that were drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FEWEST_LABELS = 30
"""Users with labels an arm; fewer do not make a normal mean."""


@dataclass(frozen=True)
class Judged:
    """Users whom the judge scored: their number, the sum of their means and of the squares of these."""

    users: int
    sum: float
    squares: float


@dataclass(frozen=True)
class Labels:
    """Users of whose answers reviewers scored some: sums over users of label, judge, squares and products."""

    users: int
    label: float
    label_squares: float
    judge: float
    judge_squares: float
    products: float

    @classmethod
    def of(cls, statistics: Mapping[str, Any] | None) -> Labels | None:
        """Return the labels that evidence holds; None where there are too few to correct anything."""
        if statistics is None or int(statistics["users"]) < FEWEST_LABELS:
            return None
        return cls(**{name: statistics[name] for name in cls.__dataclass_fields__})


def alike_labelled(arms: Sequence[Mapping[str, Any] | None]) -> list[Mapping[str, Any] | None]:
    """Return a metric of both arms, without labels where one arm has too few of them.

    A mean by reviewers less one by the judge would be a difference of scales.
    """
    if all(each and Labels.of(each.get("labels")) for each in arms):
        return list(arms)
    return [each and {**each, "labels": None} for each in arms]


def corrected(judged: Judged, labels: Labels) -> tuple[float, float]:
    """Return the mean that reviewers would give to all users, and its variance times the users.

    Prediction-powered inference: with labels Y and the judge's f, N users without labels and n with them,

        mean = l mean_N(f) + mean_n(Y - l f),  variance = l^2 Var(f) / N + Var(Y - l f) / n,
        l = Cov_n(Y, f) / ((1 + n / N) Var(f))

    It is unbiased however wrong the judge is, and never much worse than labels alone: Angelopoulos, Bates,
    Fannjiang, Jordan and Zrnic, Science 382, 2023; Angelopoulos, Duchi and Zrnic, PPI++, 2023, formula 6 and
    example 6.1. Labels must be of answers that were drawn at random for review.
    """
    n, rest = labels.users, judged.users - labels.users
    spread = _variance(judged.users, judged.sum, judged.squares)
    covariance = (labels.products - labels.label * labels.judge / n) / (n - 1)
    power = covariance / ((1 + n / rest) * spread) if rest > 0 and spread > 0 else 0.0
    power = min(max(power, 0.0), 1.0)
    others = (judged.sum - labels.judge) / rest if rest > 0 else 0.0
    mean = power * others + (labels.label - power * labels.judge) / n
    squares = labels.label_squares - 2 * power * labels.products + power**2 * labels.judge_squares
    left = _variance(n, labels.label - power * labels.judge, squares)
    variance = left / n + (power**2 * spread / rest if rest > 0 else 0.0)
    return mean, variance * judged.users


def _variance(users: int, total: float, squares: float) -> float:
    return max(squares - total * total / users, 0.0) / (users - 1) if users > 1 else 0.0
