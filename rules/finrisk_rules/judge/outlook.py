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
from finrisk_rules.patterns import pattern_of

_WORDS = (
    "expect expects are_expected is_expected expected_to expecting anticipate anticipates forecast "
    "forecasts guides guide guided guidance outlook projected_to targets target targeted aims intends "
    "will we_plan plans_to plan_to erwartet erwarten erwartete prognose prognostiziert prognostizieren "
    "ausblick rechnet_mit rechnen_wir rechnen_mit soll sollen geplant plant planen prévoit "
    "prévoient prévoyons attend attendons vise visent objectif objectifs prevé prevén prevemos espera "
    "esperan esperamos objetivo objetivos prevê preveem prevede prevedono attende obiettivo obiettivi"
)
_COUNTS_ON = rf"{whole('rechnet rechnen')}(?:\s+[^\W\d_]+){{1,4}}\s+mit(?![^\W_])"
_OUTLOOK = pattern_of(f"{whole(_WORDS)}|{_COUNTS_ON}", re.IGNORECASE)
_AHEAD_OF_EAST_ASIA = pattern_of("見込|見通|予想|予定|計画|目標|预计|预期|预测|目标|计划|예상|전망|목표|계획")
_DONE_IN_EAST_ASIA = pattern_of(
    "(?:計上|達成|記録|実現|発生)し(?:た|ました)|(?:とな|であ)(?:った|りました)|でした|だった"
    "|(?:实现|达到|录得|取得|完成)了|(?:달성|기록|실현)(?:했|하였)"
)
"""The same in sentences whose verb comes behind, and there what says that it has come so."""
_AHEAD = pattern_of(
    whole(
        f"{_WORDS} could may might would should plans plan planned seen next_year next_year's coming "
        "upcoming "
        "expected anticipated projected projection scheduled budget budgeted aim aiming reasonably_possible "
        "könnte dürfte sollte pourrait devrait podría debería potrebbe dovrebbe"
    )
    + f"|{_COUNTS_ON}",
    re.IGNORECASE,
)
"""What leaves open whether it comes so."""

_STEMS = stems(_WORDS.replace("_", " ")) - stems("are is to expected projected we wir mit plan")
_DONE = (
    "reached achieved posted recorded realized realised generated spent paid received incurred "
    "delivered earned came_in came_to amounted_to totaled totalled stood_at erreichte erreichten "
    "betrug betrugen erzielte erzielten erwirtschaftete verzeichnete belief_sich beliefen_sich atteint "
    "a_réalisé ont_réalisé a_dégagé a_enregistré a_généré s'est_élevé s'est_établi alcanzó alcanzaron "
    "obtuvo obtuvieron logró lograron registró registraron generó sumó ascendió atingiu alcançou "
    "obteve registrou gerou totalizou somou raggiunto ha_realizzato ha_registrato ha_raggiunto"
)
_WAS = (
    "was were grew rose fell climbed declined increased decreased lag lagen war waren wurde wurden fut fue "
    "foi"
)
_PAST = pattern_of(rf"{whole(f'{_DONE} {_WAS}')}[^;]*\Z", re.IGNORECASE)
_PAID = pattern_of(rf"{whole(_DONE)}[^;]*\Z", re.IGNORECASE)
"""Before a figure, what says that it has come so."""

_ACTUAL = pattern_of(whole("of_which was were wovon davon dont de_los_cuales di_cui"), re.IGNORECASE)
"""Between a word of outlook and a figure, what tells of what was."""

_MAY = pattern_of(rf"{whole('may could might')}[^,;.]{{0,80}}\Z", re.IGNORECASE)
_TARGET = pattern_of(
    whole(
        "target targets guidance outlook budget budgeted forecast plan planned limit limits requirement "
        "required ziel zielwert prognose planwert objectif objectifs objetivo límite obiettivo"
    )
    + "|目標|予想|计划|목표",
    re.IGNORECASE,
)
_IS_ACTUAL = pattern_of(whole("actual reported ist istwert réel réalisé real effettivo"), re.IGNORECASE)
_SO = "actual actually tatsächlich réel réelle réellement real efectivo effettivo"
_IS_SO = pattern_of(rf"{whole(_SO)}[^\d,;]{{0,30}}\Z", re.IGNORECASE)
_SET = pattern_of(
    whole(
        "caps capped limit limits limited required requires must may_not maximum minimum ceiling floor "
        "target targets targeted guided projected forecast budgeted planned expected höchstens mindestens "
        "muss darf plafond exige"
    )
    + r"[^,;.()]{0,60}\Z",
    re.IGNORECASE,
)
"""Words that set a limit or a target: over a column, and before a figure."""

_LEAD, _FAR = 90, 300
"""Characters before a figure in which words speak of it."""


_JOINT = pattern_of(
    f";|{whole('while whereas während wohingegen tandis mientras mentre enquanto')}", re.IGNORECASE
)
"""Between clauses of which one may tell of what was, and the other of what is to come."""


@lru_cache(maxsize=256)
def _looks_ahead(text: str) -> bool:
    """Whether a sentence, or a clause of it, leaves open somewhere whether it comes so."""
    return _AHEAD.search(text) is not None


def _clause(text: str, start: int, end: int) -> str:
    """Return the clause in which a figure stands."""
    first = max(0, start - _FAR)
    begins = [joint.end() for joint in _JOINT.finditer(text, first, start)]
    joint = _JOINT.search(text, end, end + _FAR)
    return text[begins[-1] if begins else first : joint.start() if joint else end + _FAR]


def _is_done_in_east_asia(text: str, sentence: str) -> bool:
    """Whether a sentence says to have come so what that of a source expects, by the verbs behind."""
    return (
        not text.isascii()
        and _AHEAD_OF_EAST_ASIA.search(sentence) is not None
        and _AHEAD_OF_EAST_ASIA.search(text) is None
        and _DONE_IN_EAST_ASIA.search(text) is not None
        and _DONE_IN_EAST_ASIA.search(sentence) is None
    )


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
    if _is_done_in_east_asia(text, sentence):
        return True
    clause = _clause(text, at, claim.quantity.end)
    is_ahead = _looks_ahead(clause) or not _STEMS.isdisjoint(statement.topic.words)
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
    if not _IS_ACTUAL.search(head) and _IS_SO.search(statement.text, max(0, at - _FAR), at):
        return trace.table is not None and any(map(_IS_ACTUAL.search, trace.table.heads))
    if _TARGET.search(head):
        if (
            _AHEAD.search(statement.text)
            or _TARGET.search(statement.text, max(0, at - _FAR), at + _FAR)
            or _SET.search(statement.text, max(0, at - _FAR), at)
        ):
            return False
        before = max(0, at - _FAR)
        return bool(_PAST.search(statement.text, before, at) or _IS_SO.search(statement.text, before, at))
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
