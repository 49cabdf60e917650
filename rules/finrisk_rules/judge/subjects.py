"""Subjects: the figure of a sentence of which something is said that is compared with another one."""

import re
from collections.abc import Sequence

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

CLAUSE = pattern_of(
    ";|" + whole("and but though although while whereas und aber obwohl et mais bien_que y pero aunque e ma"),
    re.IGNORECASE,
)
"""What joins clauses: behind it something may be said of another thing than the figure before."""

_RANGE = pattern_of(
    rf"\s*(?:[-\u2013\u2014]|{whole('to and bis und à et a y')})\s*[^\w\s]{{0,3}}", re.IGNORECASE
)


def size(claim: Claim) -> float:
    """Return the amount of a figure in units; one in brackets is taken as it stands in them."""
    return abs(float(claim.quantity.amount))


def are_comparable(one: Claim, two: Claim) -> bool:
    """Whether two figures are levels of one kind: unit, currency, and a scale of both or of neither."""
    first, second = one.quantity, two.quantity
    return (
        first.unit == second.unit
        and (first.currency == second.currency or _is_left_out(first, second))
        and (first.scale is None) == (second.scale is None)
        and not any(each.value < 0 and not each.bracketed for each in (first, second))
        and not one.is_change
        and not two.is_change
    )


def _is_left_out(first: Quantity, second: Quantity) -> bool:
    """Whether one of two figures in words of one scale leaves out its currency: "$1.1-1.2 billion"."""
    return bool(first.scale) and first.scale == second.scale and not (first.currency and second.currency)


def subject_of(claims: Sequence[Claim], n: int, before: int | None = None) -> int | None:
    """Return the number of the last figure before one, or ``before``, that is of its kind and no base.

    A base is what another figure is compared with: nothing more is said of it, unless it is the only one.
    """
    last = n if before is None else before
    alike = [at for at in range(last - 1, -1, -1) if are_comparable(claims[at], claims[n])]
    return next((at for at in alike if not claims[at].phrase.is_base), alike[0] if len(alike) == 1 else None)


def range_at(text: str, claims: Sequence[Claim], n: int) -> tuple[float, float] | None:
    """Return both ends of the range that begins with a figure, the lower one first; None for no range."""
    if n + 1 >= len(claims):
        return None
    first, second = claims[n].quantity, claims[n + 1].quantity
    if first.unit != second.unit or not _RANGE.fullmatch(text, first.end, second.start):
        return None
    low, high = size(claims[n]), size(claims[n + 1])
    if first.scale is None and second.scale is not None:
        low *= 10.0**second.scale
    return (low, high) if low < high else None
