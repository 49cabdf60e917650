"""Ranks within an answer: a row of its table, or an item of its list, said to be the largest, and it is not.

``The heaviest of these years is 2025`` below a table where 2027 has more; ``2008: $4.9 million, the least``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.governors import is_led_by_change
from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.rank_words import APART, NOT_ALONE, ORDINALS, RANK, WORDS_OF_RANK
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.subjects import are_comparable, size
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_MOST_ITEMS, _LEAST_ITEMS, _FARTHEST, _LEAD = 40, 2, 3, 30
"""Items of a group, statements between it and what is said of it, and characters before a word of rank."""

_FIRST = "ranks_first ranked_first comes_first came_first tops topped liegt_vorn an_erster_stelle"
_IS_FIRST = pattern_of(whole(_FIRST), re.IGNORECASE)
_RISES = {
    "largest": True,
    "highest": True,
    "fastest": True,
    "smallest": False,
    "lowest": False,
    "slowest": False,
}
_WORDS = WORDS_OF_RANK | telling(_FIRST.split())
_TOTAL = pattern_of(
    whole("total totals sum together summe gesamt insgesamt somme ensemble suma totale"), re.I
)
_WORD = pattern_of(r"\w+")
_ITEM = pattern_of(
    r"[^\w|]*(?P<label>[^\W\d][^:\d|]{0,60}?|(?:19|20)\d\d(?:\W(?:19|20)\d\d)?)[\s*]*(?::|\s[-\u2013\u2014]\s)"
)


_BESIDE = pattern_of(
    r"(?:\s*(?:a|per|im|par|por|je)\s+\w+)?\W{1,3}(?:"
    + whole(
        "the its their our still also again thus by far clearly der die das noch weiterhin le la el lo il"
    )
    + r"\s*)*",
    re.IGNORECASE,
)
"""Between a figure and a rank that is said of it, no verb: "$4.9 million a year, by far the lowest"."""


class _Item(NamedTuple):
    """A row or an item: the words of its label, its text, and what is found of its figures."""

    label: frozenset[str]
    text: str
    findings: Sequence[Finding]


class _Rank(NamedTuple):
    """What is said of an item: how many are before it, counted from the largest or from the smallest."""

    start: int
    is_largest: bool
    before_it: int


def of_own_rank(statements: Sequence[Statement], found: Mapping[int, Sequence[Finding]]) -> Iterator[Finding]:
    """Yield the findings on figures of rows and items that have not the rank that the answer says of them."""
    group: list[_Item] = []
    apart = 0
    for statement in statements:
        findings = found.get(statement.start, ())
        item = _item(statement.text, findings) if findings else None
        if item is None:
            apart += 1
            if group and apart <= _FARTHEST and not findings:
                yield from _of_named(statement.text, group)
        elif apart or len(group) >= _MOST_ITEMS:
            yield from _of_themselves(group)
            group, apart = [item], 0
        else:
            group.append(item)
    yield from _of_themselves(group)


def _item(text: str, findings: Sequence[Finding]) -> _Item | None:
    """Return a row of a table but that of a total, or an item that begins with its name; None for others."""
    if text.startswith("|"):
        label = text.strip("| ").split("|")[0]
    else:
        named = _ITEM.match(text)
        label = named["label"] if named and named.end() <= findings[0].claim.quantity.start + 1 else ""
    words = frozenset(_WORD.findall(label.lower()))
    return _Item(words, text, findings) if words and not _TOTAL.search(label) else None


def _of_named(text: str, group: Sequence[_Item]) -> Iterator[Finding]:
    """Yield what a sentence behind a group says wrongly of the one item that it names, in all its columns."""
    rank = _rank(text)
    if rank is None or len(group) < _LEAST_ITEMS:
        return
    said = frozenset(_WORD.findall(text.lower()))
    common = frozenset.intersection(*(each.label for each in group))
    named = [each for each in group if each.label - common and each.label - common <= said]
    if len(named) != 1:
        return
    own = named[0]
    columns = range(len(own.findings))
    asked = stems(text) - stems(" ".join(own.label))
    heads = [n for n in columns if not asked.isdisjoint(own.findings[n].claim.phrase.words)]
    against = [n for n in (heads or columns) if _is_against(rank, n, own, group)]
    if against and len(against) == len(heads or columns):
        yield own.findings[against[0]]


def _of_themselves(group: Sequence[_Item]) -> Iterator[Finding]:
    """Yield the figures of items of a list behind which a rank is said that they have not."""
    for item in group if len(group) >= _LEAST_ITEMS else ():
        rank = None if item.text.startswith("|") else _rank(item.text)
        before = [n for n, each in enumerate(item.findings) if rank and each.claim.quantity.end <= rank.start]
        if rank is None or not before:
            continue
        last = item.findings[before[-1]]
        is_of_it = _BESIDE.fullmatch(item.text, last.claim.quantity.end, rank.start)
        if is_of_it and _is_against(rank, before[-1], item, group):
            yield last


def _rank(text: str) -> _Rank | None:
    """Return the one rank that a sentence says of one thing among all; None for none."""
    if frozenset(_WORD.findall(text.lower())).isdisjoint(_WORDS) or APART.search(text):
        return None
    if first := _IS_FIRST.search(text):
        return _Rank(first.start(), is_largest=True, before_it=0)
    said = list(RANK.finditer(text))
    if len(said) != 1 or said[0].lastgroup not in _RISES:
        return None
    before = text[max(0, said[0].start() - _LEAD) : said[0].start()]
    if NOT_ALONE.search(before):
        return None
    near = f"{before.split(',')[-1]} {said[0][0]}"
    before_it = next((count for pattern, count in ORDINALS if pattern.search(near)), 0)
    return _Rank(said[0].start(), _RISES[said[0].lastgroup], before_it)


def _is_against(rank: _Rank, column: int, own: _Item, group: Sequence[_Item]) -> bool:
    """Whether more of a group lie before the figure of an item than its rank lets."""
    claim = own.findings[column].claim
    others = [each for each in group if each is not own and column < len(each.findings)]
    is_change = _is_led(own, column)
    peers = [each.findings[column].claim for each in others if _is_led(each, column) == is_change]
    if not peers or not all(_are_alike(claim, each) for each in peers):
        return False
    own_size, sizes = size(claim), map(size, peers)
    beyond = [each for each in sizes if each != own_size and (each > own_size) == rank.is_largest]
    return len(beyond) > rank.before_it


def _is_led(item: _Item, column: int) -> bool:
    """Whether a word of rise or fall or a sign leads to a figure of an item: it is how much that changed."""
    start = item.findings[column].claim.quantity.start
    return item.text[start : start + 1] in "+-" or is_led_by_change(item.text, start)


def _are_alike(one: Claim, other: Claim) -> bool:
    """Whether two figures are of one kind, levels or changes."""
    return are_comparable(one._replace(is_change=False), other._replace(is_change=False))
