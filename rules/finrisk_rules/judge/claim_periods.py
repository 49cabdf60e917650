"""The periods that a claim may be of: its own, those of figures beside it, of the heading or the question."""

import re
from collections.abc import Sequence
from itertools import repeat

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.comparison_words import YEARS_BEFORE
from finrisk_rules.judge.period_fits import Claimed
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.table_evidence import Named
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.judge.years import outside_brackets
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods

NEXT_PERIOD, ASKED_PERIOD = 0.7, 0.6
"""What a period counts for that is not the nearest, or that only the question names."""

_GOES_BACK = pattern_of(rf"(?:{whole('a one the in at end of')}\s+)*(?:{YEARS_BEFORE})", re.IGNORECASE)
_MOST_SHARED = 24
"""Periods of a heading or a question that its figures may be of."""


def own_periods(claim: Claim) -> Claimed:
    """Return the periods that the words of a claim name, the nearest first."""
    if not claim.phrase.periods:
        return ()
    first, *others = claim.phrase.periods
    return ((first, 1.0), *zip(others, repeat(NEXT_PERIOD)))


def periods_before_aside(claim: Claim, statement: Statement) -> Claimed:
    """Return the period of the figure before the brackets in which a claim stands, () where it has none."""
    start = claim.quantity.start
    opens = statement.text.rfind("(", 0, start)
    if opens <= statement.text.rfind(")", 0, start):
        return ()
    before = [each for each in statement.claims if each.quantity.end <= opens]
    return tuple((period, 1.0) for period in before[-1].phrase.periods[:1]) if before else ()


def shared_periods(statement: Statement, claims: Sequence[Claim], asked: Sequence[Named]) -> Claimed:
    """Return the periods of claims without their own: of other claims, the heading or the question."""
    plain = outside_brackets(statement.text, claims)
    others = {period for each in plain for period in each.phrase.periods}
    if others:
        if any(each.phrase.is_base for each in plain):
            first = claims[0].phrase
            others = {period for each in plain if not each.phrase.is_base for period in each.phrase.periods}
            others = others if first.periods and not first.is_base else set()
        if _is_said_later(statement, claims):
            named = [period for period in asked if period[0] not in {year for year, _ in others}]
            return tuple((period, ASKED_PERIOD) for period in named[:_MOST_SHARED])
        return ((next(iter(others)), 1.0),) if len(others) == 1 else ()
    if statement.topic.periods:
        back = 1 if goes_back(statement.text) else 0
        shared = statement.topic.periods[:_MOST_SHARED]
        return tuple(((year and year - back, part), 1.0) for year, part in shared)
    return tuple((period, ASKED_PERIOD) for period in asked[:_MOST_SHARED])


def goes_back(text: str) -> bool:
    """Whether a sentence begins with the year before that of those before it: "A year earlier"."""
    return _GOES_BACK.match(text) is not None


def _is_said_later(statement: Statement, claims: Sequence[Claim]) -> bool:
    """Whether the first period stands between a figure without one and its own: "5, in 2023 it was 4"."""
    at = next(n for n, each in enumerate(claims) if each.phrase.periods)
    if at == 0:
        return False
    between = statement.text[claims[at - 1].quantity.end : claims[at].quantity.start]
    return any(each.year == claims[at].phrase.periods[0][0] for each in periods(between))
