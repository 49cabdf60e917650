"""The two ends of a change that a sentence writes: ``to $4.21 billion from $3.75 billion``."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from finrisk_rules.judge.chronology import is_later
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.comparison_words import COUNTERS, YEAR_BEFORE
from finrisk_rules.judge.directions import Direction, directions, is_evaluation, says_rise
from finrisk_rules.judge.governors import leads_to
from finrisk_rules.judge.vocabulary import CHANGED, CONTRAST, whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

_LONGEST_LEAD = 40
"""Characters between the word that leads to an end and its figure: "from a restated $1.58"."""

_BETWEEN_ENDS = 120
_BEFORE_ENDS = 120
"""Characters between both ends, and between the word of rise or fall and the first of them."""

_MOST_BETWEEN = 4
"""Figures of other kinds between them."""

_CLAUSE_END = pattern_of(r"[,;.](?!\d)|[\u3001\u3002\uff1b]")
_NAMED = r"(?:\s+(?!and\b|or\b)[^\W\d_]+){0,3}?\s*[^\w\s]{0,3}\s*\Z"
_TO = pattern_of(
    rf"{whole('to auf hasta para naar till på')}{_NAMED}|{whole('à a ad al')}\s*[^\w\s]{{0,3}}\s*\Z",
    re.IGNORECASE,
)
"""The Romance "a" is an article in English: it leads where its figure is the next word."""

_BEFORE_IT = pattern_of(r"\s*[(\uff08][^()\d]{0,20}(?:(?:19|20)\d\d)?\s?:\s*[^\w\s]{0,3}\s*")
"""Between a figure and that of another period in brackets: "to 5 (2023: 6)"."""
_FROM = pattern_of(rf"{whole('from von da dal dagli dai desde depuis från fra van')}{_NAMED}", re.IGNORECASE)
"""French and Spanish "de" leads to by how much as well, Portuguese "de ... para" does not."""

_BEHIND = pattern_of(f"[{COUNTERS}]?(?:(?P<from>から)|へ|に|まで)")
"""The same in Japanese, behind a figure: "0.66倍から0.58倍へ"."""

_DE = pattern_of(rf"{whole('de do da dos das')}{_NAMED}", re.IGNORECASE)
_PARA = pattern_of(rf"{whole('para')}{_NAMED}", re.IGNORECASE)
_FROM_RIGHT_BEHIND = pattern_of(
    rf"(?:\s+[^\W\d_]+ly)?(?:\s+by)?(?:\s+[^\w\s]?[\d.,]+\s?%)?,?\s+{whole('from')}{_NAMED}", re.IGNORECASE
)
"""Between a word of rise or fall and the figure that the one before it is compared with: "up 5 % from"."""

_IN_ASIDE = pattern_of(r"\([^()]*\Z")
_NOUN_LEADS = pattern_of(r"\s+(?:in|by|from|to|of|des|de|der|von)\b", re.IGNORECASE)
_NOUNS = CHANGED | frozenset(
    "increases decreases declines rises drops gains growth reductions changes improvements wachstum "
    "croissance crecimiento crescita crescimento".split()
)
_COMPARATIVE = frozenset("higher lower höher höhere niedriger niedrigere höheren niedrigeren up down".split())


class Ends(NamedTuple):
    """The numbers of the claims that a change leads from and to, and the word that says which way."""

    old: int
    new: int
    said: Direction


def written_ends(text: str, claims: Sequence[Claim]) -> Iterator[Ends]:
    """Yield the ends of the changes that a sentence writes with what leads from one to the other.

    Only of figures that are no less than zero: of a loss below zero readers mean either by "rose".
    """
    words = directions(text)
    ends = [each.end for each in words]
    for at in range(1, len(claims)) if words else ():
        here = claims[at].quantity
        if not (before := bisect_right(ends, here.start)):
            continue
        last = words[before - 1]
        if not _is_plain(text, last):
            continue
        if _compares(text, last) and _FROM_RIGHT_BEHIND.fullmatch(text, last.end, here.start):
            leads_on = at + 1 < len(claims) and _leads(text, *_span(claims[at + 1])) == "to"
            if not leads_on and (new := _compared(text, claims, at, last)) is not None:
                yield Ends(at, new, last)
            continue
        first = _before(claims, at)
        if first is None or not _are_alike(claims[first].quantity, here):
            continue
        start, end = claims[first].quantity.start, claims[first].quantity.end
        if here.start - end > _BETWEEN_ENDS or ";" in text[end : here.start] or last.start >= end:
            continue
        if start - last.end > _BEFORE_ENDS or last.end > start or CONTRAST.search(text, last.end, here.start):
            continue
        if first and _is_level(text, claims[first - 1], here, last):
            continue
        leads = [_leads(text, *_span(claims[n])) for n in (first, at)]
        if leads[1] != "from" and leads[0] == "to" and _is_of_before(text, claims[first], claims[at]):
            leads[1] = "from"
        if leads == ["from", "to"] or (leads == ["", "to"] and _is_de_para(text, start, here.start)):
            yield Ends(first, at, last)
        elif leads == ["to", "from"]:
            yield Ends(at, first, last)


def ends_before_verb(text: str, claims: Sequence[Claim]) -> Iterator[Ends]:
    """Yield the ends that stand before the word of rise or fall: "von 5 auf 6 gestiegen", "5から6へ上昇"."""
    words = directions(text)
    starts = [each.start for each in words]
    for at in range(1, len(claims)) if words else ():
        (start, end), first = _span(claims[at]), _before(claims, at)
        behind = bisect_left(starts, end)
        if first is None or behind == len(words) or not _is_plain(text, words[behind]):
            continue
        if text[words[behind].start : words[behind].end].lower() in _NOUNS:
            continue
        if _CLAUSE_END.search(text, end, words[behind].start) or words[behind].start - end > _LONGEST_LEAD:
            continue
        if behind and starts[behind - 1] >= claims[first].quantity.start - _BEFORE_ENDS:
            continue  # which may be the word that says how they changed
        if start - claims[first].quantity.end > _LONGEST_LEAD:
            continue
        if [_leads(text, *_span(claims[n])) for n in (first, at)] == ["from", "to"]:
            yield Ends(first, at, words[behind])


def has_turned(ends: Ends, claims: Sequence[Claim]) -> bool:
    """Whether what is said to rise fell by the figures of its ends, or the reverse."""
    old, new = (claims[n].quantity for n in (ends.old, ends.new))
    first, second = (old.value, new.value) if None in (old.scale, new.scale) else (old.amount, new.amount)
    return first != second and (second > first) != ends.said.rises


def _is_plain(text: str, direction: Direction) -> bool:
    """Whether a word says rise or fall of a figure, not better or worse, and is not denied."""
    word = text[direction.start : direction.end].lower()
    if is_evaluation(direction) or says_rise(word) is not direction.rises:
        return False
    return word not in _NOUNS or bool(_NOUN_LEADS.match(text, direction.end))


def _compares(text: str, direction: Direction) -> bool:
    """Whether a word compares what stands before it: "up", "higher", "an increase"."""
    word = text[direction.start : direction.end].lower()
    return word in _COMPARATIVE or word in _NOUNS


def _span(claim: Claim) -> tuple[int, int]:
    return claim.quantity.start, claim.quantity.end


def _leads(text: str, start: int, end: int) -> str:
    """Return whether words lead "from" or "to" a figure, those behind it in Japanese; "" for neither."""
    if behind := _BEHIND.match(text, end):
        return "from" if behind["from"] else "to"
    before = text[max(0, start - _LONGEST_LEAD) : start]
    one, other = _FROM.search(before), _TO.search(before)
    if one and other:
        return "from" if one.start() > other.start() else "to"
    return "from" if one else "to" if other else ""


def _is_level(text: str, claim: Claim, other: Quantity, said: Direction) -> bool:
    """Whether a figure behind a word of rise or fall is an end too, not by how much: "by $7.7 million"."""
    if claim.quantity.start < said.end or claim.is_change or leads_to(text, said, claim.quantity.start):
        return False
    return _are_alike(claim.quantity, other)


def _is_of_before(text: str, new: Claim, old: Claim) -> bool:
    """Whether a figure is that of an earlier period with which the one before it is compared."""
    start, end = new.quantity.end, old.quantity.start
    is_aside = bool(_BEFORE_IT.fullmatch(text, start, end))
    if not (is_aside or old.phrase.is_base):
        return False
    if YEAR_BEFORE.search(text, start, old.quantity.end + _LONGEST_LEAD):
        return True
    is_new_later = is_later(new, old._replace(phrase=old.phrase._replace(is_base=new.phrase.is_base)))
    return is_new_later is not False if is_aside else is_new_later is True


def _is_de_para(text: str, start: int, here: int) -> bool:
    """Whether Portuguese words lead from the first figure to the second: "caiu de 11,3% para 10,8%"."""
    return bool(
        _PARA.search(text, max(0, here - _LONGEST_LEAD), here)
        and _DE.search(text, max(0, start - _LONGEST_LEAD), start)
    )


def _before(claims: Sequence[Claim], at: int) -> int | None:
    """Return the number of the last claim before one that is of its kind, or how much it changed."""
    nearest = range(at - 1, max(-1, at - 1 - _MOST_BETWEEN), -1)
    alike = (n for n in nearest if _are_alike(claims[n].quantity, claims[at].quantity))
    return next(alike, None)


def _compared(text: str, claims: Sequence[Claim], at: int, said: Direction) -> int | None:
    """Return the number of the figure before "up from" that is compared with the one behind it."""
    for n in range(at - 1, max(-1, at - 1 - _MOST_BETWEEN), -1):
        quantity = claims[n].quantity
        if quantity.start >= said.start or not _are_alike(quantity, claims[at].quantity):
            continue
        if said.start - quantity.end > _BETWEEN_ENDS or ";" in text[quantity.end : said.start]:
            return None
        if _IN_ASIDE.search(text, max(0, quantity.start - _LONGEST_LEAD), quantity.start) and (
            ")" in text[quantity.end : said.start]
        ):
            continue
        return None if claims[n].phrase.is_base or _leads(text, *_span(claims[n])) == "from" else n
    return None


def _are_alike(one: Quantity, other: Quantity) -> bool:
    """Whether two figures may be ends of one change: of one unit and currency, and no less than zero."""
    if one.unit != other.unit or min(one.value, other.value) < 0:
        return False
    return one.currency == other.currency or "" in (one.currency, other.currency)
