"""Ratios in words, held to figures of their sentence: ``four times the $823 million``, ``half (33 %)``."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from finrisk_rules.judge.bounds import Bound, bound
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.directions import says_rise
from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.subjects import are_comparable, size, subject_of
from finrisk_rules.judge.traces import Traced
from finrisk_rules.judge.vocabulary import any_word, whole
from finrisk_rules.patterns import pattern_of

_COUNTS = (
    "a an one ein eine einem einen die der un une la le una um uma",
    "two zwei deux dos dois duas due",
    "three drei trois tres três tre",
    "four vier quatre cuatro quatro quattro",
    "five fünf cinq cinco cinque",
    "six sechs seis sei",
    "seven sieben sept siete sete sette",
    "eight acht huit ocho oito otto",
    "nine neun neuf nueve nove",
    "ten zehn dix diez dez dieci",
)
_COUNT = {word: n for n, words in enumerate(_COUNTS, 1) for word in words.split()}
_PARTS = (
    "half hälfte moitié mitad metade metà",
    "third thirds drittel tiers tercio tercios terço terços terzo terzi",
    "quarter quarters viertel quart quarts cuarto cuartos quarto quartos quarti",
    "fifth fifths fünftel cinquième cinquièmes quinto quintos quinti",
)
_PART = {word: n for n, words in enumerate(_PARTS, 2) for word in words.split()}
_WHOLES = {
    "twice": 2,
    "double": 2,
    "triple": 3,
    "quadruple": 4,
    "doppelte": 2,
    "dreifache": 3,
    "vierfache": 4,
}
_TIMES = "times mal fois veces vezes volte"
_RATIO = pattern_of(
    rf"(?<![\w-])(?:(?:(?P<count>{any_word(' '.join(_COUNT))})[\s-]+)?(?P<part>{any_word(' '.join(_PART))})"
    rf"|(?P<times>{any_word(' '.join(_COUNT))})\s*(?:{any_word(_TIMES)})"
    rf"|(?:(?:das|the)\s+)?(?P<whole>{any_word(' '.join(_WHOLES))}))(?![\w-])",
    re.IGNORECASE,
)
WORDS_OF_RATIO = telling((*_PART, *_WHOLES, *_TIMES.split()))

_IS = (
    "that_is i.e or is was are were being equals equal represents represented makes made also mithin soit "
    "représente es_decir representa ou_seja ovvero entspricht entsprach corresponds"
)
_AS_IS = pattern_of(rf"(?:,|\(|{whole(_IS)})[^\d,;:()]{{0,24}}\Z", re.IGNORECASE)
"""Between a figure and a ratio: the ratio says how it is to another one."""

_OF = "the that its their of des der dem den von vom du de d l la los las del do da"
_TO_OTHER = pattern_of(
    rf"\s+(?:as\s+\w+\s+as\s+)?{whole(_OF)}(?:[^\d.;:,()]|(?<!\d)(?:19|20)\d\d(?!\d)){{0,60}}?[^\w\s(]{{0,3}}",
    re.IGNORECASE,
)
_FROM = pattern_of(rf"\s*[,(:]?\s*{whole('from von de da desde')}\s+[^\w\s]{{0,3}}", re.IGNORECASE)
_TO = pattern_of(
    rf"[^\d.;:]{{0,40}}?\s{whole('to auf nach à a para hasta')}\s+[^\d.;:]{{0,12}}", re.IGNORECASE
)
_OVER = pattern_of(r"\s+over(?=\s*\()", re.IGNORECASE)
_OPENS = pattern_of(r"(?:[^\d.;:()]|(?<!\d)(?:19|20)\d\d(?!\d)){0,40}?\s*\(\s*[^\w\s]{0,2}")
_WITH_SHARE = pattern_of(rf"\s*[,;=]?\s*(?:{whole('or i.e el la soit das die the ou o')}\W{{0,2}}\s*)?")
_WORD = pattern_of(r"[^\W\d_]+")

_LEAD = 30
_ABOUT, _MORE, _LESS, _NEARLY, _SLACK = 0.15, 1.6, 0.5, 0.75, 0.01
"""How far from a ratio figures may be: of which it is said alone, or "more than", "less than", "nearly"."""

_IS_NEAR = pattern_of(
    rf"{whole('nearly almost just_under knapp fast beinahe nahezu presque casi quase quasi')}\s*\Z",
    re.IGNORECASE,
)


class _Said(NamedTuple):
    """A ratio in words: its value, its place, on which side of it what is meant lies, and whether near it."""

    value: float
    start: int
    end: int
    side: Bound
    is_near: bool


def of_another_ratio(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims that are to another one as no ratio in words says that stands by both.

    ``$1,630 million, four times the $823 million``, ``by a third from 5 to 3``, ``three times over (198 %)``.
    """
    claims = [claim for claim, _ in traced]
    for said in _ratios(text):
        n = next((n for n, each in enumerate(claims) if each.quantity.start >= said.end), None)
        if n is None:
            continue
        held = _in_brackets(text, said, claims, n) or _of_change(text, said, claims, n)
        held = held or _of_two(text, said, claims, n)
        if held is not None and not _holds(said, held[1]):
            yield held[0]


