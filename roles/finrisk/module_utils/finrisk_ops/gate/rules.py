"""What the gate asks for: margins, error rates, and how much evidence of what age is evidence at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import FinriskError

MARGINS = {
    "errors": 0.02,
    "unanswered": 0.02,
    "slow": 0.03,
    "wrong_figures": 0.02,
    "quality": 0.02,
    "feedback": 0.05,
}
"""By how much the tuned arm may be worse, as differences of shares of users, or of quality."""

HIGHER_IS_BETTER = frozenset({"quality"})
OPTIONAL = frozenset({"feedback"})
"""Metrics whose lack holds nobody up."""
FEWEST_RATINGS = 200
"""Ratings of both arms together with which feedback must be proven not worse too."""
SAMPLE_RATIO_NEEDED = 1000.0
"""The e-value from which users are missing: a false alarm in a thousand experiments."""


@dataclass(frozen=True)
class Rules:
    """The inventory's rules; the error rates are of an experiment's whole life, whoever looks when.

    Each metric must be proven not worse at ``alpha_promote``: no correction is due where all must pass
    (Berger, Multiparameter hypothesis testing and acceptance sampling, Technometrics 24, 1982). Any one of
    them rolls back, so they share ``alpha_roll_back``.
    """

    margins: Mapping[str, float] = field(default_factory=lambda: dict(MARGINS))
    alpha_promote: float = 0.05
    alpha_roll_back: float = 0.01
    requests: int = 100
    """Least requests of each arm in the stage that runs."""
    users: int = 30
    """Least users of the same."""
    days: float = 7.0
    """Least age of the experiment: a whole week has its Monday and its Sunday."""
    fresh_minutes: float = 15.0
    """Most time since the last request."""

    def __post_init__(self) -> None:
        """Refuse what no rule can be.

        Raises:
            FinriskError: An unknown metric, or a margin or error rate that means nothing.
        """
        for metric, margin in self.margins.items():
            if metric not in MARGINS:
                known = ", ".join(MARGINS)
                raise FinriskError(f"finrisk_margins names {metric}, which is no metric: it knows {known}")
            if not 0 < margin < 1:
                raise FinriskError(f"finrisk_margins.{metric} is {margin:g}: set a share between 0 and 1")
        for name in ("alpha_promote", "alpha_roll_back"):
            alpha = getattr(self, name)
            if not 0 < alpha <= 0.1:
                variable = f"finrisk_{name.replace('roll_back', 'rollback')}"
                raise FinriskError(f"{variable} is {alpha:g}: set a rate above 0, 0.1 at most")

    @property
    def harm_needed(self) -> float:
        """The e-value at which one metric rolls back."""
        return len(self.margins) / self.alpha_roll_back
