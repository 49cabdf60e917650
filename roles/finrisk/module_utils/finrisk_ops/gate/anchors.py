"""Whether the judge has moved: it scores a fixed set of answers, the anchors, again at every evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import FinriskError
from . import mixture

STAKES = (0.05, 0.2, 0.5, 0.9)
NEEDED = 100.0
"""The e-value from which the judge has moved: a false alarm in a hundred experiments."""


@dataclass(frozen=True)
class Drift:
    """How the scores of the anchors changed."""

    shift: float
    """The mean score now less the one when the anchors were chosen."""
    e_value: float

    @property
    def moved(self) -> bool:
        """Whether the judge gives other scores than it did."""
        return self.e_value >= NEEDED


def drift(before: Sequence[float], now: Sequence[float], evaluation: int = 1) -> Drift:
    """Return how the judge's scores of the anchors, in 0..1 and in one order, changed.

    The e-value is of bets against "the mean change is 0", half on a rise and half on a fall: the product
    over anchors of 1 + stake x change (Waudby-Smith and Ramdas, Estimating means of bounded random
    variables by betting, JRSS B 86, 2024). The n-th evaluation of an experiment has 1 / (n (n + 1)) of the
    stake, as the same anchors are scored each time.

    Raises:
        FinriskError: Sets of different sizes, which have no pairs.
    """
    if len(before) != len(now) or not before:
        raise FinriskError(
            f"{len(now)} anchors were scored, {len(before)} were chosen: score "
            "the set that the experiment began with"
        )
    changes = [new - old for old, new in zip(before, now, strict=True)]
    logs = [
        math.fsum(math.log1p(sign * stake * change) for change in changes)
        for sign in (1, -1)
        for stake in STAKES
    ]
    log = mixture.log_mean(logs) - math.log(evaluation * (evaluation + 1))
    return Drift(math.fsum(changes) / len(changes), mixture.e_value(log))


def cause(change: float, margin: float, anchors: Drift) -> str:
    """Return what moved when the quality of answers changed: "judge", "model", "both" or "nothing".

    What the anchors moved by is the judge's; what is left beyond the margin is the model's.
    """
    own = anchors.shift if anchors.moved else 0.0
    model = abs(change - own) > margin
    if anchors.moved:
        return "both" if model else "judge"
    return "model" if model else "nothing"
