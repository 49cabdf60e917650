"""Quarters and halves: whether the figure of a year is said of a part of it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.table_evidence import Named, TableEvidence
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.judge.vocabulary import PART_OF_YEAR, whole
from finrisk_rules.patterns import pattern_of

LAST_MONTHS = {"Q1": "3", "Q2": "6", "Q3": "9", "Q4": "12", "H1": "6", "H2": "12"}
"""The month in which a part of a year ends, as the part of a date says it."""

_YEAR_LONG = pattern_of(
    whole(
        "year_ended years_ended year_ending years_ending year_to twelve_months 12_months fiscal_year "
        "fiscal_years annual statement_of_income statements_of_income income_statement* "
        "statements_of_operations geschäftsjahr* gewinn-_und_verlustrechnung exercice exercices ejercicio* "
        "esercizio*"
    )
    + "|通期|会計年度|年度",
    re.IGNORECASE,
)
"""What speaks of all the days of a year."""

_NEAR = 45
"""Characters on each side of one of several figures that may say of how many months it is."""

_MONTHS = tuple(
    (count, pattern_of(f"{whole(words)}|{signs}", re.IGNORECASE))
    for count, words, signs in (
        (
            3,
            "three_months quarter quarters quarterly three-month quartal quartals drei_monate drei_monaten "
            "trois_mois tres_meses três_meses tre_mesi trimestre",
            r"(?<![^\W_])(?:Q[1-4]|3M)(?![^\W_])|四半期",
        ),
        (
            6,
            "six_months six-month half half-year halbjahr halbjahres sechs_monate sechs_monaten six_mois "
            "seis_meses sei_mesi semestre",
            r"(?<![^\W_])(?:H[12]|6M)(?![^\W_])|半期|上期",
        ),
        (
            9,
            "nine_months nine-month neun_monate neun_monaten neuf_mois nueve_meses nove_meses nove_mesi",
            r"(?<![^\W_])9M(?![^\W_])",
        ),
        (
            12,
            "twelve_months twelve-month full_year full-year ltm ttm",
            r"(?<![^\W_])12M(?![^\W_])|通期",
        ),
    )
)
"""Words for so many months."""

_YEAR = 12
_LAST_PARTS = frozenset(part for part, month in LAST_MONTHS.items() if int(month) == _YEAR)
_END = "as_of as_at end_of close_of year-end stichtag* zum ende clôture fin cierre"
_ENDS = pattern_of(f"{whole(_END)}|末|現在", re.IGNORECASE)
_ON_DAY = pattern_of(
    rf"{whole(_END)}|(?<!\w)at (?:\w+ \d|\d)"
    f"|{whole('balance_sheet* financial_position bilanz* bilan balance bilancio')}|末|現在|貸借対照表",
    re.IGNORECASE,
)
"""What speaks of one day."""


def is_of_other_months(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether a figure is said of so many months, of a quarter or a half, and its column tells of others."""
    if len(there := _months(trace.place.column)) != 1:
        return False
    start, end = claim.quantity.start, claim.quantity.end
    is_alone = len(statement.claims) == 1
    said = _months(statement.text if is_alone else statement.text[max(0, start - _NEAR) : end + _NEAR])
    if len(said) != 1 or there == said:
        return False
    return said == {_YEAR} or not _YEAR_LONG.search(statement.text)


def is_of_part(claim: Claim, text: str, trace: Trace) -> bool:
    """Whether a figure is said of whole years, and its column tells of some months of one.

    Not where the sentence, ``text``, says of so many months.

    What stands at the end of a last quarter may be the year's.
    """
    table = trace.table
    named = claim.phrase.periods
    if table is None or not named or any(part for _, part in named):
        return False
    column = trace.spot[2][1]
    if any(part in _LAST_PARTS for _, part in table.head_periods[column]):
        return False
    months = _months(table.heads[column])
    return len(months) == 1 and max(months) < _YEAR and not months <= _months(text)


def is_of_another_part(claim: Claim, trace: Trace) -> bool:
    """Whether a figure is said of a quarter or a half of a year, and its place is of other ones alone."""
    said = _parts(claim.phrase.periods) if claim.phrase.periods else frozenset()
    there = _parts(trace.periods) if said else frozenset()
    return (
        bool(there) and said.isdisjoint(there) and {part[0] for part in said} == {part[0] for part in there}
    )


def _parts(named: Sequence[Named]) -> frozenset[str]:
    """Return the quarters and halves among periods, without their years."""
    return frozenset(part for _, part in named if part[:1] in ("Q", "H"))


@lru_cache(maxsize=512)
def tells_months(table: TableEvidence) -> bool:
    """Whether a head of a table says how many months it is of."""
    return any(map(_months, table.heads))


@lru_cache(maxsize=4096)
def _months(text: str) -> frozenset[int]:
    """Return the lengths of the times of which a text speaks, in months."""
    return frozenset(count for count, words in _MONTHS if words.search(text))


def is_of_whole_year(parts: set[str], statement: str, trace: Trace, source: JudgedSource) -> bool:
    """Whether a statement says of these parts of a year what its place says of all of it.

    A part may be named for the day on which it ends: not where the place, else its source, speaks of years
    and of no day. Where a source speaks of parts of a year anywhere, nothing is told.
    """
    there = trace.periods
    if not parts or not parts <= LAST_MONTHS.keys() or not there:
        return False
    if any(part[:1] in ("Q", "H") for _, part in there) or _names_part(source):
        return False
    days = {LAST_MONTHS[part] for part in parts}
    if not any(part in days for _, part in there):
        return True
    return not _ENDS.search(statement) and _is_year_long(trace, source)


def _is_year_long(trace: Trace, source: JudgedSource) -> bool:
    """Whether a place whose date ends a year is of all of it: it says so itself, or its source does."""
    place = trace.place
    for text in (f"{place.column}{place.sentence}", trace.table.caption if trace.table else "", source.text):
        is_long, is_day = bool(_YEAR_LONG.search(text)), bool(_ON_DAY.search(text))
        if is_long != is_day:
            return is_long
    return False


@lru_cache(maxsize=256)
def _spoken(text: str) -> bool:
    return bool(PART_OF_YEAR.search(text))


def _names_part(source: JudgedSource) -> bool:
    """Whether a source speaks of quarters, halves or months anywhere."""
    return _spoken(f"{source.title}\n{source.text}")
