"""Workings of another year: what the figure before one follows from, as it was then.

``A margin of 19.4 % ($231.9 million of $1,197.9 million), after 14.7 % in 2024`` and ``a spread of $1,115
($2,347 less $1,232), up from $750`` take both operands of the first figure in the year of the second.
"""

from collections.abc import Sequence, Set
from itertools import permutations

from finrisk_rules.judge.amounts import of_years, says
from finrisk_rules.judge.comparisons import says_above
from finrisk_rules.judge.directions import directions
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.terms import (
    LEAST_DIGITS,
    Term,
    are_of_one_kind,
    digits_of,
    says_distance,
    says_quotient,
    terms_of,
)
from finrisk_rules.patterns import pattern_of

_LED = pattern_of(r"[^\d;]{0,40}")
"""Between a word of rise or fall and the figure from which it starts."""


def of_other_year(text: str, findings: Sequence[Finding], at: int) -> tuple[Term, Term] | None:
    """Return two terms of a sentence from which a figure follows as they were in its year, None without.

    A figure before it of its unit has to follow from them as they are written.
    """
    claim = findings[at].claim
    years = {year for year, _ in claim.phrase.periods if year}
    before = [each for each in findings[:at] if each.claim.quantity.unit == claim.quantity.unit]
    if claim.quantity.unit not in ("", "percent") or not (claim.phrase.is_base or years):
        return None
    terms = [each for each in terms_of(findings) if each.amount]
    for now in before[::-1]:
        operands = [each for each in terms if each.finding is not now]
        for one, two in permutations(operands, 2):
            is_so = are_of_one_kind(one, two) and _follows(now, one, two)
            if is_so and _was(text, findings[at], now, one, two, years):
                return one, two
    return None


def _follows(finding: Finding, one: Term, two: Term) -> bool:
    """Whether a figure is the share of one term in another, its multiple, or how much it is above that."""
    if finding.claim.quantity.unit == "percent" or _is_ratio(finding):
        return says_quotient(finding, one, two)
    return one.value > two.value and digits_of(finding) > LEAST_DIGITS and says_distance(finding, one, two)


def _was(text: str, finding: Finding, now: Finding, one: Term, two: Term, years: Set[int]) -> bool:
    """Whether a figure is in one of these years what the figure before it is of two terms."""
    quantity = finding.claim.quantity
    if one.amount is None or two.amount is None or _is_turned(text, finding, now):
        return False
    for first in of_years(one.amount, years):
        for second in of_years(two.amount, years):
            if quantity.unit or _is_ratio(finding):
                value = first.value / second.value if second.value else 0.0
                value *= 100 if quantity.unit else 1
            else:
                value = first.value - second.value
            if first.years == second.years and says(finding, value):
                return True
    return False


def _is_ratio(finding: Finding) -> bool:
    """Whether a figure may be how many times one amount is another."""
    quantity = finding.claim.quantity
    return not (quantity.unit or quantity.currency or quantity.scale) and quantity.places > 0


def _is_turned(text: str, finding: Finding, now: Finding) -> bool:
    """Whether the words say "up from" a figure that is more, or "down from" one that is less."""
    then, quantity = finding.claim.quantity, now.claim.quantity
    is_more = abs(quantity.amount) > abs(then.amount)
    if says_above(text, quantity.end, then.start) not in (None, is_more):
        return True
    said = [each for each in directions(text) if quantity.end <= each.start < each.end <= then.start]
    is_near = said and _LED.fullmatch(text, said[-1].end, then.start)
    return bool(is_near) and said[-1].rises != is_more
