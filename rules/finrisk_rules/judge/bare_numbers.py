"""Bare numbers, which may be no figures: they count, name, date or mark something, or stand in a name."""

import re
from collections.abc import Iterator
from functools import lru_cache

from finrisk_rules.judge.languages import COMMON_WORDS
from finrisk_rules.judge.vocabulary import TIME, whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity
from finrisk_rules.spelling import folded

MOST_COUNT = 12
"""A bare whole number up to this one counts things."""

MOST_NOTES = 20
"""A whole number in brackets below this one marks a footnote."""

LONGEST_SPAN = 366
"""A bare number up to this one, the days of a year, is a span before a unit of time ("24 months"), and no
figure as one end of a range: ages, days overdue, pages."""

LARGEST_NAME = 10_000
"""A bare whole number below this one may be part of a name: "IFRS 16", "ISO 27001" is not worth the risk."""

Pairs = frozenset[tuple[str, str]]
"""Numbers, each with the word before or behind it."""

_BLANKS = frozenset(" \u00a0")
_NAME = pattern_of(r"[^\W\d_][\w&.'-]*[ \u00a0]\Z")
NAME_LIST = pattern_of(r"(?:,| and| or| und| et| y|, and|/| ?[-\u2013\u2014])? ?")
"""Between two numbers of one name: "IFRS 9 and 16"."""

_JOINS = r" ?(?:[-\u2013\u2014]|to|bis|à) ?"
_RANGE_BEFORE = pattern_of(rf"(?:(?<![\d.,])\d{{1,3}}{_JOINS}|[<>\u2264\u2265] ?)\Z")
_RANGE_BEHIND = pattern_of(rf"{_JOINS}\d{{1,3}}(?!\d)")
_WIDEST_JOINT = 12
_LEADS_TO_CHANGE = pattern_of(rf"{whole('from by von um de da desde van')}\s+[^\w\s]?\Z", re.IGNORECASE)
"""Before two numbers with "to" between: how a thing changed, "from 159 to 229", "by 17 to 124"."""

_DAY = pattern_of(r", ?(?:19|20)\d\d(?![\d.,]\d|\d)")
_LAST_DAY = 31
"""Behind a bare number up to this one, a year makes it the day of a date: the head "31, 2017"."""

_LISTED = pattern_of(r"[^\W\d_]\s\((\d{1,3}(?:,\d{3})*)\)")
_LEAST_LISTED = 2
"""Counts in brackets behind names from which on a sentence lists them: "Ohio (57), Iowa (26), Utah (19)". One
of them is no mark of a note."""

_END_OF_LISTED = pattern_of(r"\s*(?:[^\W\d_]|[,.;:]|\Z)")
_LONGEST_WORD = 40

_BY = pattern_of(rf"{whole('by um')}\s+[^\w\s]?\Z", re.IGNORECASE)
_SAYS = "was were is are stood_at remained_at reached totaled totalled betrug war lag était fue era foi"
_GOES_ON = "in at for on as and or versus vs compared up down from after im zum und gegenüber en au et y"
_IS = pattern_of(
    rf"(?:{whole(_SAYS)}\s+[^\w\s]?|\w:\s+)\Z",
    re.IGNORECASE,
)
_THING = pattern_of(
    rf"\s+(?!{whole(_GOES_ON)})"
    r"[^\W\d_]|\s*[-/:.)]\s?[^\W_]",
    re.IGNORECASE,
)
"""Behind a count, what is counted."""

_SMALL = pattern_of(r"(?<![\w.,])\d{1,2}(?![\w%]|[.,]\d)")
_OF_YEAR = pattern_of(
    r"\s+(?:(?:in|at|im|en|em|nel|for|the|end|of|fiscal|year|jahr|ende|fin|de|di)\s+){1,5}(?:19|20)\d\d(?!\d)",
    re.IGNORECASE,
)
"""Behind a count, the year of which it is, in a sentence that says what something is: "was 7 (9 in 2023)"."""

_FROM, _TO = rf"{whole('from by von um da')}\s+", rf"{whole('to auf a')}\s+"
_COUNT = r"[^\w\s]?(\d{1,3})(?![\d%]|[.,]\d)"
_BETWEEN = r"(?:[^.;\d]|(?:19|20)\d\d(?!\d)){0,40}?"
_CHANGED = pattern_of(
    rf"{_FROM}{_COUNT}{_BETWEEN}{_TO}{_COUNT}|{_TO}{_COUNT}{_BETWEEN}{_FROM}{_COUNT}", re.IGNORECASE
)
"""Both ends of what changed, or by how much and to what: "from 8 stores to 11", "by 3 to 11"."""

