"""Bases without a year: ``to 11.42 % in 2024 from 10.55 %`` is of the year before, and no other."""

import re
from collections.abc import Iterator, Sequence, Set

from finrisk_rules.judge.bare_numbers import is_bare
from finrisk_rules.judge.comparison_words import YEARS_BEFORE
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_YEAR_BEHIND = pattern_of(r".{0,12}(?<!\d)(?:19|20)\d\d(?!\d)")
_NEXT_CLAUSE = pattern_of(r"[,;]\s")
_YEAR_BEFORE = pattern_of(YEARS_BEFORE.replace(r"\s+", r"[\s-]+"), re.IGNORECASE)
_BEHIND = 20
MOST_FIGURES = 16
"""Figures of a sentence of a source that are looked at."""

_EARLIER = pattern_of(
    whole(
        "previous previously prior earlier before former formerly last had_been original* initial* opening "
        "beginning start* began from after since "
        "zuvor vorher früher* vorjahr* bisher davor vorig* nach von seit "
        "auparavant précéd* avant après antes anterior* previ* prima preced* dopo desde"
    )
    + "|前|以前|従来|期首|昨|去年|上年|から|より",
    re.IGNORECASE,
)
"""Words by which a figure may be of what was before."""

_YEARS = pattern_of(r"(?<!\w)(?:years|decade|jahre|jahren|ans|années|años|anni)(?!\w)", re.IGNORECASE)


_CALCULATES = pattern_of(r"\d%?\)?\s*[-+\u2212\u2013*/\u00d7\u00f7]\s+[^\w\s]?\(?\d")


def of_another_base(text: str, traced: Sequence[Traced], named: Set[int | None]) -> Iterator[int]:
    """Yield the numbers of the claims with which one of a table is compared, and that are of another year.

    Of its own row that is the year before, of another row the same one, but where its name says its year.
    What is called the year before is of no later one. Those of a year that is ``named`` for the sentence, by
    the question or a heading, are not.
    """
    for n, (claim, base) in enumerate(traced):
        if base is None or base.table is None or not claim.phrase.is_base or claim.phrase.periods:
            continue
        if _YEAR_BEHIND.match(text, claim.quantity.end) or base.years & named:
            continue
        one = _compared(text, traced, n, base)
        if one is None or _YEARS.search(text):
            continue
        if _is_of_another_year(one, base) or (_is_called_earlier(text, traced, n) and _is_later(base, one)):
            yield n


def of_earlier_ends(text: str, traced: Sequence[Traced]) -> Iterator[tuple[int, Trace]]:
    """Yield the claims that say what was before as what is, each with the place of what is.

    Of "occupancy was 72.5 % (prior year: 48.3 %)", who says 48.3 % means the year before, and must say so,
    unless it says 72.5 % too or calculates.
    """
    if _EARLIER.search(text) or _CALCULATES.search(text):
        return
    said = {abs(float(claim.quantity.value)) for claim, _ in traced}
    for n, (claim, trace) in enumerate(traced):
        if trace is None or trace.table is not None or claim.phrase.is_base or claim.phrase.periods:
            continue
        if is_bare(claim.quantity) and not trace.row_fit:
            continue  # which may number something else: "note: 5"
        statement, at = trace.evidence.statements[trace.spot[1]], trace.spot[2][0]
        phrases = statement.phrases(trace.text)
        if at >= MOST_FIGURES or not phrases[at].is_base:
            continue
        for other in (at - 1, at + 1):
            if not 0 <= other < len(phrases) or phrases[other].is_base:
                continue
            spot = statement.spots[other]
            if spot[2][3:] == trace.spot[2][3:] and abs(float(spot[2][2])) not in said:
                yield n, Trace(trace.source, trace.text, trace.evidence, spot, 0.0, "", trace.row_fit, None)
                break


def _compared(text: str, traced: Sequence[Traced], n: int, base: Trace) -> Trace | None:
    """Return the place of what is compared with a base in its table: behind it in its row, else before it.

    "Widened to 178 from 150, before narrowing to 132" compares 150 with what stands before it.
    """
    behind = traced[n + 1][1] if n + 1 < len(traced) else None
    before = traced[n - 1][1] if n else None
    if before and not _is_in_row(before, base):
        before = None
    if behind and _is_in_row(behind, base):
        start, end = traced[n][0].quantity.end, traced[n + 1][0].quantity.start
        return before if before and _NEXT_CLAUSE.search(text, start, end) else behind
    before = traced[n - 1][1] if n else None
    return before if before and before.table is base.table else None


def _is_called_earlier(text: str, traced: Sequence[Traced], n: int) -> bool:
    """Whether words for the year before stand by a figure: "(prior year: 5)", "against 5 a year earlier"."""
    first = traced[n - 1][0].quantity.end if n else 0
    last = traced[n + 1][0].quantity.start if n + 1 < len(traced) else len(text)
    return _YEAR_BEFORE.search(text, first, min(last, traced[n][0].quantity.end + _BEHIND)) is not None


def _is_later(base: Trace, one: Trace) -> bool:
    return _is_in_row(one, base) and min(base.years, default=0) > max(one.years, default=0) > 0


def _is_in_row(one: Trace, base: Trace) -> bool:
    return one.table is base.table and one.spot[2][0] == base.spot[2][0]


def _is_of_another_year(one: Trace, base: Trace) -> bool:
    table = base.table
    if table is None or table.is_turned or len(one.years) != 1 or len(base.years) != 1:
        return False
    (row, column), base_row = one.spot[2][:2], base.spot[2][0]
    [year], [base_year] = one.years, base.years
    if row == base_row:
        before = table.year_before(row, column)
        return before is not None and base_year < year - 1 and base.value != before
    if table.row_periods[base_row]:
        return False
    return base_year != year and any(cell[1] == column for cell in table.by_row[base_row])
