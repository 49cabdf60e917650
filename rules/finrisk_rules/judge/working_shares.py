"""Shares and ratios whose part and whole stand in their own sentence as right figures.

``$808.5 million, or 35 % of the $2,326.1 million total``, ``expense of $200.4 million represented 60 % of
revenue ($287.8 million plus $47.3 million)``, ``gross profit of $6,693 thousand is a margin of 68 %``.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.margins import MARGIN
from finrisk_rules.judge.parts import denies, revenues
from finrisk_rules.judge.terms import Term, are_of_one_kind
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_LEAD = 80
"""Characters by a percentage in which words say what it is."""

_OF = pattern_of(rf"\s*\)?\s*{whole('of von der des de du del dei do da em')}\s", re.IGNORECASE)
_NAME = pattern_of(r"(?:[^\d;:]|(?<!\d)(?:19|20)\d\d(?!\d)){0,70}")
"""Between "of" and the whole of which a share is: words and years."""

_AGAIN = whole(
    "or oder soit o ou i.e. equal_to equivalent_to representing corresponding_to that_is das_sind entspricht"
)
_OR = pattern_of(
    rf"\s*(?:[,(\u2013\u2014-]\s*|\s)(?:\(\s*)?{_AGAIN}?[\s,]*(?:[^\W\d]+\s+){{0,2}}[~\u2248]?", re.IGNORECASE
)
"""Between an amount and the share that it is: "$397 million, or about 88 %", "$410 million (49 %)"."""

_AS_SHARE = pattern_of(
    whole(
        "margin ratio share proportion percentage rate payout quota marge taux part quote anteil margen "
        "margem cuota represents represented represent representing accounts accounted accounting equals "
        "equal equivalent entspricht entsprechen représente représentent representa representan corresponde"
    )
    + r"[^\d;:]{0,40}\Z",
    re.IGNORECASE,
)
"""Before a percentage, what says that it is a share of a figure or a ratio of two."""

_PLUS = pattern_of(
    rf"[^\d;:.()]{{0,60}}?(?:\+|{whole('and plus und sowie et plus y más e mais')})[^\d;:.()]{{0,40}}",
    re.IGNORECASE,
)


def shares_said(text: str, finding: Finding, terms: Sequence[Term]) -> Iterator[tuple[Term, Term]]:
    """Yield the parts with the wholes of which a sentence says that a percentage is the share.

    Both are of one time: not a part of one year in a whole of another, nor of another year than is said of
    the percentage.
    """
    years = {year for year, _ in finding.claim.phrase.periods if year}
    for part, total in _pairs(text, finding, terms):
        told = [each.place.years for each in (part, total) if each.place and each.place.years]
        is_of_year = not years or not told or any(years & each for each in told)
        if is_of_year and (len(told) < 2 or told[0] & told[1]):
            yield part, total


def _pairs(text: str, finding: Finding, terms: Sequence[Term]) -> Iterator[tuple[Term, Term]]:
    start, end = finding.claim.quantity.start, finding.claim.quantity.end
    before = [each for each in terms if each.end <= start and not each.unit][::-1]
    behind = [each for each in terms if each.start >= end and not each.unit]
    row = before[0].place.place.row if before and before[0].place else ""
    if row and denies(text[end:][:_LEAD], row):
        return
    led = _OF.match(text, end) if behind else None
    if led and _NAME.fullmatch(text, led.end(), behind[0].start):
        yield from ((part, total) for total in _sums(text, behind) for part in before)
        if text[: behind[0].start].rstrip().endswith("("):
            yield from ((behind[0], total) for total in before)
    if before and _OR.fullmatch(text, before[0].end, start):
        yield from ((before[0], total) for total in (*before[1:], *behind))
        yield from ((part, before[0]) for part in before[1:2])
    if before and MARGIN.search(text, max(0, start - _LEAD), start):
        yield from ((before[0], total) for total in _revenues_by(before[0]))
    if _AS_SHARE.search(text, max(0, start - _LEAD), start):
        yield from (pair for pair in permutations((*before, *behind), 2) if pair[0].value < pair[1].value)


def _sums(text: str, terms: Sequence[Term]) -> Iterator[Term]:
    """Yield the sum of the first two terms, where the text adds them up, and the first one."""
    one, *rest = terms
    for two in rest[:1]:
        if are_of_one_kind(one, two) and _PLUS.fullmatch(text, one.end, two.start):
            yield one._replace(value=one.value + two.value, slack=one.slack + two.slack)
    yield one


def _revenues_by(part: Term) -> Iterator[Term]:
    """Yield the revenue of the column of a term, of which a margin is."""
    place = part.place
    if place is None or place.table is None or not place.value:
        return
    for cell in revenues(place.table, place.spot[2][1]):
        if cell[3:5] == place.spot[2][3:5]:
            yield part._replace(value=part.value * abs(float(cell[2]) / place.value))
