"""Which word of rise or fall speaks of a figure: the one of its clause, before it or behind it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from finrisk_rules.judge.directions import Direction, directions
from finrisk_rules.judge.vocabulary import CONTRAST, any_word, whole
from finrisk_rules.patterns import pattern_of

NEAR = 60
"""Characters between a figure and a word of rise or fall that speaks of it alone."""

LONGEST_CLAUSE = 200
"""Characters between a figure and a word of its clause."""

_CLAUSE_END = pattern_of(
    r"[,\uff0c](?!\d)|[;:\uff1b\uff1a\u3001\u3002]|一方|"
    + whole(
        "and but while whereas due because as since und aber während weil wobei nachdem da sodass et mais "
        "tandis alors y pero mientras e ma mentre"
    ),
    re.IGNORECASE,
)
"""Where the part of a sentence that a word of rise or fall speaks of may end."""

_COMPARATIVE = pattern_of(
    any_word("higher lower up down höher* niedriger* supérieur* inférieur* rising falling")
)
"""Words that speak of a figure before them only where they stand beside it: "5 % higher"."""

_CAUSE = pattern_of(
    rf"{whole('from by due_to owing_to because_of attributable_to related_to thanks_to durch aus')}\s+\Z",
    re.IGNORECASE,
)
"""Between a figure and such a word, what says that the figure is what came of it: "5 from lower rates"."""

_FROM = pattern_of(rf"\s*{whole('from than')}", re.IGNORECASE)
"""Behind "up", what leads to the figure with which one before is compared."""

_BY = pattern_of(rf"\s*(?:(?:sich|en|it)\s+)?(?:{whole('by um de del di um un')}\s*)*", re.IGNORECASE)

Span = tuple[int, int]


def governors(text: str, figures: Sequence[Span]) -> list[Direction | None]:
    """Return the word of rise or fall that speaks of each figure, None where there is none.

    That is the one before it in its clause, else the one behind it in its clause ("from 5 to 6 gestiegen"),
    else the last one before it, else the next one.
    """
    said = directions(text)
    if not said:
        return [None] * len(figures)
    ends, starts = [each.end for each in said], [each.start for each in said]
    result: list[Direction | None] = []
    for start, end in figures:
        last, following = bisect_right(ends, start) - 1, bisect_left(starts, end)
        before = said[last] if last >= 0 else None
        behind = said[following] if following < len(said) else None
        result.append(_governor(text, start, end, before, behind))
    return result


def _governor(
    text: str, start: int, end: int, before: Direction | None, behind: Direction | None
) -> Direction | None:
    """Return which of the words on its sides speaks of a figure, None for neither."""
    if before is None:
        return None if behind is None or CONTRAST.search(text, end, behind.start) else behind
    if _is_one_clause(text, before.end, start):
        return before
    if behind and _is_one_clause(text, end, behind.start):
        is_apart = behind.start - end > 1 and not _CAUSE.search(text, end, behind.start)
        if not (is_apart and _COMPARATIVE.fullmatch(text[behind.start : behind.end].lower())):
            return behind
    return None if _speaks_back(text, before) else before


def _speaks_back(text: str, direction: Direction) -> bool:
    """Whether a word compares a figure before it: "5, up from 4"."""
    is_comparative = _COMPARATIVE.fullmatch(text[direction.start : direction.end].lower())
    return bool(is_comparative and _FROM.match(text, direction.end))


def is_in_clause(text: str, direction: Direction, start: int, end: int) -> bool:
    """Whether a word of rise or fall stands in the clause of a figure and near it."""
    if max(start - direction.end, direction.start - end) > NEAR:
        return False
    first, last = (direction.end, start) if direction.end <= start else (end, direction.start)
    return _is_one_clause(text, first, last)


def is_led_by_change(text: str, start: int) -> bool:
    """Whether a word of rise or fall leads right to a figure: "decreased 1.7 %"."""
    return any(each.end <= start and leads_to(text, each, start) for each in directions(text))


def leads_to(text: str, direction: Direction, start: int) -> bool:
    """Whether a word of rise or fall leads right to the figure that starts there: "rose by 5 %"."""
    return bool(_BY.fullmatch(text, direction.end, start))


def _is_one_clause(text: str, start: int, end: int) -> bool:
    return end - start <= LONGEST_CLAUSE and not _CLAUSE_END.search(text, start, end)
