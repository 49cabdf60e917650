"""How sure a mean of paired differences is, without assuming how they are spread."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import fsum
from operator import mul

RESAMPLES = 10_000


def interval(
    differences: Sequence[float], tail: float, seed: str, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Return both ends of the percentile interval of the mean; ``tail`` is the error rate at each end.

    The questions are drawn again with replacement (Efron & Tibshirani, An Introduction to the Bootstrap,
    1993, section 13.3). The same differences and the same seed give the same ends.
    """
    number = len(differences)
    if len(set(differences)) == 1:
        return differences[0], differences[0]
    drawn = random.Random(seed)  # noqa: S311  not a secret
    means = sorted(fsum(drawn.choices(differences, k=number)) / number for _ in range(resamples))
    at = int(tail * resamples)
    return means[at], means[-1 - at]


def flip_test(differences: Sequence[float], seed: str, resamples: int = RESAMPLES) -> float:
    """Return how likely a mean as high or higher is, were the sign of each difference a coin's.

    Where both models are alike it is right whatever the differences are, which the interval of few questions
    or of rare events is not (Pitman, Significance tests which may be applied to samples from any populations,
    1937; with the count of Davison & Hinkley, Bootstrap Methods and their Application, 1997, section 4.2).
    """
    told = [each for each in differences if each]
    drawn = random.Random(seed)  # noqa: S311  not a secret
    least = fsum(told) * (1 - 1e-12)
    reached = sum(
        fsum(map(mul, told, drawn.choices((-1, 1), k=len(told)))) >= least for _ in range(resamples)
    )
    return (reached + 1) / (resamples + 1)
