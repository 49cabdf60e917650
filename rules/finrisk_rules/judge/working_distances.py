"""Distances between two right figures of a sentence, which says that one is.

``Of $120.0 million, $104.6 million had been charged, leaving $15.4 million``, ``a premium of $300 million``,
``from 3.9 % to 3.4 %, i.e. 50 basis points``, ``a gain of $47 million after a loss of $136 million, a swing
of $183 million``.
"""

import re
from collections.abc import Sequence
from itertools import permutations

from finrisk_rules.judge.change_words import Spoken, says_more
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.signs import is_called_gain
from finrisk_rules.judge.terms import (
    LEAST_DIGITS,
    Term,
    are_of_one_kind,
    digits_of,
    says_distance,
    terms_of,
)
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_LEAD, _BESIDE = 80, 25
"""Characters by a figure in which words say how it follows, and in which one says that it is a loss."""

_LEFT = pattern_of(
    whole(
        "leaving leaves left remaining remainder remains rest hence thus therefore so i.e. that_is headroom "
        "gap difference spread cushion buffer excess premium discount shortfall added adds or mithin somit "
        "verbleiben bleiben puffer abstand soit restent reste donc écart quedan queda sea seja restam resta "
        "diferencia diferença differenza margine margen margem"
    )
    + r"[^\d;:]{0,60}\Z",
    re.IGNORECASE,
)
"""Before a figure, what says that it follows from those before it."""

_LEFT_BEHIND = pattern_of(
    r"(?:\s+[^\W\d]+)?\s+"
    + whole("headroom cushion buffer gap premium discount difference remaining remained left"),
    re.IGNORECASE,
)
_TURN = pattern_of(
    rf"(?:(?P<better>{whole('positive favorable favourable')})|(?P<worse>{whole('negative adverse')}))?\W*"
    + whole("swing turnaround umschwung retournement"),
    re.IGNORECASE,
)
"""Nouns that add up a gain and the loss of before, or the reverse."""

_TURN_BEHIND = pattern_of(
    rf"\s+(?:(?P<better>{whole('positive favorable favourable')})|(?P<worse>{whole('negative adverse')}))?\s*"
    + whole("swing turnaround umschwung"),
    re.IGNORECASE,
)
_APPOSITION = pattern_of(
    r",\s+(?:i\.e\.,?\s+)?(?:a|an|eine[nmrs]?|ein|une?|una?|uma?)\s+(?:[^\W\d]+[\s-]+){1,4}?(?:of|von|de|di)\s+[^\w\s]{0,3}\Z",
    re.IGNORECASE,
)
"""What names in a word what follows from the figures before it: "187, a lead of"."""

_LOSSES = whole("loss losses charge charges expense deficit outflow verlust perte pérdida prejuízo perdita")
_LOSS = pattern_of(rf"{_LOSSES}[^\d,;]*\Z", re.IGNORECASE)
_LOSS_BEHIND = pattern_of(rf"\s+(?:[^\W\d]+\s+)?{_LOSSES}", re.IGNORECASE)


def distance(
    text: str, findings: Sequence[Finding], at: int, terms: Sequence[Term], said: Spoken | None
) -> tuple[Term, Term] | None:
    """Return two terms of one kind between which a figure lies, as words by it say; None without.

    ``said`` is what its words say of it as a change. Of a gain and a loss that is their sum.
    """
    finding, quantity = findings[at], findings[at].claim.quantity
    if quantity.unit not in ("points", "basis_points") and digits_of(finding) < LEAST_DIGITS:
        return None
    lead = _lead(text, findings, at)
    turn = turn_said(text, findings, at)
    if not (turn or said or _says_left(lead) or _LEFT_BEHIND.match(text, quantity.end)):
        return None
    alike = [each for each in terms if bool(each.unit) == bool(quantity.unit)]
    for more, less in permutations(alike, 2):
        if not are_of_one_kind(more, less) or more.value < less.value:
            continue
        if are_opposite(text, more, less, is_turn=turn is not None):
            if says_distance(finding, more, less, 1) and _is_turned_so(text, turn, said, more, less):
                return more, less
        elif says_distance(finding, more, less) and _is_so(text, more, less, said, finding):
            return more, less
    return None


def turn_said(text: str, findings: Sequence[Finding], at: int) -> re.Match[str] | None:
    """Return what says that a figure adds up a gain and the loss of before: "a swing of", "a $5m swing"."""
    return _TURN.search(_lead(text, findings, at)) or _TURN_BEHIND.match(
        text, findings[at].claim.quantity.end
    )


def is_of_no_swing(text: str, findings: Sequence[Finding], at: int) -> bool:
    """Whether a figure is called the swing between a gain and a loss before it, and is not their sum."""
    if turn_said(text, findings, at) is None:
        return False
    before = [each for each in terms_of(findings[:at]) if not each.unit][-2:]
    if len(before) < 2 or not are_opposite(text, before[0], before[1], is_turn=True):
        return False
    return are_of_one_kind(*before) and not says_distance(findings[at], before[0], before[1], 1)


def _lead(text: str, findings: Sequence[Finding], at: int) -> str:
    """Return what stands between a figure and the one before it."""
    start = findings[at].claim.quantity.start
    first = max((each.claim.quantity.end for each in findings[:at]), default=0)
    return text[max(first, start - _LEAD) : start]


def _says_left(lead: str) -> bool:
    return bool(_LEFT.search(lead) or _APPOSITION.search(lead))


def _is_so(text: str, more: Term, less: Term, said: Spoken | None, finding: Finding) -> bool:
    """Whether words of rise or fall, if any, agree with which of two terms is compared with the other."""
    if said is None or said.rises is None:
        return True
    end = finding.claim.quantity.end
    if says_more(text, end) is not None and more.is_base == less.is_base:
        behind = [each for each in (more, less) if each.start > end]
        return len(behind) == 1 and said.rises == (behind[0] is less)
    return more.is_base != less.is_base and said.rises != more.is_base


def _is_turned_so(text: str, turn: re.Match[str] | None, said: Spoken | None, one: Term, two: Term) -> bool:
    """Whether a swing from a loss to a gain is not said to be negative, nor the reverse positive."""
    rises = said.rises if said else None
    if turn:
        rises = True if turn["better"] else False if turn["worse"] else None
    if one.is_base == two.is_base or rises is None:
        return rises is None
    return _is_loss(text, one if two.is_base else two) != rises


def are_opposite(text: str, one: Term, two: Term, *, is_turn: bool) -> bool:
    """Whether a sentence calls one of two terms a loss and the other none, without a swing a gain."""
    losses = [_is_loss(text, each) for each in (one, two)]
    if losses[0] == losses[1]:
        return False
    return is_turn or is_called_gain(text, *(two if losses[0] else one).span) is True


def _is_loss(text: str, term: Term) -> bool:
    before = _LOSS.search(text, max(0, term.start - _BESIDE), term.start)
    return bool(before or _LOSS_BEHIND.match(text, term.end))
