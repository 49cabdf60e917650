"""The claims of a sentence: its figures, and what it says of each."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, pairwise
from typing import NamedTuple

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.bare_numbers import (
    NAME_LIST,
    Pairs,
    is_amount,
    is_bare,
    is_below_hundred,
    is_count,
    is_day,
    is_listed,
    is_mark,
    is_small_operand,
    is_span,
    name_before,
    numbers_of,
    pairs_of_numbers,
    range_of,
)
from finrisk_rules.judge.bounds import WORDS_OF_BOUND, Bound, bound
from finrisk_rules.judge.hints import Words, cannot_say
from finrisk_rules.judge.languages import COMMON_WORDS
from finrisk_rules.judge.phrasing import Phrase, Span, phrases
from finrisk_rules.judge.physical import WORDS_OF_UNITS, PhysicalUnit, unit_behind
from finrisk_rules.judge.things import (
    WORDS_OF_EACH,
    WORDS_OF_MULTIPLES,
    WORDS_OF_THINGS,
    Measure,
    counts_things,
    is_each,
    is_each_near,
    is_multiple,
)
from finrisk_rules.judge.vocabulary import (
    ABOUT_SIGN,
    WORDS_OF_ABOUT,
    WORDS_OF_CHANGE,
    any_word,
    is_about,
    is_change,
    lead,
    whole,
)
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period
from finrisk_rules.quantities import Quantity, Style, quantities
from finrisk_rules.spelling import folded
from finrisk_rules.units import behind

LOOKS_OF_NUMBER = 2
"""What it counts for to read a number of an answer."""

MOST_FIGURES = 200
"""Figures of an answer, or of one sentence, that are read; what comes after them is unread."""

_NIL = pattern_of(r"(?<![\w-])nil(?![\w-])", re.IGNORECASE)

_TO_END = pattern_of(
    rf"\s?(?:[-\u2013\u2014]|{whole('to bis auf à a ad hasta para')})\s?[^\w\s]?", re.IGNORECASE
)
_SHARE = pattern_of(r"\(\s?\d[\d.,]*\s?%\s?\)")
_UNIT_INSIDE = pattern_of(r"[^\d\s)\uff09]\s*[)\uff09]\Z")
"""The end of brackets that hold more than a number."""

_BEHIND_ASIDE = pattern_of(r"\s*(?:[^\W\d_]|[,.;:\u3001\u3002\uff0c\uff1b\uff1a]|\Z)")
"""What goes on behind an aside: no operator, and no other figure."""

LONGEST_WORD = 40
_WORD_BEFORE = pattern_of(r"([^\W\d_]+)\s?\Z")
_LEADS = pattern_of(
    any_word(
        "been reached totaled totalled amounted reported recorded posted became stood fell rose lost earned "
        "betrug betrugen beträgt erreichte lag stieg fiel sank atteint atteignait élève élevait ressort "
        "perdu alcanzó fue ascendió totalizó foi atingiu somou raggiunge ammonta"
    )
    + r"|\w*[\u3041-\u309f]",
    re.IGNORECASE,
)
"""Right before an amount in brackets, what says that it is meant as it stands: below zero."""

_NOUN_BEFORE = pattern_of(r"[^\W_]\w\s\Z")

_OF_THEM = pattern_of(r" (?:of|de|von)\b")
"""Behind "in 2019 millions": then the number was a year, and these are many."""

_POINTS = pattern_of(
    r"[ -]?(?:points?|pts?|Punkte?n?|puntos?|punti)(?![^\W_])(?!,? (?:of|de|of sale|out of)\b)"
)
"""Of a ratio, points are those of a percentage; "1,200 points of sale" are none."""

_IN_TIME = pattern_of(r"(?:\b(?:in|for|im|für|en|pour|per|year|fiscal)|[,(]) \Z", re.IGNORECASE)
"""Before a year, also one from a head with its unit: "sales, 2023 Mio. €: 702"."""

_TELLING = WORDS_OF_BOUND | WORDS_OF_ABOUT | WORDS_OF_CHANGE
"""Words without which no figure of a sentence is more than said."""

_WORDS_OF_MEASURE = WORDS_OF_THINGS | WORDS_OF_EACH | WORDS_OF_UNITS | WORDS_OF_MULTIPLES
"""Words without which nothing behind a figure says what it measures."""

_TIMES_GLUED = pattern_of(r"x(?<=\dx)(?![^\W_])")
"""A multiple that is no word of its own: "2.5x"."""


_DIGITS = pattern_of(r"\d[\d.,]*")


class Claim(NamedTuple):
    """A figure of an answer and what its statement says of it.

    ``text`` is the figure as written, ``phrase`` its words and periods; ``is_about`` whether a word says that
    the figure is not exact, ``is_change`` that it is how much something changed; ``name`` the word to which
    a bare number is glued ("IFRS 16"), "-" for one end of a range of small numbers, "" otherwise; ``bound``
    what it is to the figure that is meant. What compares a figure with one before it sets no bound. ``cited``
    is what it cites alone, () where that is what its statement does. ``measure`` is what stands behind it:
    things that are counted ("1,118 million stores"), "each" ("2.41 per share") or "multiple" ("2.5x");
    ``unit`` a physical one. ``is_each`` is whether the words by it speak of each of something: "earnings per
    share".
    """

    text: str
    quantity: Quantity
    phrase: Phrase
    is_about: bool = False
    is_change: bool = False
    name: str = ""
    bound: Bound = ""
    cited: tuple[int, ...] = ()
    measure: Measure = ""
    unit: PhysicalUnit | None = None
    is_each: bool = False


def claims_of(
    text: str,
    style: Style,
    named: list[Period],
    names: Pairs,
    words: Words,
    allowance: Allowance,
    *,
    most: int = MOST_FIGURES,
) -> tuple[Claim, ...]:
    """Return the claims of one sentence that names these periods and has these words.

    ``names`` are the numbers in names of rows and columns. Of figures beyond ``most`` nothing is said.

    No claims are periods, marks of footnotes and units, numbers of names, bare counts and numbers of months.
    """
    apart: list[Span] = []
    if named and text.isascii():
        apart = [(each.start, each.end) for each in named if not behind(text, each.end).length]
    numbers = list(islice(quantities(text, style, apart), max(1, allowance.left // LOOKS_OF_NUMBER)))
    allowance.spend(LOOKS_OF_NUMBER * len(numbers))
    named = _without_amounts(named, text, numbers) if named else named
    numbers_of_names = numbers_of(names)
    in_names: set[str] | None = None
    figures: list[tuple[Quantity, str]] = []
    last_name, last_end = "", -1
    ends = [period.end for period in named]
    has_points = "point" in text or " pt" in text or "-pt" in text or "Punkt" in text or "punt" in text
    for quantity in numbers:
        at = bisect_right(ends, quantity.start)
        if at < len(named) and named[at].start < quantity.end:
            continue
        is_in_list = quantity.bracketed and quantity.value < 0 and is_listed(text, quantity)
        if is_mark(text, quantity) and not is_in_list:
            continue
        if numbers_of_names and (number := str(abs(quantity.value))) in numbers_of_names:
            if in_names is None:
                in_names = {word for pair in pairs_of_numbers(text) if pair in names for word in pair}
            if number in in_names:
                continue
        if has_points and (points := _POINTS.match(text, quantity.end)) and is_below_hundred(quantity):
            quantity = quantity._replace(unit="points", end=points.end())
        if is_in_list or (quantity.bracketed and quantity.value < 0 and _is_aside(text, quantity)):
            quantity = quantity._replace(value=-quantity.value, bracketed=False)
        name = ""
        if is_bare(quantity):
            follows = bool(NAME_LIST.fullmatch(text, last_end, quantity.start)) if last_name else False
            name = "" if is_in_list else name_before(text, quantity) or range_of(text, quantity)
            name = name or (last_name if follows else "")
            last_name, last_end = name, quantity.end
            counts = is_count(quantity) and not is_in_list and (name or not is_amount(text, quantity))
            counts = counts or is_small_operand(text, quantity)
            if counts or is_span(text, quantity) or is_day(text, quantity):
                continue
        figures.append((quantity, name))
    if "nil" in text.lower():
        figures += [(_nothing_at(*match.span()), "") for match in _NIL.finditer(text)]
        figures.sort(key=lambda each: each[0].start)
    figures = _with_shared_scales(text, figures)
    read = figures[:most]
    said = phrases(text, [(quantity.start, quantity.end) for quantity, _ in read], named, words)
    is_plain = cannot_say(words, _TELLING) and ABOUT_SIGN not in text
    claims = [
        Claim(text[quantity.start : quantity.end].strip(), quantity, phrase, False, False, name)
        for (quantity, name), phrase in zip(read, said, strict=True)
    ]
    if not is_plain:
        claims = [_bounded(text, claim, is_first=at == 0) for at, claim in enumerate(claims)]
    if not cannot_say(words, _WORDS_OF_MEASURE) or _TIMES_GLUED.search(text):
        claims = [_measured(text, claim) for claim in claims]
    nothing = Phrase({}, (), is_base=False)
    claims += [Claim(text[each.start : each.end].strip(), each, nothing) for each, _ in figures[most:]]
    return tuple(claims)


def first_number(text: str) -> tuple[Claim, ...]:
    """Return a claim of the first number of a text, of which nothing is read; none where it has no digit."""
    match = _DIGITS.search(text)
    if match is None:
        return ()
    return (Claim(match[0], _nothing_at(*match.span()), Phrase({}, (), is_base=False)),)


def _nothing_at(start: int, end: int) -> Quantity:
    """Return a figure that says nothing, as the word "nil" does."""
    return Quantity(Decimal(0), 0, None, "", "", False, start, end)


def _with_shared_scales(text: str, figures: list[tuple[Quantity, str]]) -> list[tuple[Quantity, str]]:
    """Return the figures, the first end of a range in the scale of the second: "from 5 to 6 million"."""
    result = list(figures)
    for at, ((one, name), (two, _)) in enumerate(pairwise(figures)):
        is_said = one.unit or one.currency or one.scale is not None or name
        if two.scale and not is_said and _TO_END.fullmatch(text, one.end, two.start):
            result[at] = one._replace(scale=two.scale, currency=two.currency), name
    return result


def _without_amounts(named: list[Period], text: str, numbers: Sequence[Quantity]) -> list[Period]:
    """Return the periods of a sentence; an amount that looks like a year is none: ``was 2019 million``."""
    starts = [each.start for each in named]
    amounts = {
        number.start: number.end
        for number in numbers
        if number.start in starts
        and number.scale
        and not _OF_THEM.match(text, number.end)
        and not _IN_TIME.search(text, max(0, number.start - 8), number.start)
    }
    return [each for each in named if amounts.get(each.start, 0) <= each.end] if amounts else named


def _bounded(text: str, claim: Claim, *, is_first: bool) -> Claim:
    """Return a claim with what the words by its figure say: about, by how much, more than."""
    start, end = claim.quantity.start, claim.quantity.end
    words = lead(text, start)
    said = bound(text, start, end)
    return claim._replace(
        is_about=is_about(text, start, words),
        is_change=is_change(text, end, words),
        bound=said if is_first or said in ("short", "denied") else "",
    )


def _measured(text: str, claim: Claim) -> Claim:
    """Return a claim with what stands behind its figure: things, "per share", a physical unit."""
    quantity = claim.quantity
    if quantity.unit:
        return claim
    if is_each(text, quantity.end):
        return claim._replace(measure="each", is_each=True)
    if is_each_near(text, quantity.start, quantity.end):
        claim = claim._replace(is_each=True)
    if quantity.currency:
        return claim
    if not quantity.scale and is_multiple(text, quantity.end):
        return claim._replace(measure="multiple")
    if counts_things(text, quantity.end):
        return claim._replace(measure="count")
    unit = unit_behind(text, quantity.end)
    return claim._replace(unit=unit) if unit else claim


def _is_aside(text: str, quantity: Quantity) -> bool:
    """Whether brackets hold what is said by the way: a percentage, or an amount with its scale.

    "$1.81 billion (10.0%)", "Home ($5 million)", "im Vorjahr (5 Mio. €)". Behind a word that leads to its
    figure, "was ($5 million)", they say that it is below zero.
    """
    start, end = quantity.start, quantity.end
    if _SHARE.fullmatch(text, start, end):
        return _NOUN_BEFORE.search(text, max(0, start - 3), start) is not None
    if quantity.scale is None or not _UNIT_INSIDE.search(text, start, end):
        return False
    if not _BEHIND_ASIDE.match(text, end):
        return False
    word = _WORD_BEFORE.search(text, max(0, start - LONGEST_WORD), start)
    return word is not None and not _LEADS.fullmatch(word[1]) and folded(word[1]) not in COMMON_WORDS
