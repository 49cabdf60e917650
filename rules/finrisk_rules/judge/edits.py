"""Sentences that a source has but for a year, a figure or a word that turns them: they say otherwise."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.judge.directions import says_rise
from finrisk_rules.judge.verdicts import Verdict
from finrisk_rules.judge.wording import is_silent
from finrisk_rules.patterns import pattern_of

_TOKEN = pattern_of(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_YEAR = pattern_of(r"(?:19|20)\d\d")
_LIKE = 0.8
"""Share of the words of both sentences that is in both."""

_ROUNDED = 0.06
"""By which share figures may differ that are one figure rounded."""

_TURNS = (
    ("gain", "loss"),
    ("gains", "losses"),
    ("profit", "loss"),
    ("income", "expense"),
    ("above", "below"),
    ("over", "under"),
    ("more", "less"),
    ("before", "after"),
    ("inflow", "outflow"),
)
_OTHER = {one: other for pair in _TURNS for one, other in (pair, pair[::-1])}


class Edit(NamedTuple):
    """A word of a sentence that its source has otherwise, and the verdict on it or on the figure by it."""

    word: str
    verdict: Verdict
    is_figure: bool = False


def edit_of(text: str, sources: Iterable[str]) -> tuple[Edit, str] | None:
    """Return in what a sentence says something else than one of its source that is like it, and that one.

    None where one of them has all that it says, or none is like it, or they differ by more figures or years.
    """
    said = _tokens(text)
    edit = None
    for source in sources:
        there = _tokens_of_source(source)
        own = said - there
        if not own:
            return None
        if (said & there).total() >= _LIKE * max(said.total(), there.total()):
            edit = edit or _between(own, there - said, source)
    return edit


def _between(own: Counter[str], missing: Counter[str], source: str) -> tuple[Edit, str] | None:
    figures, other_figures = _figures(own), _figures(missing)
    years, other_years = _years(own), _years(missing)
    if figures:
        is_one = len(figures) == len(other_figures) == 1 and years == other_years
        is_other = is_one and not _are_near(figures[0], other_figures[0])
        return (Edit(figures[0], "misattributed", is_figure=True), source) if is_other else None
    if len(years) == len(other_years) == 1:
        return Edit(years[0], "misattributed"), source
    turned = [word for word in own if _turns(word, missing)]
    return (Edit(turned[0], "wrong_direction"), source) if len(turned) == 1 else None


@lru_cache(maxsize=1024)
def _tokens_of_source(text: str) -> Counter[str]:
    return _tokens(text)


def _tokens(text: str) -> Counter[str]:
    return Counter(filter(_tells, _TOKEN.findall(text.lower())))


@lru_cache(maxsize=16384)
def _tells(word: str) -> bool:
    return word in _OTHER or not is_silent(word)


def _years(words: Counter[str]) -> list[str]:
    return [word for word in words.elements() if _YEAR.fullmatch(word)]


def _figures(words: Counter[str]) -> list[str]:
    return [word for word in words.elements() if word[0].isdigit() and not _YEAR.fullmatch(word)]


def _are_near(one: str, other: str) -> bool:
    """Whether two figures may be one, rounded or in another scale."""
    ratio = _leading(one) / _leading(other)
    return any(abs(ratio * shift - 1) < _ROUNDED for shift in (0.1, 1, 10))


def _leading(figure: str) -> float:
    """Return the digits of a figure as a number from 0.1 to 1, whatever parts its decimals."""
    return float(f"0.{re.sub(r'[.,]', '', figure).lstrip('0') or 1}")


def _turns(word: str, missing: Counter[str]) -> bool:
    """Whether a word stands in place of one that says the contrary."""
    if _OTHER.get(word) in missing:
        return True
    way = says_rise(word)
    return way is not None and [each for each in map(says_rise, missing) if each is not None] == [not way]
