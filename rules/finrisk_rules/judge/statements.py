"""The statements of a line of an answer, each with its citations and its claims.

A statement without a citation has that of the next one of its paragraph, else the last one before it.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.bare_numbers import Pairs
from finrisk_rules.judge.citations import Mark, cited_by, parted
from finrisk_rules.judge.claims import MOST_FIGURES, Claim, claims_of, first_number
from finrisk_rules.judge.hints import Words, words_of
from finrisk_rules.numerals import has_figure
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period, periods, with_listed
from finrisk_rules.quantities import Style
from finrisk_rules.sentences import sentences

LONGEST_BEFORE = 300
"""Characters before a sentence, in its paragraph, in which its period may be named."""

LIST_MARK = pattern_of(r"\s*(?:>\s*)*(?:[-*+\u2022\u30fb]\s+|\(?\d{1,3}[.)]\s+)*")
"""What stands before the text of an item of a list, or of a quotation."""

_LOOKS_OF_SENTENCE = 6
"""What it counts for to read a sentence with figures."""

_EMPHASIS = pattern_of(r"[*_`]+")
_START = attrgetter("start")


class Topic(NamedTuple):
    """What stands above: the words of a heading, or of the line that leads to a list, and its periods.

    ``cited`` are the sources that the line cites, ``power`` is the power of ten that it says of all figures
    below it ("in millions").
    """

    words: frozenset[str] = frozenset()
    periods: tuple[tuple[int | None, str], ...] = ()
    cited: tuple[int, ...] = ()
    power: int | None = None


class Statement(NamedTuple):
    """A sentence of an answer or a row of its table, without its citations.

    ``cited`` are numbers of sources from 1, in their order; ``start`` and ``end`` its place in the answer,
    ``words`` those of its text as they stand, where it has claims.
    """

    text: str
    cited: tuple[int, ...]
    claims: tuple[Claim, ...]
    topic: Topic
    start: int
    end: int
    words: Words = None


Names = Callable[[Sequence[int]], Pairs]
"""What tells the numbers in names, of the sources that a sentence cites."""


def statements_of_line(
    line: str,
    at: int,
    style: Style,
    topic: Topic,
    names: Names,
    allowance: Allowance,
    most: int = MOST_FIGURES,
) -> Iterator[Statement]:
    """Yield the statements of a line; where no figures are left of the ``most``, nothing is said of them."""
    mark = LIST_MARK.match(line)
    offset = mark.end() if mark else 0
    text, marks = parted(line)
    if "*" in text or "`" in text or "_" in text:
        text = _EMPHASIS.sub(_blank, text)
    spans = list(sentences(text[offset:]))
    if offset:
        spans = [(offset + start, offset + end) for start, end in spans]
    if len(spans) > 1:
        spans = _joined(spans, text)
    has_figures = has_figure(text, offset)
    named = with_listed(text, periods(text)) if has_figures and not allowance.is_spent else []
    for (start, end), own_cited in zip(spans, cited_by(spans, marks, text), strict=True):
        sentence, cited = text[start:end], own_cited or topic.cited
        claims: tuple[Claim, ...] = ()
        words = None
        if has_figures and allowance.is_spent:
            claims = first_number(sentence)
        elif has_figures and (len(spans) == 1 or has_figure(sentence)):
            allowance.spend(_LOOKS_OF_SENTENCE)
            own = [period.moved(-start) for period in _between(named, start, end)]
            words = words_of(sentence)
            claims = claims_of(
                sentence, style, own, names(cited), words, allowance, most=MOST_FIGURES if most > 0 else 0
            )
            most -= len(claims)
            if len(marks) > 1 and len(claims) > 1:
                claims = _with_citations(
                    claims, [(at - start, n) for at, n in marks if start <= at < end], text[start:end]
                )
        if named and not topic.periods and start > offset:
            topic = topic._replace(periods=only_period(_between(named, start - LONGEST_BEFORE, start)))
        yield Statement(sentence, cited, claims, topic, at + start, at + end, words)


def _with_citations(claims: tuple[Claim, ...], marks: Sequence[Mark], text: str) -> tuple[Claim, ...]:
    """Return the claims of a sentence, each amount with what is cited right behind it.

    Where a citation stands before the first figure or none behind the last, all are of the whole sentence.
    """
    groups: list[Mark] = []
    for at, numbers in marks:
        if groups and not text[groups[-1][0] : at].strip(" ,;"):
            groups[-1] = groups[-1][0], groups[-1][1] + numbers
        else:
            groups.append((at, list(numbers)))
    places = [at for at, _ in groups]
    if len(groups) < 2 or places[0] < claims[0].quantity.end or places[-1] < claims[-1].quantity.end:
        return claims
    return tuple(
        claim
        if claim.quantity.unit
        else claim._replace(cited=tuple(groups[bisect_left(places, claim.quantity.end)][1]))
        for claim in claims
    )


def _between(named: list[Period], start: int, end: int) -> list[Period]:
    """Return the periods that stand between two places."""
    first = bisect_left(named, start, key=_START)
    last = bisect_left(named, end, first, key=_START)
    return [period for period in named[first:last] if period.end <= end]


def only_period(named: Sequence[Period]) -> tuple[tuple[int | None, str], ...]:
    """Return the period that the sentences before named, where they named just one."""
    different = {(period.year, period.part) for period in named}
    return tuple(different) if len(different) == 1 else ()


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _joined(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Return the sentences, one that goes on with a small letter as part of the one before."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        goes_on = text[start].islower() or (
            text[start].isdecimal() and bool(result) and _is_apart(text, result[-1][1])
        )
        if result and goes_on:
            result[-1] = result[-1][0], end
        else:
            result.append((start, end))
    return result


def _is_apart(text: str, end: int) -> bool:
    """Whether the full stop that ends here stands apart from its word, as in "dec . 28"."""
    return text[end - 2 : end] == " ."