_NUMBER_OR_WORD = pattern_of(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


def is_bare(quantity: Quantity) -> bool:
    """Whether a figure is a whole number and nothing else: it may count or name something."""
    said = quantity.places or quantity.unit or quantity.currency or quantity.scale or quantity.bracketed
    return not said and abs(quantity.value) < LARGEST_NAME


def is_below_hundred(quantity: Quantity) -> bool:
    """Whether a figure below 100 has no unit, currency or scale."""
    said = quantity.unit or quantity.currency or quantity.scale
    return not said and abs(quantity.value) < 100


def looks_like_year(quantity: Quantity) -> bool:
    """Whether a figure is written as a year of the last or of this century."""
    return is_bare(quantity) and 1900 <= abs(quantity.value) < 2100


def is_small_operand(text: str, quantity: Quantity) -> bool:
    """Whether a sign parts a small whole number from what stands before it: "7 - 5"."""
    is_apart = text[quantity.start + 1 : quantity.start + 2].isspace() and quantity.start > 0
    return is_apart and is_bare(quantity) and -MOST_COUNT <= quantity.value < 0


def is_count(quantity: Quantity) -> bool:
    """Whether a figure counts things: a bare whole number from 0 to MOST_COUNT."""
    return is_bare(quantity) and 0 <= quantity.value <= MOST_COUNT


def is_amount(text: str, quantity: Quantity) -> bool:
    """Whether a small whole number is what something is, by how much it changed, or one end of that."""
    start, end = quantity.start, quantity.end
    if _BY.search(text, max(0, start - 5), start) or start in _ends(text):
        return True
    return _is_said(text, start, end) or bool(_OF_YEAR.match(text, end) and _says_count(text))


def _is_said(text: str, start: int, end: int) -> bool:
    """Whether a small number is what something is: "was 7", not "was 7 months"."""
    return bool(_IS.search(text, max(0, start - _WIDEST_JOINT), start)) and not _THING.match(text, end)


@lru_cache(maxsize=8)
def _says_count(text: str) -> bool:
    """Whether a text has a small number that is what something is."""
    return any(_is_said(text, *match.span()) for match in _SMALL.finditer(text))


@lru_cache(maxsize=8)
def _ends(text: str) -> frozenset[int]:
    """Return where the numbers stand from which and to which something changed."""
    return frozenset(
        match.start(n) for match in _CHANGED.finditer(text) for n in range(1, 5) if match[n] is not None
    )


def is_day(text: str, quantity: Quantity) -> bool:
    """Whether a year stands behind the day of a date: "in 31, 2017"."""
    return quantity.value <= _LAST_DAY and _DAY.match(text, quantity.end) is not None


def is_span(text: str, quantity: Quantity) -> bool:
    """Whether a number is that of a span of time: "24 months", "90+ days", not "999 days"."""
    end = quantity.end + text.startswith("+", quantity.end)
    return abs(quantity.value) <= LONGEST_SPAN and bool(TIME.match(text, end))


def is_listed(text: str, quantity: Quantity) -> bool:
    """Whether brackets hold one of several counts, each behind a name with a capital letter."""
    if quantity.places or quantity.currency or quantity.unit or quantity.scale or text.startswith("|"):
        return False
    name = _NAME.search(text, max(0, quantity.start - _LONGEST_WORD), quantity.start)
    is_name = name is not None and name[0][0].isupper() and _END_OF_LISTED.match(text, quantity.end)
    return bool(is_name) and _lists_counts(text)


@lru_cache(maxsize=8)
def _lists_counts(text: str) -> bool:
    """Whether a text has several counts in brackets behind names, and not all may mark notes."""
    counts = _LISTED.findall(text)
    return len(counts) >= _LEAST_LISTED and any(len(each) > 2 or int(each) >= MOST_NOTES for each in counts)


def is_mark(text: str, quantity: Quantity) -> bool:
    """Whether this marks a footnote ``(1)`` or a unit ``$'000``."""
    if quantity.places or quantity.unit or quantity.scale:
        return False
    is_note = quantity.bracketed and text[quantity.start] == "(" and quantity.value > -MOST_NOTES
    return is_note or not quantity.value


@lru_cache(maxsize=512)
def numbers_of(names: Pairs) -> frozenset[str]:
    """Return the numbers, and the words beside them, of such pairs."""
    return frozenset(word for pair in names for word in pair)


def name_before(text: str, quantity: Quantity) -> str:
    """Return the word with a capital to which a bare number is glued, "IFRS" of "IFRS 16"; "" for none.

    A number whose thousands are set apart is in no name: "beschäftigte der Konzern 3.276 Mitarbeiter".
    """
    start = quantity.start
    if quantity.value >= 1000 and not text[start : quantity.end].isdecimal():
        return ""
    before = text[max(0, start - 30) : start]
    if before[-1:] not in _BLANKS or before == before.lower():
        return ""
    match = _NAME.search(text, max(0, start - 30), start)
    name = match[0].strip() if match and match[0] != match[0].lower() else ""
    return "" if name.istitle() and folded(name) in COMMON_WORDS else name


def range_of(text: str, quantity: Quantity) -> str:
    """Return "-" for a small number that is one end of a range, or has a bound for a sign; "" otherwise.

    What changed "from 159 to 229" is no range, but "from 18 to 24 months" is.
    """
    start, end = quantity.start, quantity.end
    if abs(quantity.value) > LONGEST_SPAN:
        return ""
    before = _RANGE_BEFORE.search(text, max(0, start - _WIDEST_JOINT), start)
    behind = None if before else _RANGE_BEHIND.match(text, end)
    if not (before or behind):
        return ""
    first, last = before.start() if before else start, behind.end() if behind else end
    if _LEADS_TO_CHANGE.search(text, max(0, first - _WIDEST_JOINT), first) and not TIME.match(text, last):
        return ""
    return "-"


def pairs_of_numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield each number of a text with the word before it, and with the word behind it."""
    previous = ""
    for token in _NUMBER_OR_WORD.findall(text.lower()):
        word = token.replace(",", "")
        if previous and (word[0].isdecimal() or previous[0].isdecimal()):
            yield previous, word
        previous = word
