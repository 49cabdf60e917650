"""Neighbours: two figures of one row or sentence of a source, where the words by one lead to the other.

``Uninsured deposits were $2,980 million, compared with $3,244 million at the end of 2023`` has the same words
by both. Who is right of one of them, and has the other from beside it, in the same order of time, is right.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.chronology import is_later, is_later_head
from finrisk_rules.judge.comparison_words import WORDS_OF_BASE
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.prose_changes import is_later_in_prose
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_FARTHEST = 40
_BREAK = pattern_of(r";|(?<!\()(?<!\( ):|\.\s(?![a-zà-ÿ])")
"""Between two figures, what begins to tell of something else; "6 (2022: 5)" goes on, its year left out, and
so does "5 Mio. zu"."""

_BETWEEN = pattern_of(rf"{whole('between from zwischen von entre de')}\s+[^\w\s]?\Z", re.IGNORECASE)
_AND = pattern_of(rf"\s+{whole('and to und bis et à y a')}\s+[^\w\s]?", re.IGNORECASE)
_FROM = pattern_of(rf"(?:\s*[^\W\d_]+){{0,3}}?,?\s+{whole('from von')}\s+[^\w\s]{{0,3}}", re.IGNORECASE)
_LOW = pattern_of(whole("low lowest minimum min tief"), re.IGNORECASE)
_HIGH = pattern_of(whole("high highest maximum max hoch"), re.IGNORECASE)
_YEAR = pattern_of(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STEMS_OF_BASE = stems(" ".join(WORDS_OF_BASE))


def from_beside(text: str, findings: Sequence[Finding]) -> Iterator[tuple[Finding, Trace]]:
    """Yield the figures of a sentence that are misattributed for the sake of a right one beside them.

    With each goes its own place, which is beside the place of that one. The claim of one that a change begins
    with loses the year of its end.
    """
    convicted = [each for each in findings if each.verdict and each.verdict.verdict == "misattributed"]
    if not convicted:
        return
    right = [(each, each.trace) for each in findings if each.is_right and each.trace]
    for finding in convicted:
        for other, beside in right:
            is_meant = _is_for_sake_of(finding, beside) or _are_joined(text, finding, other)
            own = _place_beside(finding, beside) if is_meant else None
            if own is None and (end := _end_beside(text, finding, other, beside)):
                yield finding, end
                break
            if own and _is_start_of_change(text, finding, other, own, beside):
                phrase = finding.claim.phrase._replace(periods=())
                finding.claim = finding.claim._replace(phrase=phrase)
                yield finding, own
                break
            if own and _is_next(finding, own, beside) and _are_in_order(finding, other, own, beside):
                yield finding, own
                break


def _is_start_of_change(text: str, finding: Finding, other: Finding, own: Trace, beside: Trace) -> bool:
    """Whether a year behind both ends of a change is that of the later one: "fell to 47 from 59 in 2024"."""
    named = [year for year, _ in finding.claim.phrase.periods if year]
    between = text[other.claim.quantity.end : finding.claim.quantity.start]
    if not named or not _FROM.fullmatch(between):
        return False
    return named[0] in beside.years and named[0] - 1 in own.years


def _is_for_sake_of(finding: Finding, beside: Trace) -> bool:
    """Whether a figure was convicted by the place of a right one, or by one of another kind in its row."""
    verdict, there = finding.verdict, beside.place
    if verdict is None or verdict.source != beside.source or verdict.place is None:
        return False
    if verdict.place == there:
        return verdict.source_says == beside.says and _is_only_one(beside)
    table = beside.table
    if table is None or verdict.place.row != there.row or verdict.place.column not in table.heads:
        return False
    kind = table.kinds[table.heads.index(verdict.place.column)]
    return bool(kind != table.kinds[beside.spot[2][1]])


def _are_joined(text: str, finding: Finding, other: Finding) -> bool:
    """Whether two figures are of one list or change, with nothing else between: "from 5 in 2022 to 6"."""
    one, two = sorted((finding.claim.quantity, other.claim.quantity), key=lambda each: each.start)
    if two.start - one.end > _FARTHEST or (one.unit, one.currency, one.scale) != (
        two.unit,
        two.currency,
        two.scale,
    ):
        return False
    between = _YEAR.sub(" ", text[one.end : two.start])
    return not _BREAK.search(between) and stems(between) <= _STEMS_OF_BASE


def _is_only_one(place: Trace) -> bool:
    """Whether no other figure of a sentence says the same: else either may be the one that convicted."""
    if place.table is not None:
        return True
    figures = place.evidence.statements[place.spot[1]].figures
    return sum([*each[:4]] == place.spot[2][2:] for each in figures) == 1


def _place_beside(finding: Finding, beside: Trace) -> Trace | None:
    """Return the place of a figure in the sentence of another one, or in its row below a head of its kind."""
    for reader in finding.readers:
        for trace in reader.traces() if reader.source == beside.source else ():
            if (
                trace.agreement in ("", "scale")
                or trace.spot == beside.spot
                or not _are_together(trace, beside)
            ):
                continue
            return trace
    return None


def _end_beside(text: str, finding: Finding, other: Finding, beside: Trace) -> Trace | None:
    """Return the place of one end of a range of which both stand in a row, under "low" and under "high"."""
    one, two = sorted((finding.claim.quantity, other.claim.quantity), key=lambda each: each.start)
    if beside.table is None or not _AND.fullmatch(text, one.end, two.start):
        return None
    if not _BETWEEN.search(text, max(0, one.start - _FARTHEST), one.start) or one.value > two.value:
        return None
    is_low = finding.claim.quantity is one
    heads = (_LOW, _HIGH) if is_low else (_HIGH, _LOW)
    if not heads[1].search(beside.place.column):
        return None
    traces = [
        each for reader in finding.readers if reader.source == beside.source for each in reader.traces()
    ]
    return next(
        (
            each
            for each in traces
            if each.agreement not in ("", "scale")
            and each.table is beside.table
            and each.spot[2][0] == beside.spot[2][0]
            and heads[0].search(each.place.column)
        ),
        None,
    )


def _are_together(one: Trace, two: Trace) -> bool:
    if one.spot[0] != two.spot[0] or one.spot == two.spot:
        return False
    if (table := one.table) is None:
        return one.spot[1] == two.spot[1] and one.spot[2][3:] == two.spot[2][3:]
    (row, column), (other_row, other) = one.spot[2][:2], two.spot[2][:2]
    return bool(row == other_row and table.kinds[column] == table.kinds[other])


def _is_next(finding: Finding, own: Trace, beside: Trace) -> bool:
    """Whether a cell is of the last year of its row, of that next to another one, or of a named one."""
    table = own.table
    if table is None:
        return True
    row, column = own.spot[2][:2]
    alike = (cell for cell in table.by_row[row] if table.kinds[cell[1]] == table.kinds[column])
    last = max((year or 0 for cell in alike for year, _ in table.head_periods[cell[1]]), default=0)
    known = {year for reader in finding.readers for (year, _), _ in reader.periods} | {last}
    return any(year in known or {year - 1, year + 1} & beside.years for year in own.years)


def _are_in_order(finding: Finding, other: Finding, own: Trace, beside: Trace) -> bool:
    """Whether two figures are in the order of time of their places; of prose without one, as they follow."""
    said = is_later(finding.claim, other.claim)
    if own.table:
        return said is not None and said is is_later_head(own, beside)
    statement = own.evidence.statements[own.spot[1]]
    place, place_beside = own.spot[2][0], beside.spot[2][0]
    there = is_later_in_prose(statement, place, place_beside, own.text)
    if said is None or there is None:
        is_first = finding.claim.quantity.start < other.claim.quantity.start
        return bool(is_first == (place < place_beside))
    return said is there
