"""Distances between two amounts of a sentence, and what share of the earlier one they are.

``Worth $269 against $187 for the index, a lead of $82`` takes one right figure from another; ``a carrying
amount of $3,774 million and a fair value of $4,074 million, a premium of $300 million or 7.9 %`` divides that
by the first of both, or by the one that is compared with: by 349 in ``404, up 55, or 15.8 %, from 349``.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.agreement import are_other_currencies
from finrisk_rules.judge.amounts import says
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.judge.vocabulary import whole

LEAST_DIGITS = 2
"""Digits of a distance from which on it hardly comes out by chance."""

MOST_FIGURES, FARTHEST = 12, 80
"""Figures of a sentence in which distances are looked for, and characters from one to its share."""

MOST_BEFORE = 4
"""Figures before a distance among which its two ends are."""

_BREAK = re.compile(r";|:\s|\.\s")
_ALL = re.compile(
    whole("in_all altogether together in_total combined total zusammen insgesamt au_total en_total"),
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\s*(?:in\s+(?:fiscal\s+|the\s+)?(?:\d{4}|year)\s*)?(?:\([^()%]{0,40}\))?\s*,?\s*"
    rf"(?:\(\s*|{whole('or oder soit i.e. equal_to equivalent_to')}\s*,?\s*)"
    r"(?:about|roughly|around|rund|some)?\s*[+~\u2248]?\s*",
    re.IGNORECASE,
)
"""Between a distance and the share that it is: "$55 million (404 - 349), or 15.8 %", "$7 million (1.1 %)"."""

_MINUS = re.compile(r"\s*[-\u2012\u2013\u2212]\s*[^\w\s]?")
_NEAR = 20
"""Characters behind a sum in which a word says that it is one: "550 million in all"."""


def follow_distances(text: str, findings: Sequence[Finding]) -> None:
    """Acquit the amounts of a sentence that lie between two right ones before them, and their shares.

    Not what a source says elsewhere: a part of a whole that is given to another part is its distance too.
    """
    for at, finding in enumerate(findings if len(findings) <= MOST_FIGURES else ()):
        if finding.verdict is None or finding.verdict.verdict != "unsupported" or not finding.readers:
            continue
        if finding.claim.bound == "denied" or not at:
            continue
        unit = finding.claim.quantity.unit
        place = None
        if not unit:
            place = _between(text, findings, at)
        elif unit == "percent":
            place = _growth(text, findings, at)
        if place:
            finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
            finding.is_reversed = False


def _between(text: str, findings: Sequence[Finding], at: int) -> Trace | None:
    """Return the place of the first of two amounts before a figure, which is their distance or their sum."""
    claim = findings[at].claim
    if len(str(abs(claim.quantity.value)).replace(".", "").lstrip("0")) < LEAST_DIGITS:
        return None
    ends = _amounts(findings, at, findings[max(0, at - MOST_BEFORE) : at])
    if len(ends) < 2:
        return None
    (one, first), (two, second) = ends[-2:]
    if _BREAK.search(text, one.claim.quantity.end, claim.quantity.start):
        return None
    if says(findings[at], first - second):
        return one.trace
    near = f"{text[two.claim.quantity.end : claim.quantity.start]} {text[claim.quantity.end :][:_NEAR]}"
    return one.trace if says(findings[at], first + second) and _ALL.search(near) else None


def _growth(text: str, findings: Sequence[Finding], at: int) -> Trace | None:
    """Return the place of the base of which the amount before a percentage is that share."""
    share = findings[at]
    for number in range(at - 1, max(-1, at - 1 - MOST_BEFORE), -1):
        part = findings[number]
        start, end = part.claim.quantity.end, share.claim.quantity.start
        if part.is_right and end - start <= FARTHEST and _AGAIN.fullmatch(text, start, end):
            break
    else:
        return None
    others = _amounts(findings, number, [*findings[:number], *findings[number + 1 :]])
    distance = abs(float(part.claim.quantity.amount))
    for one, two in _pairs(others):
        if says(part, one[1] - two[1]):
            base, value = _base(text, one, two)
            return base.trace if value and says(share, distance / value * 100) else None
    return None


Sized = tuple[Finding, float]
"""A figure and how much it is, in ones."""


def _amounts(findings: Sequence[Finding], at: int, others: Sequence[Finding]) -> list[Sized]:
    """Return those of other figures that are right amounts, of the kind of figure ``at``, with their sizes.

    One without scale and currency, as in a calculation, has those of that figure.
    """
    own = findings[at].claim.quantity
    result: list[Sized] = []
    for each in others:
        quantity = each.claim.quantity
        if not each.is_right or each.trace is None or quantity.unit:
            continue
        if not (quantity.scale or quantity.currency):
            quantity = quantity._replace(scale=own.scale, currency=own.currency)
        is_alike = bool(quantity.currency) == bool(own.currency) and quantity.scale == own.scale
        if is_alike and not are_other_currencies(quantity.currency, own.currency):
            result.append((each, abs(float(quantity.amount))))
    return result


def _pairs(amounts: Sequence[Sized]) -> Iterator[tuple[Sized, Sized]]:
    for at, one in enumerate(amounts):
        for two in amounts[at + 1 :]:
            yield one, two


def _base(text: str, one: Sized, two: Sized) -> Sized:
    """Return of which end the distance is a share: what is compared with or taken off, else the first."""
    first, second = one[0].claim, two[0].claim
    is_taken_off = _MINUS.fullmatch(text, first.quantity.end, second.quantity.start)
    return two if is_taken_off or (second.phrase.is_base and not first.phrase.is_base) else one
