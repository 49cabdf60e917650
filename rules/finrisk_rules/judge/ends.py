"""Opening and closing balances: whether what a table has at the one end of a year is said of the other."""

import re

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import Words, cannot_say, telling
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.table_evidence import Named
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import JOINT, any_word, whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import MONTHS

_MONTH = any_word(" ".join(word for word in MONTHS if len(word) > 2))
_BEGINS = "beginning opening start anfang début inicio inizio begin"
_ENDS = "end year-end year_end closing close ende fin cierre fine einde"
_BEGIN = pattern_of(f"{whole(_BEGINS)}|期首", re.IGNORECASE)
_END = pattern_of(f"{whole(_ENDS)}|末", re.IGNORECASE)
_OPENS = pattern_of(
    rf"(?<!\w)(?:(?:at|from|since|by|zu|zum|am|seit|au|dès|al|a|all)\W(?:the )?(?:very )?"
    rf"(?:{any_word(_BEGINS)})(?![\w-])|(?:{any_word(_BEGINS)})[ -](?:of|balance)(?!\w))"
    r"|\A\W*(?:(?:the|its|our) )?opening (?!of\b)|期首",
    re.IGNORECASE,
)
"""A beginning of a time, which "start-ups" and "the opening stores" have not."""
_MONTH_END = r"(?:2[89]|3[01])"


def _day(number: str, words: re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern of these days of a month, or of words that say the same."""
    before = rf"(?<!\d){number}(?:st|th|er|\.)? (?:{_MONTH})(?!\w)"
    behind = rf"(?<!\w)(?:{_MONTH})\.? {number}(?:st|th)?(?!\d)"
    return pattern_of(f"{before}|{behind}|{words.pattern}", re.IGNORECASE)


_FIRST_DAY, _LAST_DAY = _day("1", _BEGIN), _day(_MONTH_END, _END)
_FIRST_OF_YEAR = pattern_of(r"(?<!\d)1(?:st|er)?\.? jan|\bjan\w* 1(?:st)?(?!\d)", re.IGNORECASE)
_WORDS_OF_OPENING = telling(_BEGINS.split())
_NEAR = 45


def is_of_other_end(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether a figure is said of the end of a year where its row tells of the beginning, or the reverse.

    Only in a table that has rows of both, and of the year of the row.
    """
    table = trace.table
    if table is None or not table.has_both_ends(_FIRST_DAY, _LAST_DAY):
        return False
    years = {year for year, _ in claim.phrase.periods if year}
    if years and years.isdisjoint(trace.years):
        return False
    said = _said(claim, statement.text)
    if said is None:
        return False
    mine, other = (_FIRST_DAY, _LAST_DAY) if said else (_LAST_DAY, _FIRST_DAY)
    label = table.rows[trace.spot[2][0]][0]
    return bool(other.search(label)) and not mine.search(label)


def opening_periods(claim: Claim, text: str) -> tuple[Named, ...]:
    """Return the ends of the years of whose beginning a figure is said: the year before "1 January 2023".

    () where it is said of no beginning, or of one without a year.
    """
    named = claim.phrase.periods[:1]
    if not named or named[0][0] is None or named[0][1] not in ("", "1"):
        return ()
    is_begun = _said(claim, text) and any(
        map(_OPENS.search, _sides(text, claim.quantity.start, claim.quantity.end))
    )
    return ((named[0][0] - 1, ""),) if is_begun or _is_first_day(claim, text) else ()


def may_open(text: str, words: Words) -> bool:
    """Whether a text, which has these words, may tell of a beginning, or of the first day of a year."""
    return not cannot_say(words, _WORDS_OF_OPENING) or "jan" in text.lower()


def has_opening(trace: Trace | None, claim: Claim) -> bool:
    """Whether a place says itself that it is of a beginning, or of the very day that a claim names."""
    if trace is None:
        return False
    if trace.table is None:
        return True
    return trace.table.has_both_ends(_FIRST_DAY, _LAST_DAY) or claim.phrase.periods[0] in (
        each for each in trace.periods if each[1]
    )


def _is_first_day(claim: Claim, text: str) -> bool:
    start, end = claim.quantity.start, claim.quantity.end
    return any(_FIRST_OF_YEAR.search(each) for each in _sides(text, start, end))


def _sides(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the words behind a figure and those before it, as far as they belong to it."""
    joint = JOINT.search(text, end, end + _NEAR)
    behind = text[end : joint.start() if joint else end + _NEAR]
    return behind, JOINT.split(text[max(0, start - _NEAR) : start])[-1]


def _said(claim: Claim, text: str) -> bool | None:
    """Return whether the words by a figure tell of the beginning (true) or the end; None where of neither."""
    start, end = claim.quantity.start, claim.quantity.end
    for words in _sides(text, start, end):
        begins, ends = _BEGIN.search(words), _END.search(words)
        if begins or ends:
            return None if begins and ends else bool(begins)
    return None
