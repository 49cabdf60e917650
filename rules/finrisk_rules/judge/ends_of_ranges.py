"""Figures that a sentence derives from the ends of a range, or by leaving one of its figures out.

``$2.76-$2.86, a midpoint of $2.81``, ``$6.5-6.7 billion after $6.1 billion; the low end would mean growth of
6.4 %`` and ``$1,488 million; excluding $210 million it would have been $1,278 million`` follow from right
figures of the sentence.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.governors import governors
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

MOST_FIGURES = 16
"""Figures of a sentence in which one is looked for that follows from others so."""

_LEAD = 60
"""Characters before a figure in which words say how it is derived."""

_RANGE = pattern_of(
    r"\s*(?:[-\u2013\u2014~\u301c]|to|bis|à|a|and|und|et|y|e|から)\s*[^\w\s]{0,3}\s*", re.IGNORECASE
)
_ENDS = pattern_of(
    rf"(?:(?P<low>{whole('low lower bottom')}\s+end|{whole('untere_ende unteren_ende bas_de_la_fourchette')})"
    rf"|(?P<high>{whole('high higher upper top')}\s+end|{whole('obere_ende oberen_ende')}"
    rf"|{whole('haut_de_la_fourchette')})"
    rf"|{whole('midpoint mid-point middle mitte mittelwert milieu point_médian punto_medio ponto_médio')}"
    r"|中央値|中间值|中值)[^\d.;]*\Z",
    re.IGNORECASE,
)
"""Before a figure, which end of a range it is, or is derived from."""

_WITHOUT = pattern_of(
    rf"(?:{whole('excluding without before excl ex stripping_out leaving_out adjusted_for ohne')}"
    rf"|{whole('bereinigt_um hors sans sin excluyendo excluindo sem escludendo senza')})[^\d.;,:()]*\Z",
    re.IGNORECASE,
)
_WITHOUT_BEHIND = pattern_of(r"\s?(?:を除|除く|を控除)")


def from_ends(text: str, findings: Sequence[Finding], at: int) -> Trace | None:
    """Return the place of the figure from which one of a sentence follows so, None where it does not."""
    claim = findings[at].claim
    start = claim.quantity.start
    if said := _ENDS.search(text, max(0, start - _LEAD), start):
        for end, trace in _ends(text, findings, said):
            if claim.quantity.unit == "percent":
                if grown := _grown(text, findings, at, end):
                    return grown
            elif _is(claim, end):
                return trace
    return None if claim.quantity.unit else _left(text, findings, at)


def _ends(text: str, findings: Sequence[Finding], said: re.Match[str]) -> Iterator[tuple[float, Trace]]:
    """Yield the end, or the middle, of each range of right figures of a sentence, with its place."""
    for one, two in pairwise(findings):
        between = one.claim.quantity.end, two.claim.quantity.start
        if not (one.is_right and two.is_right and two.trace) or not _RANGE.fullmatch(text, *between):
            continue
        high = float(two.claim.quantity.amount)
        low = float(one.claim.quantity.value) * 10.0 ** (two.claim.quantity.scale or 0)
        yield (low if said["low"] else high if said["high"] else (low + high) / 2), two.trace


def _grown(text: str, findings: Sequence[Finding], at: int, new: float) -> Trace | None:
    """Return the place of the one figure over which an end of a range grew as much as is said."""
    claim = findings[at].claim
    [direction] = governors(text, [(claim.quantity.start, claim.quantity.end)])
    for number, each in enumerate(findings):
        neighbours = findings[max(0, number - 1) : number + 2]
        is_end = any(
            _RANGE.fullmatch(text, one.claim.quantity.end, two.claim.quantity.start)
            for one, two in pairwise(neighbours)
        )
        old = float(each.claim.quantity.amount)
        if is_end or not each.is_right or each.claim.quantity.unit or not each.trace or old <= 0:
            continue
        if direction and direction.rises == (new > old) and _is(claim, abs(new / old - 1) * 100):
            return each.trace
    return None


def _left(text: str, findings: Sequence[Finding], at: int) -> Trace | None:
    """Return the place of the figure of which one is left when another one of the sentence is left out."""
    claim = findings[at].claim
    for number, each in enumerate(findings[:at]):
        quantity = each.claim.quantity
        is_out = _WITHOUT.search(text, max(0, quantity.start - _LEAD), quantity.start)
        if not (is_out or _WITHOUT_BEHIND.match(text, quantity.end)) or not each.is_right:
            continue
        for whole_of in (*findings[:number][::-1], *findings[number + 1 : at]):
            if not (whole_of.is_right and whole_of.trace) or not _are_alike(
                whole_of.claim, each.claim, claim
            ):
                continue
            if _is(claim, abs(float(whole_of.claim.quantity.amount)) - abs(float(quantity.amount))):
                return whole_of.trace
    return None


def _are_alike(*claims: Claim) -> bool:
    return len({(each.quantity.unit, each.quantity.currency) for each in claims}) == 1


def _is(claim: Claim, value: float) -> bool:
    """Whether a figure says a value, as exactly as it is written."""
    quantity = claim.quantity
    half = 0.5 * 10.0 ** ((quantity.scale or 0) - quantity.places)
    amount = float(quantity.value) if quantity.unit else float(quantity.amount)
    return abs(amount - value) <= half * (1 + 1e-6)
