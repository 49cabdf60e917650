"""Outlooks: what a source expects, said as what was, and what was, said as what is expected."""

import re

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.judge.vocabulary import whole

_WORDS = (
    "expect expects are_expected is_expected expected_to expecting anticipate anticipates forecast forecasts "
    "guides guide guided guidance outlook projected_to targets target targeted aims intends will erwartet "
    "prognose ausblick prévoit prévoient attend prevé espera prevede attende"
)
_OUTLOOK = re.compile(whole(_WORDS), re.IGNORECASE)
_AHEAD = re.compile(
    whole(
        f"{_WORDS} could may might would should plans planned seen next_year next_year's coming upcoming "
        "reasonably_possible "
        "könnte dürfte sollte pourrait devrait podría debería potrebbe dovrebbe"
    ),
    re.IGNORECASE,
)
"""What leaves open whether it comes so."""

_STEMS = stems(_WORDS.replace("_", " ")) - stems("are is to expected projected")


def is_of_other_time(claim: Claim, statement: Statement, trace: Trace, source: JudgedSource) -> bool:
    """Whether a figure of prose is expected, and its statement says that it was; or the reverse."""
    if trace.table is not None or claim.phrase.is_base:
        return False
    figures = trace.evidence.statements[trace.spot[1]]
    start = figures.figures[trace.spot[2][0]][4]
    sentence = trace.place.sentence
    is_base = figures.phrases(trace.text)[trace.spot[2][0]].is_base
    if _is_expected(sentence, start) and not is_base:
        if _AHEAD.search(statement.text) or not _STEMS.isdisjoint(statement.topic.words):
            return False
        named = [
            *statement.topic.periods,
            *(period for each in statement.claims for period in each.phrase.periods),
        ]
        return source.year is not None and not any(year and year > source.year for year, _ in named)
    if not _is_expected(statement.text, claim.quantity.start) or _OUTLOOK.search(sentence):
        return False
    return not any(year and source.year and year <= source.year for year, _ in claim.phrase.periods)


def _is_expected(text: str, start: int) -> bool:
    """Whether what stands before a figure, up to a semicolon, says that it is expected."""
    return _OUTLOOK.search(text[:start].rpartition(";")[2]) is not None
