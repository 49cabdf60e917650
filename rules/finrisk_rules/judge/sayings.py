"""Sentences that may say a calculation in words: their figures, periods and the operations that they name.

Time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from operator import attrgetter

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.fractions import fractions, has_fraction
from finrisk_rules.judge.notation import MOST_NUMBERS
from finrisk_rules.judge.operations import names_operation, operations
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import Quantity, Style, quantities
from finrisk_rules.sentences import sentences

_PERCENT = pattern_of(r"\d ?(?:%|per|pct|pour|por|proz|pp|パーセント)", re.IGNORECASE)
_BASE = pattern_of(
    r"(?<![^\W_])(?:from|than|over|versus|vs|against"
    r"|(?:compared|relative|comparison) (?:to|with)|von|gegenüber"
    r"|als|nach|depuis|de|par rapport à|contre|desde|frente a|que)(?![^\W_])",
    re.IGNORECASE,
)
_BASE_BEHIND = pattern_of(r" ?(?:から|より|に比べ|に対し)")
_NUMBER = pattern_of(r"\d[\d.,']*")
_COUNT = pattern_of(r"[0-9](?<=[^\W\d_] .)[0-9]?(?=\s*(?:[;)\[]|\.(?!\d)|\n|\Z))")
WINDOW = 40
"""Characters beside a figure in which a word or a period belongs to it."""

MOST_TERMS = 12
_FEWEST_FIGURES = 3
_MOST_FIGURES = 24
"""A sentence with more of them is a list, and no sentence of which words say what is computed from what."""

_LOOKS_OF_SENTENCE, LOOKS_OF_OPERAND = 4, 3
"""What it counts for to read a sentence, and to ask what may follow from one of its figures."""

LOOKS_BACK = frozenset({"mean", "total", "change"})
"""Operations that a sentence names of the figures before it: ``The increase was 26.8 %.``"""


@dataclass(frozen=True, slots=True)
class Saying:
    """The figures and periods of a sentence, with their places.

    ``words`` are the operations that its words name, ``before`` the figures of the sentences before it where
    it has too few of its own: both only where it may hold a result. ``years`` are its numbers that look like
    a year, which may be a figure after all.
    """

    text: str
    figures: Sequence[Quantity]
    periods: Sequence[Period]
    words: Sequence[tuple[str, int]] = ()
    before: Sequence[Quantity] = ()
    years: Sequence[Quantity] = ()

    @property
    def kinds(self) -> Set[str]:
        """The operations that the sentence names."""
        return {kind for kind, _ in self.words}

    def starts_from(self, figure: Quantity) -> bool:
        """Whether a word by a figure says that a change starts there, or that others are compared with it."""
        return bool(_BASE.search(self.words_before(figure)) or _BASE_BEHIND.match(self.text, figure.end))

    def words_before(self, figure: Quantity) -> str:
        """Return the words before a figure, without what belongs to the figure before it."""
        words = self.text[max(0, figure.start - WINDOW) : figure.start]
        return _NUMBER.split(words)[-1]

    def year_by(self, figure: Quantity) -> int | None:
        """Return the year nearest to a figure, of those beside it."""
        near = [
            (max(period.start - figure.end, figure.start - period.end), period.year)
            for period in self.periods
            if period.year and max(period.start - figure.end, figure.start - period.end) < WINDOW
        ]
        return min(near)[1] if near else None


def has_relation(text: str) -> bool:
    """Whether a text may say a calculation in words: a cheap test, and where it is false it says none."""
    return bool(_PERCENT.search(text)) or has_fraction(text) or names_operation(text)


def has_count(text: str) -> bool:
    """Whether a text may say a bare count as a result: "a difference of 4", where no noun is counted."""
    return bool(_COUNT.search(text)) and names_operation(text)


def sayings(text: str, style: Style, allowance: Allowance) -> Iterator[Saying]:
    """Yield each sentence that may hold a result, with the figures before it where it has few.

    Those behind the first MOST_NUMBERS that have a number are not looked at, nor any once the allowance is
    spent.
    """
    numbered = (span for span in sentences(text) if _NUMBER.search(text, *span))
    spans = list(islice(numbered, MOST_NUMBERS))
    read: dict[int, Saying] = {}

    def said(at: int) -> Saying:
        if at not in read:
            read[at] = _read(text, spans[at], style)
        return read[at]

    for at, (start, end) in enumerate(spans):
        if allowance.is_spent:
            return
        allowance.spend(_LOOKS_OF_SENTENCE)
        words = list(operations(text[start:end]))
        if not _may_say(text[start:end], {kind for kind, _ in words}):
            continue
        here = replace(said(at), words=[(kind, place + start) for kind, place in words])
        if not 0 < len(here.figures) <= _MOST_FIGURES:
            continue
        before: list[Quantity] = []
        named = here.periods
        if len(here.figures) < _FEWEST_FIGURES and here.kinds & LOOKS_BACK:
            for earlier in map(said, range(at - 1, max(-1, at - 1 - MOST_TERMS), -1)):
                if len(before) + len(earlier.figures) > MOST_TERMS:
                    break
                before = [*earlier.figures, *before]
                named = [*earlier.periods, *named]
        allowance.spend(LOOKS_OF_OPERAND * (len(before) + len(here.figures)))
        if len(before) + len(here.figures) + bool(here.years) >= _FEWEST_FIGURES:
            yield replace(here, before=before, periods=named)


def _may_say(sentence: str, kinds: Set[str]) -> bool:
    """Whether a sentence has an operation and figures enough, of its own or by what it says of others."""
    has_operation = bool(kinds) or bool(_PERCENT.search(sentence))
    if kinds & LOOKS_BACK or (has_operation and len(_NUMBER.findall(sentence)) >= _FEWEST_FIGURES):
        return True
    return has_fraction(sentence)


def _read(text: str, span: tuple[int, int], style: Style) -> Saying:
    start, end = span
    sentence = text[start:end]
    if len(_NUMBER.findall(sentence)) > 4 * _MOST_FIGURES:
        return Saying(text, (), ())
    named = periods(sentence)
    apart = [(period.start, period.end) for period in named]
    figures = [
        each.moved(start)
        for each in quantities(sentence, style, apart if sentence.isascii() else ())
        if not any(first < each.end and each.start < last for first, last in apart)
    ]
    if has_fraction(sentence):
        figures += [each.moved(start) for each in fractions(sentence)]
        figures.sort(key=attrgetter("start"))
    named = [period.moved(start) for period in named]
    years = [
        Quantity(Decimal(each.year), 0, None, "", "", False, each.start, each.end)
        for each in named
        if each.year and text[each.start : each.end] == str(each.year)
    ]
    return Saying(text, figures, named, years=years)
