"""What the users of one arm met in one stage, by one metric, as a loss: 0 is the best, 1 the worst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import FinriskError
from .labels import Judged, Labels, corrected


@dataclass(frozen=True)
class Return:
    """Users of an arm who came in an earlier stage too."""

    users: int
    products: float
    """The sum over them of the product of their deviations from the means of the two stages."""


@dataclass(frozen=True)
class Sample:
    """Users of one arm in one stage; a user counts once, by the mean of the user's own requests.

    So one user with two thousand requests is one user, and requests of one user may be as alike as they like
    (the cluster is the unit: Donner and Klar, Design and analysis of cluster randomization trials, 2000).
    """

    users: int
    sum: float
    """The sum of the users' means."""
    variance: float
    """Of a user's mean, by n - 1."""
    returns: Mapping[str, Return] | None = field(default_factory=dict)
    """By revision of the earlier stage; None where nobody counted them."""
    labelled: int | None = None
    """Users on whose labels a corrected mean rests; None where the sum is one of means in 0..1."""

    @property
    def mean(self) -> float:
        """The mean over users of each user's own mean: what the gate compares."""
        return self.sum / self.users

    @property
    def cautious_mean(self) -> float:
        """The mean with a best and a worst user added; to those with labels where these correct it."""
        users = self.labelled or self.users
        return (self.mean * users + 1) / (users + 2)

    @property
    def cautious_variance(self) -> float:
        """The variance with a best and a worst user added, so that no failure seen is not no failure.

        For shares this is p (1 - p) with p = (x + 1) / (n + 2): Agresti and Caffo, Simple and effective
        confidence intervals for proportions, The American Statistician 54, 2000. Thirty labels that are all
        alike are thirty users, however many the judge scored.
        """
        users = self.labelled or self.users
        share = users / self.users
        squares = self.variance * share * (users - 1) + users * self.mean**2 + 1
        mean = self.cautious_mean
        return max(squares / (users + 2) - mean * mean, 0.0) / share

    def variance_if_worse(self, margin: float) -> float:
        """Return the variance in an arm that is worse than this one by exactly ``margin``.

        The variance of the other arm's own users would be too small whenever by luck none of them met what
        is rare, and just then it looks better. So the null hypothesis gives it, as in Farrington and
        Manning, Test statistics and sample size formulae for comparative binomial trials, Statistics in
        Medicine 9, 1990: p' (1 - p') with p' = p + margin, times what users who ask repeatedly vary less
        than p (1 - p) here.
        """
        mean, variance = self.cautious_mean, self.cautious_variance
        worse = min(mean + max(margin, 0.0), 1.0)
        return variance * worse * (1 - worse) / (mean * (1 - mean))


def sample(statistics: Mapping[str, Any], *, higher_is_better: bool) -> Sample | None:
    """Return the sample of an arm's ``users``, ``sum`` and ``squares``; None where nobody counts.

    ``shared`` says who returned (see ``Return``), ``labels`` what reviewers said (see ``labels``).

    Raises:
        FinriskError: Sums that no means in 0..1 have, on which all bounds rest.
    """
    users, total, squares = int(statistics["users"]), float(statistics["sum"]), float(statistics["squares"])
    if users == 0:
        return None
    slack = 1e-6 * users
    if not (
        -slack <= squares <= total + slack <= users + 2 * slack and total**2 <= users * (squares + slack)
    ):
        raise FinriskError(
            f"evidence holds a sum of {total:g} and squares of {squares:g} for {users} users, which no means "
            "in 0..1 have: collect the evidence again"
        )
    variance = max(squares - total * total / users, 0.0) / (users - 1) if users > 1 else 0.0
    labels = Labels.of(statistics.get("labels"))
    if labels is not None:
        mean, variance = corrected(Judged(users, total, squares), labels)
        total = users * min(max(mean, 0.0), 1.0)
    if higher_is_better:
        total = users - total
    labelled = None if labels is None else labels.users
    return Sample(users, total, variance, _returns(statistics.get("shared")), labelled)


def _returns(shared: Mapping[str, Any] | None) -> dict[str, Return] | None:
    if shared is None:
        return None
    return {
        revision: Return(int(each["users"]), float(each["products"])) for revision, each in shared.items()
    }
