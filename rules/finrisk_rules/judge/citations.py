"""The citations of a text: which sources it names, where, and which sentence each is of."""

import sys
from bisect import bisect_left
from collections.abc import Sequence

from finrisk_rules.judge.phrasing import Span
from finrisk_rules.patterns import pattern_of
from finrisk_rules.units import MEASURES

MOST_SOURCES = 99
"""The largest number of a source that a range of citations reaches."""

MOST_TOGETHER = 8
"""Citations next to one that are cited with it."""

_NUMBERS = r"\d{1,2}(?:\s*(?:[,;\u3001\u2013-]|and|und|et|to|bis)\s*(?:[^\W\d_]{2,12} ?)?\d{1,2})*"
CITATION = pattern_of(
    rf"(?:[\[\u3010](?:[^\W\d_]{{2,12}}\.? ?)?|\((?i:sources?|quellen?|fuentes?|fonti?|bron(?:nen)?) )"
    rf"(?P<numbers>{_NUMBERS})[\]\u3011)](?! ?(?i:{MEASURES}))"
)
"""Numbers of sources in brackets, ``[1]``, ``(Source 1)``; ``[99] million`` is a figure."""

_IN_BRACKETS = pattern_of(r"\((?i:sou|que|fue|fon|bro)")
_CITED = pattern_of(r"(\d{1,2})(?:\s*(?:[-\u2013]|to|bis)\s*(\d{1,2}))?")

Mark = tuple[int, list[int]]
"""A citation: its place, and the numbers of sources that it names."""


def without_citations(text: str) -> str:
    """Return the text with blanks for its citations, so that places in it stay."""
    return parted(text)[0]


def parted(text: str) -> tuple[str, list[Mark]]:
    """Return the text with blanks for its citations, and these."""
    first = 0 if "\u3010" in text else text.find("[")
    if word := _IN_BRACKETS.search(text):
        first = word.start() if first < 0 else min(first, word.start())
    if first < 0:
        return text, []
    pieces: list[str] = []
    marks: list[Mark] = []
    last = 0
    for match in CITATION.finditer(text, first):
        start, end = match.span()
        pieces += [text[last:start], " " * (end - start)]
        marks.append((start, _cited(match["numbers"])))
        last = end
    return ("".join([*pieces, text[last:]]), marks) if marks else (text, marks)


def _cited(text: str) -> list[int]:
    """Return the numbers of sources of a citation, ranges written out."""
    if text.isdecimal():
        return [int(text)]
    numbers: list[int] = []
    for match in _CITED.finditer(text):
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, min(last, MOST_SOURCES) + 1)
    return numbers


def citations_of(text: str) -> tuple[int, ...]:
    """Return the numbers of all sources that a text cites, each once, in their order."""
    return tuple(dict.fromkeys(n for match in CITATION.finditer(text) for n in _cited(match["numbers"])))


def first_citations(texts: Sequence[list[str]]) -> tuple[int, ...]:
    """Return the citations of the paragraph behind a table, else of the one before it."""
    return next(
        (
            cited
            for text in texts
            if (cited := citations_of("".join(text[:3] if text is texts[0] else text[-3:])))
        ),
        (),
    )


def cited_by(spans: Sequence[Span], marks: Sequence[Mark], text: str) -> list[tuple[int, ...]]:
    """Return what each sentence cites, each source once; where it cites none, what is cited next or last.

    ``text`` has blanks for citations: those with nothing else between them, ``[1][2]``, are cited together.
    """
    if len(spans) == len(marks) == 1:
        return [tuple(dict.fromkeys(marks[0][1]))]
    result: list[tuple[int, ...]] = []
    number = bisect_left(marks, spans[0][:1]) if spans else 0
    for following in [*(start for start, _ in spans[1:]), sys.maxsize][: len(spans)]:
        cited: list[int] = []
        while number < len(marks) and marks[number][0] < following:
            cited += marks[number][1]
            number += 1
        if not cited and marks:
            cited = _together(marks, min(number, len(marks) - 1), text)
        result.append(tuple(dict.fromkeys(cited)))
    return result


def _together(marks: Sequence[Mark], at: int, text: str) -> list[int]:
    """Return the numbers of a citation and of those next to it."""
    first = last = at
    least, most = max(0, at - MOST_TOGETHER), min(len(marks) - 1, at + MOST_TOGETHER)
    while first > least and not text[marks[first - 1][0] : marks[first][0]].strip():
        first -= 1
    while last < most and not text[marks[last][0] : marks[last + 1][0]].strip():
        last += 1
    return [number for _, numbers in marks[first : last + 1] for number in numbers]
