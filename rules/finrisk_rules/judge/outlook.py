"""Outlooks: what a source expects, said as what was, and what was, said as what is expected."""

import re
from functools import lru_cache

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.table_evidence import TableEvidence
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
        f"{_WORDS} could may might would should plans plan planned seen next_year next_year's coming "
        "upcoming "
        "expected anticipated projected projection scheduled budget budgeted aim aiming reasonably_possible "
        "könnte dürfte sollte pourrait devrait podría debería potrebbe dovrebbe"
    ),
    re.IGNORECASE,
)
"""What leaves open whether it comes so."""

_STEMS = stems(_WORDS.replace("_", " ")) - stems("are is to expected projected")
_DONE = (
    "reached achieved posted recorded realized realised generated spent paid received incurred delivered "
    "earned came_in came_to amounted_to totaled totalled stood_at erreichte erreichten betrug betrugen "
    "atteint alcanzó alcanzaron raggiunto"
)
_PAST = re.compile(
    rf"{whole(f'{_DONE} was were grew rose fell climbed declined lag lagen war waren')}[^;]*\Z", re.IGNORECASE
)
_PAID = re.compile(rf"{whole(_DONE)}[^;]*\Z", re.IGNORECASE)
"""Before a figure, what says that it has come so."""

_ACTUAL = re.compile(whole("of_which was were wovon davon dont de_los_cuales di_cui"), re.IGNORECASE)
"""Between a word of outlook and a figure, what tells of what was."""

_MAY = re.compile(rf"{whole('may could might')}[^,;.]{{0,80}}\Z", re.IGNORECASE)
_TARGET = re.compile(
    whole(
        "target targets guidance outlook budget budgeted forecast plan planned limit limits requirement "
        "required ziel zielwert prognose planwert objectif objectifs objetivo límite obiettivo"
    )
    + "|目標|予想|计划|목표",
    re.IGNORECASE,
)
_IS_ACTUAL = re.compile(whole("actual reported ist istwert réel réalisé real effettivo"), re.IGNORECASE)
_SET = re.compile(
    whole(
        "caps capped limit limits limited required requires must may_not maximum minimum ceiling floor "
        "target targets targeted höchstens mindestens muss darf plafond exige"
    )
    + r"[^,;.()]{0,60}\Z",
    re.IGNORECASE,
)
"""Words that set a limit or a target: over a column, and before a figure."""

_LEAD, _FAR = 90, 300
"""Characters before a figure in which words speak of it."""


@lru_cache(maxsize=256)
def _looks_ahead(text: str) -> bool:
    """Whether a sentence leaves open somewhere whether it comes so."""
    return _AHEAD.search(text) is not None


def is_of_other_time(claim: Claim, statement: Statement, trace: Trace, source: JudgedSource) -> bool:
    """Whether a figure is expected, possible or a target, and said to have come so; or the reverse."""
    if claim.phrase.is_base:
        return False
    text, at = statement.text, claim.quantity.start
    if trace.table is not None:
        return _is_of_target(claim, statement, trace)
    figures = trace.evidence.statements[trace.spot[1]]
    start = figures.figures[trace.spot[2][0]][4]
    sentence = trace.place.sentence
    is_ahead = _looks_ahead(text) or not _STEMS.isdisjoint(statement.topic.words)
    if (
        not is_ahead
        and _MAY.search(sentence, max(0, start - _LEAD), start)
        and _PAID.search(text, max(0, at - _FAR), at)
    ):
        return True
    is_base = figures.phrases(trace.text)[trace.spot[2][0]].is_base
    if _is_expected(sentence, start) and not is_base:
        if is_ahead:
            return False
        named = [
            *statement.topic.periods,
            *(period for each in statement.claims for period in each.phrase.periods),
        ]
        is_later = any(year and year > (source.year or year) for year, _ in named)
        return source.year is not None and (not is_later or bool(_PAST.search(text, max(0, at - _FAR), at)))
    if not _is_expected(text, at):
        return False
    if _OUTLOOK.search(sentence):
        return False
    return not any(year and source.year and year <= source.year for year, _ in claim.phrase.periods)


def _is_of_target(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether a figure below "Target" is said to have come so, or one below "Actual" to be the limit."""
    head, at = trace.place.column, claim.quantity.start
    if _TARGET.search(head):
        if (
            _AHEAD.search(statement.text)
            or _TARGET.search(statement.text, max(0, at - _FAR), at + _FAR)
            or _SET.search(statement.text, max(0, at - _FAR), at)
        ):
            return False
        return bool(_PAST.search(statement.text, max(0, at - _FAR), at))
    return bool(_IS_ACTUAL.search(head) and _SET.search(statement.text, max(0, at - _LEAD), at))


@lru_cache(maxsize=512)
def tells_targets(table: TableEvidence) -> bool:
    """Whether a head of a table names targets, or what came of them."""
    return any(_TARGET.search(head) or _IS_ACTUAL.search(head) for head in table.heads)


def _is_expected(text: str, start: int) -> bool:
    """Whether what stands before a figure, up to a semicolon, says that it is expected."""
    said = text[max(0, start - _FAR) : start].rpartition(";")[2]
    ends = [match.end() for match in _OUTLOOK.finditer(said)]
    return bool(ends) and not _ACTUAL.search(said, ends[-1])
