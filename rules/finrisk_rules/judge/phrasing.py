"""Which words and periods of a sentence belong to which of its figures.

A figure has what stands between it and its neighbours: what is left of a break (a comma, "and", "from")
belongs to the figure before, the rest to the next one. As many periods as figures, said in one go, are
shared out in their order, and so are the items of a list before them ("respectively").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finrisk_rules.judge.stems import stems
from finrisk_rules.periods import Period

MOST_CHARACTERS = 400
"""Of a stretch between two figures: what is further away says nothing of them."""

FARTHEST = 3
"""Stretches before a figure whose words it may take up ("Revenue rose from 5 to 6": of both)."""

_JOINT = (
    r"(?<![^\W_])(?:and|but|while|whereas|to|from|against|versus|vs|compared|than|or|up|down"
    r"|und|sowie|aber|während|auf|von|gegenüber|nach|zu|et|mais|tandis|contre|à|de|y|pero|mientras|a|desde|frente|e|contro|da)(?![^\W_])"
)
_BREAK = re.compile(rf"[,;:()\u2013\u2014|/\u3001\u3002\uff0c\uff08\uff09\uff1a]|から|に対し|と比べ|{_JOINT}", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\s*\(?\s*(?:in|for|at|as of|during|on|by|of|ended|im|per|zum|für|en|au|pour|al|para|per|nel)(?![^\W_])|\s*\(",
    re.IGNORECASE,
)
_LIST_JOINT = re.compile(r"\s*(?:[,;\u3001\uff0c/&]|(?<![^\W_])(?:and|und|sowie|et|y|e|or)(?![^\W_])|と|及び)\s*", re.IGNORECASE)
_BASE = re.compile(
    r"(?<![^\W_])(?:from|against|versus|vs|compared (?:to|with)|than|over|von|gegenüber|nach|contre|de|depuis|desde|frente a|da|contro)"
    r"(?: \w+)?[\s.$€£¥(]*\Z|に対し.{0,4}\Z",
    re.IGNORECASE,
)
_FROM_BEHIND = re.compile(r"\s*(?:から|より|に対)")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a sentence says of one of its figures.

    ``words`` are the telling words with their weight, 1 where they stand beside the figure; ``periods`` the
    (year, part) that stand by it, the nearest first; ``is_base`` whether the figure is what another one is
    compared with ("from 5", "against 5").
    """

    words: dict[str, float]
    periods: tuple[tuple[int | None, str], ...]
    own_periods: int
    is_base: bool


def phrases(text: str, figures: Sequence[Span], periods: Sequence[Period]) -> list[Phrase]:
    """Return what the text says of each figure, in their order."""
    if not figures:
        return []
    blank = list(text)
    for period in periods:
        blank[period.start : period.end] = "\x00" * (period.end - period.start)
    bare = "".join(blank)
    ends = [0, *(end for _, end in figures)]
    starts = [*(start for start, _ in figures), len(text)]
    gaps = [_trimmed(start, end, at, len(figures)) for at, (start, end) in enumerate(zip(ends, starts, strict=True))]
    splits = [gaps[0][0], *(_split(bare, *gap) for gap in gaps[1:-1]), gaps[-1][1]]
    inside = [[p for p in periods if start <= p.start < end] for start, end in zip(ends, starts, strict=True)]
    shared = _shared_periods(inside, len(figures))
    items = _shared_items(bare, gaps, len(figures))
    left = [stems(text[gap[0] : split]) for gap, split in zip(gaps, splits, strict=True)]
    right = [stems(text[split : gap[1]]) for gap, split in zip(gaps, splits, strict=True)]
    result = []
    for at in range(len(figures)):
        words = _words(at, left, right)
        if items:
            words = dict.fromkeys(items[at], 1.0) | {w: 0.3 for w in words if w not in set().union(*items)}
        own = [shared[at]] if shared else _own(at, inside, splits, bare, gaps, len(figures))
        result.append(
            Phrase(words, tuple((p.year, p.part) for p in own), len(own), _is_base(bare, splits[at], starts[at], ends[at + 1]))
        )
    return result


def _trimmed(start: int, end: int, at: int, count: int) -> Span:
    """Return the stretch, or the end of it that is nearer to a figure where it is long."""
    if end - start <= MOST_CHARACTERS:
        return start, end
    return (start, start + MOST_CHARACTERS) if at == count else (end - MOST_CHARACTERS, end)


def _split(text: str, start: int, end: int) -> int:
    """Return where the words of the figure before end and those of the next one begin."""
    match = _BREAK.search(text, start, end)
    if match and match.start() == start and match[0] in "(\uff08":
        return start
    if match:
        return match.start()
    return end if _PREPOSITION.match(text, start, end) else start


def _shared_periods(inside: list[list[Period]], count: int) -> list[Period]:
    """Return the periods in the order of the figures, where they are said in one go, one for each."""
    if count < 2:
        return []
    filled = [at for at, each in enumerate(inside) if each]
    return inside[filled[0]] if len(filled) == 1 and filled[0] in (0, count) and len(inside[filled[0]]) == count else []


def _shared_items(text: str, gaps: list[Span], count: int) -> list[frozenset[str]]:
    """Return the words of each item of a list in front of the figures, where there is one for each."""
    if count < 2 or any(not _LIST_JOINT.fullmatch(text, *gap) and text[slice(*gap)].strip(" ,;&") not in ("and", "und", "et", "y", "e") for gap in gaps[1:-1]):
        return []
    items = [stems(item) for item in _LIST_JOINT.split(text[slice(*gaps[0])])]
    items = [item for item in items if item]
    return items if len(items) == count else []


def _words(at: int, left: list[frozenset[str]], right: list[frozenset[str]]) -> dict[str, float]:
    words: dict[str, float] = {}
    for distance in range(min(at, FARTHEST), 0, -1):
        weight = 0.6**distance
        words |= dict.fromkeys(left[at - distance] | right[at - distance], weight)
    if at > FARTHEST:
        words = dict.fromkeys(right[0], 0.6**FARTHEST) | words
    words |= dict.fromkeys(left[at], 0.3)
    return words | dict.fromkeys(right[at], 1.0) | {w: 0.9 for w in left[at + 1] if w not in right[at]}


def _own(
    at: int, inside: list[list[Period]], splits: list[int], text: str, gaps: list[Span], count: int
) -> list[Period]:
    behind = [p for p in inside[at + 1] if at == count - 1 or p.start < splits[at + 1]]
    before = [p for p in inside[at] if at == 0 or p.start >= splits[at]][::-1]
    if behind and (not before or _is_glued(text, gaps[at + 1][0], behind[0].start)):
        return behind + before
    return before + behind


def _is_glued(text: str, start: int, end: int) -> bool:
    return end - start < 40 and not _BREAK.search(text, start, end)


def _is_base(text: str, start: int, figure: int, end: int) -> bool:
    return bool(_BASE.search(text, max(start, figure - 40), figure) or _FROM_BEHIND.match(text, end))
