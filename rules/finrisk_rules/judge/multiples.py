"""Multiples in words, ``nearly doubled``: whether the two figures that they speak of bear them out."""

import re
from collections.abc import Iterator, Mapping, Sequence

from finrisk_rules.judge.chronology import are_of_one_thing, by_time
from finrisk_rules.judge.directions import Direction
from finrisk_rules.judge.subjects import are_comparable, size
from finrisk_rules.judge.traces import Traced
from finrisk_rules.judge.vocabulary import any_word, whole
from finrisk_rules.patterns import pattern_of

_WORDS = {
    2.0: "doubled doubling verdoppelt verdoppelte verdoppelten",
    3.0: "tripled tripling trebled verdreifacht verdreifachte verdreifachten",
    4.0: "quadrupled vervierfacht vervierfachte vervierfachten",
    0.5: "halved halving halbiert halbierte halbierten",
}
_MULTIPLE = pattern_of("|".join(f"({any_word(words)})" for words in _WORDS.values()), re.IGNORECASE)
_MORE = pattern_of(rf"{whole('more_than over mehr_als')}\s*\Z", re.IGNORECASE)
_NEARLY = pattern_of(rf"{whole('nearly almost fast beinahe nahezu')}\s*\Z", re.IGNORECASE)

_THAN = pattern_of(
    rf"\s*(?:(?P<more>{whole('more higher greater larger above mehr höher')})"
    rf"|{whole('less lower fewer smaller below weniger niedriger geringer')})\s[^,;.]*",
    re.IGNORECASE,
)
_OR = pattern_of(rf"\s{{0,3}},?\s{{0,3}}{whole('or oder soit ou o')}\s{{0,3}}[^\w\s]?", re.IGNORECASE)
"""Between a difference and what it is in percent: "$7.0 million or 1.1 % more than"."""

_LONGEST_THAN = 30

_ABOUT = 0.15
"""How far from a multiple, as a share of it, figures may be of which it is said without more."""

_NEAR, _SLACK = 0.25, 0.01
"""The same of "nearly", which stays on this side of it, and of what is rounded to it."""


def of_another_multiple(
    text: str, traced: Sequence[Traced], groups: Mapping[Direction, Sequence[int]]
) -> Iterator[int]:
    """Yield the numbers of the claims that are no such multiple of an earlier figure as words say of them.

    That is the one beside it or the last one of several, else that of the year before in its row.
    """
    for said, spoken in groups.items():
        group = [n for n in spoken if traced[n][1] is not None]
        if not group or not _MULTIPLE.fullmatch(text, said.start, said.end):
            continue
        last = traced[group[-1]][1]
        ends = [group[:2], [group[0], group[-1]]] if len(group) > 1 else []
        if (written := _written(spoken, traced)) and not _holds(text, said, *written[1]):
            yield written[0]
        elif pairs := [pair for each in ends if (pair := by_time(each, traced))]:
            if not any(_holds(text, said, one.value, two.value) for (_, one), (_, two) in pairs):
                yield pairs[0][1][0]
        elif len(group) == 1 and last and last.table and not traced[group[0]][0].phrase.is_base:
            before = last.table.year_before(*last.spot[2][:2])
            if before is not None and not _holds(text, said, before, last.value):
                yield group[0]


def _written(spoken: Sequence[int], traced: Sequence[Traced]) -> tuple[int, tuple[float, float]] | None:
    """Return the number of the later of two figures that words alone tell apart, with both: "from 5 to 9"."""
    bases = [n for n in spoken if traced[n][0].phrase.is_base]
    others = [
        n for n in spoken if n not in bases and bases and are_comparable(traced[n][0], traced[bases[0]][0])
    ]
    if len(bases) != 1 or len(others) != 1:
        return None
    return others[0], (size(traced[bases[0]][0]), size(traced[others[0]][0]))


def of_another_side(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims that say more where it is less: "100, 5 % more than the 105"."""
    for n in range(1, len(traced) - 1):
        start, end = traced[n][0].quantity.end, traced[n + 1][0].quantity.start
        if end - start <= _LONGEST_THAN and (than := _THAN.fullmatch(text, start, end)):
            is_again = n > 1 and _OR.fullmatch(
                text, traced[n - 1][0].quantity.end, traced[n][0].quantity.start
            )
            (_, one), (_, two) = traced[n - 2 if is_again else n - 1], traced[n + 1]
            if one is None or two is None or not are_of_one_thing(one, two):
                continue
            new, old = (
                abs(each.value) if max(one.value, two.value) < 0 else each.value for each in (one, two)
            )
            if new != old and (new > old) != bool(than["more"]):
                yield n


def _holds(text: str, said: Direction, old: float, new: float) -> bool:
    """Whether a figure is the multiple of an earlier one that is said of it; both below zero as amounts."""
    if not old or (old < 0) != (new < 0):
        return True
    match = _MULTIPLE.fullmatch(text, said.start, said.end)
    multiple = list(_WORDS)[(match.lastindex or 1) - 1] if match else 1.0
    before = text[max(0, said.start - 20) : said.start]
    reached = new / old / multiple if multiple > 1 else multiple * old / new
    if _MORE.search(before):
        return reached >= 1 - _SLACK
    if _NEARLY.search(before):
        return 1 - _NEAR <= reached <= 1 + _SLACK
    return abs(reached - 1) <= _ABOUT
