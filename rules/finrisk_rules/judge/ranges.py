"""Ranges: of "between 150 and 170" the lower end is no upper bound, and the upper end no lower one."""

import re
from collections.abc import Sequence
from typing import Any

from finrisk_rules.judge.bounds import Bound
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_JOINT = pattern_of(
    rf"\s*(?:(?P<open>{whole('and und et y e')})|[-\u2013\u2014\uff5e~]|から|{whole('to bis à a hasta')})"
    r"\s*[^\w\s]{0,3}",
    re.IGNORECASE,
)
_BETWEEN = pattern_of(rf"{whole('between zwischen entre tra fra')}[^\w]*\Z", re.IGNORECASE)
_NIL = pattern_of(rf"{whole('nil zero null nothing')}\s+(?:to|bis|à)\s+[^\w\s]{{0,3}}\Z", re.IGNORECASE)
_LEAD = 24


def bound_of_end(sentence: str, figures: Sequence[Sequence[Any]], at: int) -> Bound:
    """Return what the end of a range, ``at`` among the figures of a sentence, bounds; "" for no end."""
    start, end = figures[at][4:6]
    if at + 1 < len(figures) and _is_range(sentence, start, end, figures[at + 1][4]):
        return "above"
    if at and _is_range(sentence, figures[at - 1][4], figures[at - 1][5], start):
        return "below"
    return "below" if _NIL.search(sentence, max(0, start - _LEAD), start) else ""


def _is_range(text: str, start: int, end: int, following: int) -> bool:
    joint = _JOINT.fullmatch(text, end, following)
    if joint is None:
        return False
    return not joint["open"] or bool(_BETWEEN.search(text, max(0, start - _LEAD), start))
