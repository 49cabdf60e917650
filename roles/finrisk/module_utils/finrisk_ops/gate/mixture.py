"""The normal mixture: an e-process for a mean that is worth a bet at any time."""

from __future__ import annotations

import math
from collections.abc import Sequence


def log_e(excess: float, variance: float, scales: Sequence[float]) -> float:
    """Return the logarithm of the e-value against "the true excess is at most 0".

    ``excess`` is an estimate that is normal with that variance; ``scales``, in units of information, say
    around which sizes of excess the bets lie. With I = 1 / variance and U = I x excess it is the mean over
    r of

        2 sqrt(r / (I + r)) exp(U^2 / (2 (I + r))) Phi(U / sqrt(I + r))

    the one-sided mixture of Robbins, Statistical methods related to the law of the iterated logarithm,
    Annals of Mathematical Statistics 41, 1970. That it holds at every look where the variance is estimated:
    Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021, and Waudby-Smith, Arbour, Sinha,
    Kennedy and Ramdas, Time-uniform central limit theory and asymptotic confidence sequences, Annals of
    Statistics 52, 2024.
    """
    information = 1 / max(variance, 1e-300)
    score = information * excess
    return log_mean([_log_bet(score, information, scale) for scale in scales])


def scale(excess: float, alpha: float) -> float:
    """Return the scale that finds an excess of this size soonest, at the level ``alpha``.

    It makes the boundary lowest at the information 8 / excess^2, where such an excess is some 2.8 standard
    errors: formula 3.4 and section 3.5 of Howard and others, 2021, by the approximation -2 ln(2a) + ln(-2
    ln(2a)) + 1.
    """
    spent = -2 * math.log(2 * alpha)
    return 8 / excess**2 / (spent + math.log(spent) + 1)


def log_mean(logs: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Return the logarithm of the mean of e-values, or of their sum by ``weights``.

    A mean of e-values is an e-value whatever their dependence: Vovk and Wang, E-values: calibration,
    combination and applications, Annals of Statistics 49, 2021.
    """
    weights = weights or [1 / len(logs)] * len(logs)
    most = max(logs)
    if most == -math.inf:
        return most
    return most + math.log(
        sum(weight * math.exp(log - most) for weight, log in zip(weights, logs, strict=True))
    )


def e_value(log: float) -> float:
    """Return the e-value of its logarithm, as far as a reader cares: three digits, a billion at most."""
    return float(f"{math.exp(min(log, math.log(1e9))):.3g}")


def _log_bet(score: float, information: float, scale: float) -> float:
    spread = information + scale
    below = math.erfc(-score / math.sqrt(2 * spread)) / 2  # Phi
    if below == 0.0:
        return -math.inf
    return math.log(2 * below) + (math.log(scale / spread) + score * score / spread) / 2
