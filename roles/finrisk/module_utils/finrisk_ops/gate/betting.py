"""Exact bets on shares: they hold from the first user on, and see what is rare or total at once."""

from __future__ import annotations

import math

from .sample import Sample


def log_e_worse(base: Sample, tuned: Sample) -> float:
    """Return the logarithm of the e-value against "the tuned arm's mean loss is at most base's".

    The gain of bets on both arms, each a mixture of all shares by Beta(1/2, 1/2) (Krichevsky and Trofimov,
    The performance of universal encoding, 1981), over the most that any pair of shares with tuned <= base
    makes of it: for every such pair the quotient is a betting martingale, so the least of them is an
    e-process (Wasserman, Ramdas and Balakrishnan, Universal inference, PNAS 117, 2020, section 7).

    A user's mean need not be 0 or 1: as the logarithm is concave, the gain of these bets on a mean in 0..1
    is at most that of a bet that is fair for it (Hoeffding, Probability inequalities for sums of bounded
    random variables, 1963, theorem 1; Waudby-Smith and Ramdas, Estimating means of bounded random variables
    by betting, JRSS B 86, 2024). It is exact for one request a user. A user's later requests move the
    user's mean: at each look it is an e-value still, and the simulation of ``benchmarks/gate.py`` holds it
    to its level over looks.
    """
    gain = _log_mixture(tuned.sum, tuned.users) + _log_mixture(base.sum, base.users)
    if tuned.mean <= base.mean:
        return gain - _log_most(tuned.sum, tuned.users) - _log_most(base.sum, base.users)
    return gain - _log_most(tuned.sum + base.sum, tuned.users + base.users)


def log_e_ratio(tuned: int, users: int, split: float) -> float:
    """Return the logarithm of the e-value against "each new user is tuned with the chance ``split``".

    Bets are Beta(500 split, 500 (1 - split)): Lindon and Malek, Anytime-valid inference for multinomial count
    data, NeurIPS 2022. Users are counted, never requests: a user keeps the arm, so requests come in clumps.
    """
    prior = 500 * split, 500 * (1 - split)
    gain = _log_beta(prior[0] + tuned, prior[1] + users - tuned) - _log_beta(*prior)
    return gain - tuned * math.log(split) - (users - tuned) * math.log(1 - split)


def _log_mixture(bad: float, users: int) -> float:
    return _log_beta(bad + 0.5, max(users - bad, 0.0) + 0.5) - math.log(math.pi)


def _log_most(bad: float, users: int) -> float:
    """Return the largest logarithm of p^bad (1 - p)^(users - bad)."""
    share = min(max(bad / users, 0.0), 1.0)
    return sum(part * users * math.log(part) for part in (share, 1 - share) if part > 0)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