def _ratios(text: str) -> Iterator[_Said]:
    for match in _RATIO.finditer(text):
        if match["part"]:
            value = _COUNT[(match["count"] or "a").lower()] / _PART[match["part"].lower()]
        else:
            value = float(_WHOLES.get((match["whole"] or "").lower()) or _COUNT[match["times"].lower()])
        is_near = _IS_NEAR.search(text, max(0, match.start() - _LEAD), match.start()) is not None
        side: Bound = "below" if is_near else bound(text, *match.span())
        yield _Said(value, *match.span(), side, is_near)


def _in_brackets(text: str, said: _Said, claims: Sequence[Claim], n: int) -> tuple[int, float] | None:
    """Return the share that brackets behind a ratio say, alone or behind its amount, with its number."""
    opens = _OPENS.fullmatch(text, said.end, claims[n].quantity.start)
    start = claims[n].quantity.start
    if opens is None and not (text[start : start + 1] == "(" and _OPENS.fullmatch(text, said.end, start + 1)):
        return None
    if not claims[n].quantity.unit and n + 1 < len(claims):
        following = claims[n + 1].quantity
        if not _WITH_SHARE.fullmatch(text, claims[n].quantity.end, following.start):
            return None
        n += 1
    if claims[n].quantity.unit != "percent" or claims[n].is_change or not _closes(text, claims[n]):
        return None
    return n, size(claims[n]) / 100


def _closes(text: str, claim: Claim) -> bool:
    return claim.quantity.bracketed or text[claim.quantity.end - 1 :].lstrip("% ")[:1] == ")"


def _of_change(text: str, said: _Said, claims: Sequence[Claim], n: int) -> tuple[int, float] | None:
    """Return by which part a figure changed "from 5 to 3" behind a ratio, with the number of the 3."""
    if n + 1 >= len(claims) or said.value > 1 or not are_comparable(claims[n], claims[n + 1]):
        return None
    first, second = claims[n].quantity, claims[n + 1].quantity
    if not (_FROM.match(text, said.end, first.start + 1) and _TO.fullmatch(text, first.end, second.start)):
        return None
    before = _WORD.findall(text[max(0, said.start - _LEAD) : said.start])
    if not size(claims[n]) or not any(says_rise(each.lower()) is not None for each in before):
        return None
    return n + 1, abs(size(claims[n + 1]) / size(claims[n]) - 1)


def _of_two(text: str, said: _Said, claims: Sequence[Claim], n: int) -> tuple[int, float] | None:
    """Return the ratio of the figure before to the one behind a ratio, with the number of the former."""
    if not _TO_OTHER.fullmatch(text, said.end, claims[n].quantity.start):
        return None
    at = subject_of(claims, n)
    if at is None or not size(claims[n]):
        return None
    if not _AS_IS.search(text, max(claims[n - 1].quantity.end, said.start - 2 * _LEAD), said.start):
        return None
    return at, size(claims[at]) / size(claims[n])


def _holds(said: _Said, ratio: float) -> bool:
    reached = ratio / said.value
    if said.side == "above":
        return 1 - _SLACK <= reached <= _MORE
    if said.side == "below":
        return (_NEARLY if said.is_near else _LESS) <= reached <= 1 + _SLACK
    return abs(reached - 1) <= _ABOUT
