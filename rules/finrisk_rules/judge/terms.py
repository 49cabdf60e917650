"""Terms: the right figures of a sentence as operands of what follows from them."""

from collections.abc import Sequence
from typing import NamedTuple

from finrisk_rules.judge.agreement import COARSEST, are_other_currencies
from finrisk_rules.judge.amounts import Amount, amount_of, says
from finrisk_rules.judge.bounds import allows
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.traces import Trace

LEAST_DIGITS = 2
"""Digits of a distance from which on it hardly comes out by chance."""

_DISTANCES = {"percent": 1.0, "points": 1.0, "basis_points": 100.0}


class Term(NamedTuple):
    """A right figure of a sentence: how much it is without its sign, in ones or in percent.

    ``slack`` is how far off that may be: half of the last digit of a figure that is computed itself, nothing
    where its place says it. ``place`` is None for such a figure.
    """

    value: float
    slack: float
    unit: str
    currency: str
    start: int
    end: int
    finding: Finding
    place: Trace | None

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in its sentence."""
        return self.start, self.end

    @property
    def is_base(self) -> bool:
        """Whether the sentence says that another figure is compared with it."""
        return self.finding.claim.phrase.is_base

    @property
    def years(self) -> frozenset[int]:
        """The years that the sentence or its place says of it."""
        said = frozenset(year for year, _ in self.finding.claim.phrase.periods if year)
        return said or frozenset(self.place.years if self.place else ())

    @property
    def amount(self) -> Amount | None:
        """The term as an amount with a place; None of a percentage, and of what has no place."""
        return amount_of(self.finding)


def terms_of(findings: Sequence[Finding]) -> list[Term]:
    """Return the right figures of a sentence as operands, in order."""
    return [_term(each) for each in findings if each.is_right and each.claim.quantity.unit in ("", "percent")]


def _term(finding: Finding) -> Term:
    quantity, trace = finding.claim.quantity, finding.trace
    place = trace if trace and trace.spot[2][4] == quantity.unit else None
    if place and quantity.scale is not None:
        power = place.spot[2][3]
        own = float(quantity.value) * 10.0 ** (quantity.scale - (quantity.scale if power is None else power))
        place = place if abs(abs(own) - abs(place.value)) <= COARSEST * abs(place.value) else None
    if place:
        _, _, written, power, unit, currency = place.spot[2]
        value, slack = abs(float(written)), 0.0
    else:
        power, unit, currency = None, quantity.unit, quantity.currency
        value, slack = abs(float(quantity.value)), 0.5 * 10.0**-quantity.places
    scale = 10.0 ** ((quantity.scale if power is None else power) or 0) if not unit else 1.0
    return Term(
        value * scale,
        slack * scale,
        unit,
        currency or quantity.currency,
        quantity.start,
        quantity.end,
        finding,
        place,
    )


def are_of_one_kind(one: Term, two: Term) -> bool:
    """Whether two terms may be added up, or divided by each other."""
    return one.unit == two.unit and not are_other_currencies(one.currency, two.currency)


def says_quotient(finding: Finding, part: Term, total: Term) -> bool:
    """Whether a figure is one term as a share or a multiple of another, as exactly as both are written."""
    ones = 100 if finding.claim.quantity.unit == "percent" else 1
    return bool(total.value) and _says(
        finding,
        ones * part.value / total.value,
        ones * (part.slack + part.value * total.slack / total.value) / total.value,
    )


def says_growth(finding: Finding, new: Term, old: Term) -> bool:
    """Whether a percentage is how much one term is above or below another, as a share of that."""
    slack = 100 * (new.slack + new.value * old.slack / old.value) / old.value if old.value else 0.0
    return bool(old.value) and _says(finding, 100 * (new.value / old.value - 1), slack)


def says_distance(finding: Finding, one: Term, two: Term, sign: int = -1) -> bool:
    """Whether a figure is the distance of two terms, or with ``sign`` 1 their sum: points of percentages."""
    unit = finding.claim.quantity.unit
    if unit == "percent" or (unit in _DISTANCES) != (one.unit == "percent"):
        return False
    factor = _DISTANCES.get(unit, 1.0)
    return _says(finding, factor * (one.value + sign * two.value), factor * (one.slack + two.slack))


def _says(finding: Finding, value: float, slack: float) -> bool:
    """Whether a figure says a value that may be off by so much, where it can tell that apart."""
    if says(finding, value):
        return True
    quantity, bound = finding.claim.quantity, finding.claim.bound
    unit = 1.0 if quantity.unit else 10.0 ** (quantity.scale or 0)
    said, there, off = abs(float(quantity.value)), abs(value) / unit, slack / unit
    half = finding.readers[0].half
    return off <= half and abs(there - said) <= half + off and (not bound or allows(bound, said, there))


def digits_of(finding: Finding) -> int:
    """Return how many digits of a figure are written, but for zeros before them."""
    return len(str(abs(finding.claim.quantity.value)).replace(".", "").lstrip("0"))
