"""Swaps: two figures of prose that an answer gives to each other's words, or a figure to words of another.

``$760 million in cash and $1,200 million in stock`` takes both from one sentence and turns them round.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from finrisk_rules.judge.agreement import COARSEST, are_other_currencies
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.fits import BESIDE
from finrisk_rules.judge.phrasing import Phrase
from finrisk_rules.judge.table_evidence import Figure, Named
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import LIST_JOINT
from finrisk_rules.patterns import pattern_of

_IN_BRACKETS = pattern_of(r"(?:\s{1,3}(?:in|for|fiscal|FY|[12]\d{3})){0,4}\s{0,3}\(?\s{0,3}\([^()]{0,12}%\)?")
"""Between an amount and the end of a percentage in brackets that is said of it."""

MARGIN = 0.25
"""By how much the words must fit better the other way round, of 2."""

MOST_FIGURES = 8
"""Figures of a sentence of which pairs are looked at."""


def swapped(traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims of a sentence whose words fit each other's place clearly better."""
    prose = [
        (n, claim, trace)
        for n, (claim, trace) in enumerate(traced)
        if trace is not None and trace.table is None
    ]
    if len(prose) < 2:
        return
    for (n, one, first), (m, two, second) in combinations(prose[:MOST_FIGURES], 2):
        if first.source != second.source or first.spot[1] != second.spot[1] or not _are_alike(first, second):
            continue
        if are_listed(first, first.spot[2][0], second.spot[2][0]):
            continue
        if _have_other_years(one, two, first, second) or _is_change_apart(one, two, first, second):
            continue
        here, there = _phrase(first), _phrase(second)
        if here.is_base != there.is_base and here.is_base == one.phrase.is_base != two.phrase.is_base:
            continue
        if here.is_base != there.is_base and here.is_base == two.phrase.is_base != one.phrase.is_base:
            yield from (n, m)  # "29 % (2022: 33 %)" the other way round
            continue
        own = _apart(here.words, there.words)
        said = _apart(one.phrase.words, two.phrase.words)
        straight = _likeness(said[0], own[0]) + _likeness(said[1], own[1])
        turned = _likeness(said[0], own[1]) + _likeness(said[1], own[0])
        if all(own) and turned > straight + MARGIN and not _has_own_period(one, two, first, second):
            yield from (n, m)


def of_another_amount(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the percentages in brackets behind an amount that their place says of another amount beside it.

    "$5,436 million in 2015 (-25 %) and $4,080 million (-20 %)" has each of the other.
    """
    for at in range(1, len(traced)):
        (one, own), (claim, trace) = traced[at - 1], traced[at]
        if own is None or trace is None or trace.table or claim.quantity.unit != "percent":
            continue
        if one.quantity.unit or not _IN_BRACKETS.fullmatch(text, one.quantity.end, claim.quantity.end):
            continue
        there = trace.evidence.statements[trace.spot[1]].figures
        if any(_says(each, own) for each in there):
            continue
        others = (other for n, (_, other) in enumerate(traced) if other and n not in (at - 1, at))
        if any(_says(each, other) for each in there for other in others):
            yield at


def _says(figure: Figure, place: Trace) -> bool:
    """Whether a figure of a sentence says the amount of another place, as it is rounded."""
    value, power, unit, currency = figure[:4]
    _, _, other, other_power, other_unit, other_currency = place.spot[2]
    if unit or other_unit or are_other_currencies(currency, other_currency) or not float(other):
        return False
    digits = len(value.partition(".")[2])
    said, there = (
        abs(float(each)) * 10.0 ** (at or 0) for each, at in ((value, power), (other, other_power))
    )
    half: float = 0.5 * 10.0 ** ((power or 0) - digits)
    return abs(said - there) <= min(half, COARSEST * there)


def are_listed(place: Trace, one: int, two: int) -> bool:
    """Whether two figures of a sentence are told apart by periods alone: "5 and 6 in 2023 and 2022"."""
    statement = place.evidence.statements[place.spot[1]]
    first, second = min(one, two), max(one, two)
    start, end = statement.figures[first][5], statement.figures[second][4]
    if second != first + 1 or not LIST_JOINT.fullmatch(place.place.sentence, start, end):
        return False
    mine, its = (statement.phrases(place.text)[at] for at in (first, second))
    are_dated = mine.periods and its.periods and mine.periods[0] != its.periods[0]
    return bool(are_dated) and all(weight < 1 for weight in its.words.values())


def _phrase(trace: Trace) -> Phrase:
    return trace.evidence.statements[trace.spot[1]].phrases(trace.text)[trace.spot[2][0]]


def _are_alike(one: Trace, two: Trace) -> bool:
    """Whether two places are other figures of one kind: unit, scale and currency."""
    return one.spot[2][0] != two.spot[2][0] and one.spot[2][3:] == two.spot[2][3:]


def _has_own_period(one: Claim, two: Claim, first: Trace, second: Trace) -> bool:
    """Whether periods tell the two places apart, and the claims name them so."""
    there = [_periods(each)[:1] for each in (first, second)]
    return there[0] != there[1] and [one.phrase.periods[:1], two.phrase.periods[:1]] == there


def _have_other_years(one: Claim, two: Claim, first: Trace, second: Trace) -> bool:
    """Whether each claim names a period of its place that the other has not, whatever words are beside."""
    said, also = (set(each.phrase.periods[:1]) for each in (one, two))
    here, there = set(_periods(first)), set(_periods(second))
    if not (said and also):
        return False
    return said <= here and also <= there and not (said <= there and also <= here)


def _periods(place: Trace) -> Sequence[Named]:
    return place.evidence.statements[place.spot[1]].periods_to(place.spot[2][0], place.text)


def _is_change_apart(one: Claim, two: Claim, first: Trace, second: Trace) -> bool:
    """Whether one place tells how much something changed, the other what it was, and the claims say so."""
    said = one.is_change, two.is_change
    return said[0] != said[1] and said == (_is_change(first), _is_change(second))


def _is_change(place: Trace) -> bool:
    statement = place.evidence.statements[place.spot[1]]
    return any(spot == place.spot and changed for spot, changed in statement.amounts(place.text))


def _apart(one: Mapping[str, float], two: Mapping[str, float]) -> list[dict[str, float]]:
    """Return the words beside each of both with what it has more of than the other."""
    return [
        {
            word: more
            for word, weight in mine.items()
            if weight >= BESIDE and (more := weight - others.get(word, 0.0)) > 0
        }
        for mine, others in ((one, two), (two, one))
    ]


def _likeness(said: Mapping[str, float], there: Mapping[str, float]) -> float:
    """Return which share of the words of a place a claim has beside it, 0..1."""
    total = sum(there.values())
    return sum(min(said[word], there[word]) for word in said.keys() & there.keys()) / total if total else 0.0
