"""Years: whether what a statement says of one stands in a source for another."""

from collections.abc import Sequence, Set

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.period_fits import comparable
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.patterns import pattern_of

_BEFORE = 1000
"""Characters before a sentence in which the year may be named that it is of."""

_YEAR_IN_BRACKETS = pattern_of(r"\s*[(\uff08][^()\d]{0,20}((?:19|20)\d\d)[^()\d]{0,8}")
"""Between two figures of a sentence, what tells of which year the second is: "184 (2023: 169)"."""

_SHORT_YEAR = pattern_of(r"(?<!\d)\d{1,2}/(?:\d{1,2}/)?(\d\d)(?![\d/])")

_MOST_ASKED = 4
"""Years of a question that tell which one is meant."""


def outside_brackets(text: str, claims: Sequence[Claim]) -> Sequence[Claim]:
    """Return the claims but those with a year in an aside: "58 (137 in 2023)" tells no year of 58."""
    if "(" not in text or ")" not in text:
        return claims
    return [each for each in claims if not (each.phrase.periods and _is_aside(text, each.quantity.start))]


def _is_aside(text: str, start: int) -> bool:
    return text.rfind("(", 0, start) > text.rfind(")", 0, start)


def is_of_another_year(claim: Claim, statement: Statement, trace: Trace, source: JudgedSource) -> bool:
    """Whether a claim names years, else its statement, but none of those at the place or of its source."""
    is_alone = trace.table is None or any(year for year, _ in claim.phrase.periods)
    claims = [claim] if is_alone else outside_brackets(statement.text, statement.claims)
    if claim not in claims:
        claims = [claim]
    named = {year for each in claims for year, _ in each.phrase.periods if year}
    if not named:
        return False
    if named == {source.year} and trace.is_compared and not claim.phrase.is_base:
        return True
    said = (period for each in claims for period in each.phrase.periods if period[0])
    there = {year for year, _ in comparable(said, trace.periods) if year}
    if trace.table is None and not there:
        is_told = is_alone and is_told_beside(named, trace)
        return is_told or _is_of_no_year_said(named, trace, source)
    if there:
        return named.isdisjoint(there)
    if _names_short(named, trace):
        return False
    return source.year not in named and not any(str(year) in source.text + source.title for year in named)


def _names_short(years: Set[int], trace: Trace) -> bool:
    """Whether the head over a figure, or its row, ends with one of these years in two digits: "12/31/10"."""
    said = {
        int(digits) for name in (trace.place.row, trace.place.column) for digits in _SHORT_YEAR.findall(name)
    }
    return any(year % 100 in said for year in years)


def _is_of_no_year_said(named: Set[int], trace: Trace, source: JudgedSource) -> bool:
    """Whether a figure of prose without a year by it is said of years that its sentence does not name.

    The sentence names others then, or none, as what stands before it, and the source is of another year. A
    figure that is compared may be of the year before a named one.
    """
    statement, at = trace.evidence.statements[trace.spot[1]], trace.spot[2][0]
    if source.year is None or source.year in named or statement.phrases(trace.text)[at].is_base:
        return False
    there = {year for year, _ in statement.named if year}
    if there:
        return named.isdisjoint(there | {year - 1 for year in there})
    before = trace.text[max(0, statement.start - _BEFORE) : statement.start]
    return not any(f"{year}" in before or f"{year % 100:02d}" in before for year in named)


def is_told_beside(years: Set[int], trace: Trace) -> bool:
    """Whether a sentence says no year of a figure, but one of these of the next figure of its kind.

    "Spending was 184 (2023: 169)" has 169 for 2023.
    """
    statement, at = trace.evidence.statements[trace.spot[1]], trace.spot[2][0]
    if at + 1 >= len(statement.figures) or statement.figures[at][1:4] != statement.figures[at + 1][1:4]:
        return False
    start, end = statement.figures[at][5], statement.figures[at + 1][4]
    told = _YEAR_IN_BRACKETS.fullmatch(trace.text, statement.start + start, statement.start + end)
    return told is not None and years == {int(told[1])} and not statement.own_periods(at, trace.text)


def is_of_unasked_year(asked: Set[int], trace: Trace, source: JudgedSource) -> bool:
    """Whether a cell is of a year that nobody asked about, in a source that says none of the asked years.

    So is what is said without a year, as if of an asked one. Who asks about many years asks about none.
    """
    if trace.table is None or not 0 < len(asked) <= _MOST_ASKED or source.year in asked:
        return False
    if not trace.years or not asked.isdisjoint(trace.years):
        return False
    return not any(str(year) in source.text + source.title for year in asked)
