"""Growth between two right figures of a sentence, and the percentage that a change beside it is.

``£6,254 million, up 12.0 % from £5,586 million`` compares a figure with its base, ``from 3,316 in 2017 to
4,411 in 2019, a rise of 33 % in two years`` the last figure of a row with the first. ``$148 million or 8.9 %
below the $1,655 million`` says a change twice: the percentage is of what it starts from.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.change_words import Spoken, spoken_changes
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.terms import Term, are_of_one_kind
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import CONTRAST, whole
from finrisk_rules.judge.year_spans import year_spans
from finrisk_rules.patterns import pattern_of

_TWICE = pattern_of(
    r"\s{0,3}(?:,\s{0,3})?\(?\s{0,3}(?:(?:or|i\.e\.,?|that is,?|oder|soit|o|ou|bzw\.)\s+)?(?:[^\W\d]+\s+)?"
    r"[+\u2212~\u2248-]?\s{0,3}[^\w\s]?",
    re.IGNORECASE,
)
"""Between a change and what it is in percent, or the reverse: "$7.0 million (1.1 %)", "8 %, or $5m"."""

_CLAUSE_END = pattern_of(r"[,;:]\s")
_TO_OR_FROM = pattern_of(rf"\s+{whole('to from auf von à de a desde')}\s+[^\w\s]{{0,3}}", re.IGNORECASE)
"""Between a change and one of its ends."""

_OPENS = pattern_of(
    r"(?:\s{1,3}(?:in|for|fiscal|FY|(?:19|20)\d\d)){0,4}\s{0,3}\(\s{0,3}[+\u2212-]?\s{0,3}", re.IGNORECASE
)
"""Between a figure and how much it changed, in brackets: "$1,083 million in 2012 (+1.9 %)"."""

_ROUNDING = 1e-6
"""How far off a difference of binary fractions may be, as a share of them."""

_ASIDE = pattern_of(r"\s*\([^()]{0,40}\)")
"""Behind a change, the figures that it is between: "$55 million (404 - 349), or 15.8 %"."""


def growths(text: str, terms: Sequence[Term], said: Spoken, start: int) -> Iterator[tuple[Term, Term]]:
    """Yield a later and an earlier term between which the change that starts at a place may lie.

    In brackets it is of the term before them.
    """
    own = next((each for each in terms if _OPENS.fullmatch(text, each.end, start)), None)
    is_over_years = any(True for _ in year_spans(text))
    for old in terms:
        for new in terms:
            if new is old or new.unit or new.is_base or not are_of_one_kind(new, old):
                continue
            if own is not None and new is not own:
                continue
            if said.rises not in (None, new.value > old.value) or not _is_earlier(old, new):
                continue
            is_unplaced = new.place is None or old.place is None
            is_told = is_unplaced or _are_of_one_name(new, old) or _is_compared(text, new, old)
            if is_told or _is_step(new, old, terms, is_over_years=is_over_years):
                yield new, old


def said_again(
    text: str, findings: Sequence[Finding], at: int, terms: Sequence[Term]
) -> Iterator[tuple[Term, Term]]:
    """Yield the change beside a percentage, with what it starts from.

    That is the base that the sentence names.
    """
    quantity = findings[at].claim.quantity
    spoken = spoken_changes(text, [each.claim for each in findings])
    for number, change in enumerate(findings):
        own = next((each for each in terms if each.finding is change), None)
        said = spoken[number] or spoken[at]
        if own is None or own.unit or said is None:
            continue
        end = aside.end() if (aside := _ASIDE.match(text, own.end)) else own.end
        levels = [each for each in terms if each is not own and are_of_one_kind(each, own)]
        spans = [(own.end, quantity.start), (end, quantity.start), (quantity.end, own.start)]
        spans += [(each.end, quantity.start) for each in levels if _led_by(text, own, each)]
        if not any(_TWICE.fullmatch(text, *span) for span in spans):
            continue
        bases = [each for each in levels if each.is_base and not _are_apart(text, each, own)]
        yield from ((own, base) for base in bases if not _is_turned(own, base, levels, said))


def _are_apart(text: str, one: Term, two: Term) -> bool:
    """Whether another clause begins between two terms."""
    start, end = min(one.end, two.end), max(one.start, two.start)
    return bool(_CLAUSE_END.search(text, start, end) or CONTRAST.search(text, start, end))


def _is_turned(change: Term, base: Term, levels: Sequence[Term], said: Spoken) -> bool:
    """Whether another level is as far from its base as is said, on the other side."""
    slack = change.slack + base.slack + _ROUNDING * base.value
    ends = (each for each in levels if abs(abs(each.value - base.value) - change.value) <= each.slack + slack)
    return any(said.rises not in (None, end.value > base.value) for end in ends)


def _led_by(text: str, change: Term, level: Term) -> bool:
    """Whether a level stands right behind a change as its end: "by $131 thousand from $1,271 thousand"."""
    return bool(_TO_OR_FROM.fullmatch(text, change.end, level.start))


def _is_earlier(old: Term, new: Term) -> bool:
    """Whether a term is what another one is compared with, or of an earlier year."""
    return old.is_base or bool(old.years and new.years and max(old.years) < min(new.years))


def _are_of_one_name(new: Term, old: Term) -> bool:
    """Whether two terms are in rows of one name of two tables, which may be of two years."""
    one, two = new.place, old.place
    if one is None or two is None or one.table is None or two.table is None or one.table is two.table:
        return False
    return stems_of_name(one.place.row) == stems_of_name(two.place.row)


def _is_compared(text: str, new: Term, old: Term) -> bool:
    """Whether a clause compares a term with its base: no word of contrast stands between them."""
    return old.is_base and not CONTRAST.search(text, min(new.end, old.end), max(new.start, old.start))


def _is_step(new: Term, old: Term, terms: Sequence[Term], *, is_over_years: bool) -> bool:
    """Whether two terms of one row are of one year and the year before, or the ends of several years."""
    if new.place is None or old.place is None or not _are_of_one_row(new.place, old.place):
        return False
    if not is_over_years:
        return max(old.years) == min(new.years) - 1
    row = [each for each in terms if each.place and _are_of_one_row(each.place, new.place) and each.years]
    years = {year for each in row for year in each.years}
    return min(years) in old.years and max(years) in new.years


def _are_of_one_row(one: Trace, other: Trace) -> bool:
    if one.source != other.source or one.spot[:2] != other.spot[:2]:
        return False
    return one.table is None or one.place.row == other.place.row
