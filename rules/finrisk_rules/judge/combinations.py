"""Combinations of lines that a sentence says its figure is: a sum, a difference, a multiple, a share.

``Asia and Europe together made up 61 % of sales`` adds two lines and divides them by a third one. The words
between the names and the figure say which operation it is; lines that they do not join are not combined.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.mentions import Mention, lists
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

MOST_LINES = 8
"""Lines of one combination."""

_ARTICLES = rf"\W*(?:{whole('the its our their total all der die das den des les la le el los')}\W*)*"
_TIMES = pattern_of(
    rf"\s?(?:x(?![^\W_])|×|倍|-?{whole('times fold fach fache fachen fois veces volte')})\W*"
    rf"(?:{whole('as much as that those of the its der die')}\W*)*",
    re.IGNORECASE,
)
_OF = pattern_of(rf"\W*{whole('of von der des de du del dei')}(?:\W+[^\W\d]+){{0,3}}\W+", re.IGNORECASE)
_THAN = pattern_of(
    rf"\s*(?:(?P<more>{whole('more higher greater larger above over ahead_of mehr höher de_plus más')})"
    rf"|{whole('less lower fewer smaller below under short_of weniger niedriger de_moins menos inferior')})"
    rf"\W*(?:{whole('than those that of the for in als que')}\W*)*",
    re.IGNORECASE,
)
_EXCEEDS = pattern_of(
    rf"[^.;\d]{{0,30}}(?:(?P<more>{whole('exceed exceeds exceeded exceeding surpassed surpasses topped')}"
    rf"|{whole('übertraf überstieg dépasse dépassait excedió superó')})"
    rf"|{whole('trailed trails fell_short_of was_below were_below')})[^.;\d]{{0,30}}",
    re.IGNORECASE,
)
_GAP = pattern_of(
    whole("difference gap spread differenz unterschied différence écart diferencia"), re.IGNORECASE
)
_LESS = pattern_of(
    rf"\W*{whole('less minus net_of after_deducting excluding abzüglich ohne moins hors menos')}{_ARTICLES}",
    re.IGNORECASE,
)
_RATIO = pattern_of(
    rf"{whole('ratio ratios cover coverage multiple verhältnis rapport')}|-to-", re.IGNORECASE
)
_TO = pattern_of(rf"\W*(?:{whole('to over by zu sur')}|/){_ARTICLES}", re.IGNORECASE)
_COVERS = pattern_of(
    rf"[^.;\d]{{0,20}}{whole('cover covers covered covering deckte couvre couvrait cubre')}[^.;\d]{{0,12}}",
    re.IGNORECASE,
)
_AS_SHARE = pattern_of(
    rf"[^.;\d]{{0,20}}{whole('percentage percent proportion share fraction anteil prozent pourcentage')}"
    rf"\W*{whole('of von der des de du del')}{_ARTICLES}",
    re.IGNORECASE,
)
_FROM = pattern_of(
    rf"\W*{whole('came come comes stemmed derived arose kam kamen stammte provenait')}[^.;\d]{{0,12}}?"
    rf"{whole('from in aus von de du des by')}{_ARTICLES}",
    re.IGNORECASE,
)


_BESIDES = pattern_of(
    rf"(?:{whole('excluding without outside besides beside beyond apart_from aside_from other_than but_for')}"
    rf"|{whole('except ohne außer sans hors sauf excepto sin')}(?:\W*{whole('for')})?"
    rf"|{whole('change changes increase increases decrease decreases growth decline declines')}"
    rf"\W*{whole('in of')}){_ARTICLES}\Z",
    re.IGNORECASE,
)
"""Before a list, what says that a figure is not its sum: it is of the others, or how much that changed."""

EACH = pattern_of(
    rf"{whole('each every apiece average annually jeweils jährlich chacun chacune chaque cada')}"
    rf"|{whole('a per pro par al')}\s+{whole('year jahr an año')}",
    re.IGNORECASE,
)
"""What says that a figure is one of several, and not their sum."""


TOGETHER = pattern_of(
    whole(
        "together combined jointly collectively altogether in_total in_aggregate insgesamt zusammen "
        "gemeinsam ensemble juntos conjuntamente insieme"
    )
    + "|合わせて|合計",
    re.IGNORECASE,
)
"""What speaks of several lines as one."""


class Combination(NamedTuple):
    """The lines that are added, those that are taken off, and the one by which the result is divided.

    ``is_either`` where the difference may be the other way round.
    """

    added: Sequence[int]
    taken: Sequence[int] = ()
    by: Sequence[int] = ()
    is_either: bool = False


def combinations(
    bare: str, claim: Claim, named: Sequence[Mention], parts: Sequence[int]
) -> Iterator[Combination]:
    """Yield what a sentence may say that its figure is of the lines that it names.

    ``bare`` is the sentence without other figures and periods, ``parts`` are lines that it speaks of together
    without their names.
    """
    start, end = claim.quantity.start, claim.quantity.end
    before = [each for each in named if each.end <= start]
    behind = [each for each in named if each.start >= end]
    if claim.quantity.unit == "percent":
        yield from _shares(bare, end, before, behind, parts)
    elif not claim.quantity.unit:
        if not (claim.quantity.currency or claim.quantity.scale):
            yield from _multiples(bare, end, before, behind)
        differences = list(_differences(bare, end, before, behind))
        if differences or not (claim.is_change or (EACH.search(bare) and not TOGETHER.search(bare))):
            yield from differences or _sums(bare, before, behind, parts)


def _lines(listed: Sequence[Mention]) -> Sequence[int]:
    return [each.line for each in listed[:MOST_LINES]]


def _added(bare: str, named: Sequence[Mention]) -> list[Sequence[Mention]]:
    """Return the lists of which the sentence may say what they come to."""
    return [each for each in lists(bare, named) if not _BESIDES.search(bare, 0, each[0].start)]


def _last(bare: str, named: Sequence[Mention]) -> Sequence[int]:
    """Return the lines of the last list."""
    return _lines(_added(bare, named)[-1]) if _added(bare, named) else ()


def _sums(
    bare: str, before: Sequence[Mention], behind: Sequence[Mention], parts: Sequence[int]
) -> Iterator[Combination]:
    first = _lines(next(iter(_added(bare, behind)), ()))
    last = _last(bare, before)
    if len(last) < 2 and TOGETHER.search(bare):
        last = next((_lines(each) for each in _added(bare, before)[::-1] if len(each) > 1), ())
    for listed in (last, first, parts):
        if len(set(listed)) == len(listed) > 1:
            yield Combination(listed)


def _shares(
    bare: str, end: int, before: Sequence[Mention], behind: Sequence[Mention], parts: Sequence[int]
) -> Iterator[Combination]:
    """Yield the share of a list, or of one line, in the line behind "of"."""
    if behind and _OF.fullmatch(bare, end, behind[0].start):
        total, *rest = behind
        if rest and _FROM.fullmatch(bare, total.end, rest[0].start):
            yield Combination(_lines(next(lists(bare, rest))), by=[total.line])
        elif listed := parts or _last(bare, [each for each in before if each.line != total.line]):
            yield Combination(listed, by=[total.line])
    if len(before) > 1 and _AS_SHARE.fullmatch(bare, before[-2].end, before[-1].start):
        yield Combination(_last(bare, before[:-1]), by=[before[-1].line])


def _multiples(
    bare: str, end: int, before: Sequence[Mention], behind: Sequence[Mention]
) -> Iterator[Combination]:
    times = _TIMES.match(bare, end)
    if times and before and behind and times.end() >= behind[0].start:
        yield Combination([before[-1].line], by=[behind[0].line])
    if len(before) > 1:
        one, two = before[-2:]
        is_ratio = _TO.fullmatch(bare, one.end, two.start) and (times or _RATIO.search(bare))
        if is_ratio or _COVERS.fullmatch(bare, one.end, two.start):
            yield Combination([one.line], by=[two.line])


def _differences(
    bare: str, end: int, before: Sequence[Mention], behind: Sequence[Mention]
) -> Iterator[Combination]:
    if before and behind and (than := _THAN.fullmatch(bare, end, behind[0].start)):
        one, two = (before[-1], behind[0]) if than["more"] else (behind[0], before[-1])
        yield Combination([one.line], [two.line])
    if len(before) > 1:
        one, two = before[-2:]
        if exceeds := _EXCEEDS.fullmatch(bare, one.end, two.start):
            one, two = (one, two) if exceeds["more"] else (two, one)
            yield Combination([one.line], [two.line])
        elif _LESS.fullmatch(bare, one.end, two.start):
            yield Combination([one.line], [two.line])
    for listed in (before[-2:], behind[:2]):
        if len(listed) == 2 and _GAP.search(bare) and len([*lists(bare, listed)]) == 1:
            yield Combination([listed[0].line], [listed[1].line], is_either=True)
