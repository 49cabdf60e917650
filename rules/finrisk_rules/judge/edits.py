"""Sentences that a source has but for a year, a figure or a word that turns them: they say otherwise."""

import re
from collections import Counter
from typing import NamedTuple

from finrisk_rules.judge.directions import says_rise
from finrisk_rules.judge.verdicts import Verdict
from finrisk_rules.judge.wording import is_silent

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LIKE = 0.8
"""Share of the words of both sentences that is in both."""

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


def edit_of(text: str, source: str) -> Edit | None:
    """Return the word in which a sentence says something else than one of its source that is like it.

    None where they are not alike, or differ in other ways too: by more figures or years.
    """
    said, there = _tokens(text), _tokens(source)
    own, missing = said - there, there - said
    if (said & there).total() < _LIKE * max(said.total(), there.total()):
        return None
    figures, other_figures = _figures(own), _figures(missing)
    years, other_years = _years(own), _years(missing)
    if figures:
        is_one = len(figures) == len(other_figures) == 1 and years == other_years
        is_other = is_one and not _are_near(figures[0], other_figures[0])
        return Edit(figures[0], "misattributed", is_figure=True) if is_other else None
    if len(years) == len(other_years) == 1:
        return Edit(years[0], "misattributed")
    turned = [word for word in own if _turns(word, missing)]
    return Edit(turned[0], "wrong_direction") if len(turned) == 1 else None


def _tokens(text: str) -> Counter[str]:
    return Counter(word for word in _TOKEN.findall(text.lower()) if word in _OTHER or not is_silent(word))


def _years(words: Counter[str]) -> list[str]:
    return [word for word in words.elements() if _YEAR.fullmatch(word)]


def _figures(words: Counter[str]) -> list[str]:
    return [word for word in words.elements() if word[0].isdigit() and not _YEAR.fullmatch(word)]


def _are_near(one: str, other: str) -> bool:
    """Whether two figures may be one, rounded or in another scale, whatever parts their decimals."""
    digits, other_digits = (re.sub(r"\D", "", each).strip("0") for each in (one, other))
    first = min(len(digits), len(other_digits), 2)
    return digits[:first] == other_digits[:first]


def _turns(word: str, missing: Counter[str]) -> bool:
    """Whether a word stands in place of one that says the contrary."""
    if _OTHER.get(word) in missing:
        return True
    way = says_rise(word)
    return way is not None and [each for each in map(says_rise, missing) if each is not None] == [not way]
