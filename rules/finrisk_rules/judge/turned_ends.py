"""Ends of changes that are written turned round: ``raised from 10 % to 9 %``, ``fell to 10 from 9``."""

import re
from collections.abc import Iterator, Mapping, Sequence

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.contradictions import FROM, LONGEST_FROM
from finrisk_rules.judge.directions import Direction, directions, is_evaluation
from finrisk_rules.judge.traces import Traced
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.quantities import Quantity

_BOTH_ENDS = re.compile(rf"\s+{whole('to auf à a')}\s+[^\w\s]{{0,3}}", re.IGNORECASE)
_DE = re.compile(rf"{whole('de')}[^\w]*\Z", re.IGNORECASE)
_DE_ENDS = re.compile(rf"\s+{whole('a para hasta')}\s+[^\w\s]{{0,3}}", re.IGNORECASE)
"""The same in Spanish and Portuguese; "recule de 5 à 6" is French."""

_END_BEFORE = re.compile(rf"{whole('to auf à a hasta para')}\s+[^\w\s]{{0,3}}\Z", re.IGNORECASE)
"""Right before the later end, where it comes first."""


def of_turned_ends(
    text: str, traced: Sequence[Traced], groups: Mapping[Direction, Sequence[int]]
) -> Iterator[int]:
    """Yield the numbers of the later ends of changes that do the opposite of the word that leads to both."""
    for direction, group in groups.items():
        for n in group if not is_evaluation(direction) else ():
            if n + 1 >= len(traced):
                continue
            one, other = traced[n][0], traced[n + 1][0]
            first, second = one.quantity, other.quantity
            if direction.end > first.start or not _are_alike(first, second) or first.value == second.value:
                continue
            is_up = second.value > first.value
            if is_up != direction.rises and _is_from_to(text, one, other, direction):
                yield n + 1
            elif is_up == direction.rises and _is_to_from(text, one, other, direction):
                yield n


def _are_alike(one: Quantity, other: Quantity) -> bool:
    """Whether two ends of a change are in one unit, which one of them may leave to the other; no losses."""
    is_scale = one.scale == other.scale or None in (one.scale, other.scale)
    is_currency = one.currency == other.currency or not (one.currency and other.currency)
    return one.unit == other.unit and is_scale and is_currency and min(one.value, other.value) >= 0


def _is_from_to(text: str, one: Claim, other: Claim, direction: Direction) -> bool:
    """Whether a word leads to the ends of a change, the earlier one first: "raised from 10 % to 9 %"."""
    first, second = one.quantity, other.quantity
    if not one.phrase.is_base:
        return False
    if FROM.search(text, direction.end, first.start):
        return _BOTH_ENDS.fullmatch(text, first.end, second.start) is not None
    is_led = _DE.search(text, max(direction.end, first.start - LONGEST_FROM), first.start)
    return bool(is_led and _DE_ENDS.fullmatch(text, first.end, second.start))


def _is_to_from(text: str, one: Claim, other: Claim, direction: Direction) -> bool:
    """Whether a word leads to the ends of a change, the later one first: "fell to 10 from 9"."""
    first, second = one.quantity, other.quantity
    if one.phrase.is_base or one.is_change or not other.phrase.is_base:
        return False
    if not _END_BEFORE.search(text, max(direction.end, first.start - LONGEST_FROM), first.start):
        return False
    is_led = FROM.search(text, max(first.end, second.start - LONGEST_FROM), second.start)
    return bool(is_led and not directions(text[first.end : second.start]))
