"""Wholes and parts that one sentence writes side by side.

``Returned $210.6 million: $120.0 million in repurchases and $90.6 million in dividends`` adds up two figures
that are right; ``of 70.9, 41.1 (58 %)`` and ``$298.2 million (17.1 % margin)`` divide one by another of its
column; ``71.8 %, 5.8 points above the target of 66.0 %`` takes one from another of its row.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.agreement import agreement
from finrisk_rules.judge.change_words import says_more
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.ends_of_ranges import MOST_FIGURES, from_ends
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.stems import stem, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.judge.vocabulary import REVENUE, whole
from finrisk_rules.patterns import pattern_of

_LIST_FOLLOWS = pattern_of(r"(?:[^\d.;:]|(?<!\d)(?:19|20)\d\d(?!\d)){0,60}:[^\d.;:]{0,60}")
_NEXT_PART = pattern_of(r"[^\d.;:()]{1,80}")
_BRACKET = pattern_of(r"\s*\(?\s*(?:[^\d().,;:]{0,30})")
_OR = pattern_of(
    r"\s*[,(\u2013\u2014-]?\s*(?:or|oder|soit|o|ou|das sind|i\.e\.,?|equal to)\s+(?:[^\W\d]+\s+){0,2}",
    re.IGNORECASE,
)
"""Between an amount and the share that it is: "$397 million, or 88 %"."""

_OF = pattern_of(rf"{whole('of von de di')}[^\d,.;:]{{0,30}}\Z", re.IGNORECASE)
_OF_THEM = pattern_of(
    rf"\s+{whole('of_them of_it of_which of_these davon d_entre_eux de_ellos di_cui')}", re.IGNORECASE
)
_MARGIN = pattern_of(whole("margin marge margen margine rendite"), re.IGNORECASE)
_NON = pattern_of(r"(?<![^\W_])non-?(\w+)", re.IGNORECASE)
_MOST_PARTS = 6
_LEAD = 50


def follow_parts(text: str, findings: Sequence[Finding]) -> None:
    """Acquit the figures of a sentence that follow from right ones beside them: sums, shares."""
    for at, finding in enumerate(findings):
        if finding.is_right or finding.verdict is None or finding.claim.bound == "denied":
            continue
        unit = finding.claim.quantity.unit
        place = None
        if not unit:
            place = _first_of_sum(text, findings[at : at + _MOST_PARTS + 1])
        elif unit == "percent" and at:
            place = _share(text, findings, at)
        elif unit == "points" and 0 < at < len(findings) - 1:
            place = _distance(text, *findings[at - 1 : at + 2])
        if place is None and 2 < len(findings) <= MOST_FIGURES:
            place = from_ends(text, findings, at)
        if place:
            finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
            finding.is_reversed = False


def parts_said_of_wholes(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the claims that are said to be a part of what their own place says: "9,412 of them" of 9,412."""
    for at in range(1, len(traced)):
        claim, trace = traced[at]
        if trace is None or not _OF_THEM.match(text, claim.quantity.end):
            continue
        if any(
            other and (other.source, other.spot) == (trace.source, trace.spot) for _, other in traced[:at]
        ):
            yield at


def _first_of_sum(text: str, findings: Sequence[Finding]) -> Trace | None:
    """Return the place of the first of the right figures behind a colon that add up to the first figure."""
    total, *parts = findings
    first: Trace | None = None
    amount = added = 0.0
    before = total.claim
    slack = 0.5 * 10.0 ** ((total.claim.quantity.scale or 0) - total.claim.quantity.places)
    for number, part in enumerate(parts):
        joint = _NEXT_PART if number else _LIST_FOLLOWS
        trace = part.trace
        if not joint.fullmatch(text, before.quantity.end, part.claim.quantity.start):
            break
        if (
            trace is None
            or trace.table is None
            or not part.is_right
            or not _are_alike(total.claim, part.claim)
        ):
            return None
        if first and (trace.spot[0], trace.spot[2][1]) != (first.spot[0], first.spot[2][1]):
            return None
        first, before = first or trace, part.claim
        added += float(part.claim.quantity.amount)
        amount = float(total.claim.quantity.amount)
        if number and abs(amount - added) <= slack:
            return first
    return None


def _are_alike(one: Claim, two: Claim) -> bool:
    first, second = one.quantity, two.quantity
    return (first.unit, first.currency, first.scale) == (second.unit, second.currency, second.scale)


def _share(text: str, findings: Sequence[Finding], at: int) -> Trace | None:
    """Return the place of the amount of which a percentage behind it is the share or the margin."""
    claim, part = findings[at].claim, findings[at - 1]
    trace = part.trace
    start, end = part.claim.quantity.end, claim.quantity.start
    if trace is None or trace.table is None or not part.is_right or part.claim.quantity.unit:
        return None
    between = text[start : claim.quantity.end]
    is_again = _OR.fullmatch(text, start, end) is not None
    if not is_again and ("(" not in between or not _BRACKET.fullmatch(text, start, end)):
        return None
    if denies(text[claim.quantity.end :][:_LEAD], trace.place.row):
        return None
    behind = text[claim.quantity.end :].partition(")")[0]
    if _MARGIN.search(f"{text[start:end]} {behind}"):
        wholes = list(revenues(trace.table, trace.spot[2][1]))
    else:
        wholes = [
            each.trace.spot[2]
            for each in findings
            if each is not part
            and each.is_right
            and each.trace
            and each.trace.table is trace.table
            and _is_whole_of(text, each, part)
        ]
    half = 0.5 * 10.0**-claim.quantity.places
    for each in wholes:
        if each[3:5] == trace.spot[2][3:5] and float(each[2]) > 0:
            ratio = [*each[:2], f"{trace.value / float(each[2]) * 100:.4f}", None, "percent", ""]
            if agreement(claim.quantity, ratio, half) not in ("", "scale"):
                return trace
    return None


def denies(text: str, row: str) -> bool:
    """Whether words say the contrary of a row's name: "non-current" of "current"."""
    names = stems_of_name(row)
    return "non" not in names and any(stem(each[1].lower()) in names for each in _NON.finditer(text))


def _is_whole_of(text: str, one: Finding, part: Finding) -> bool:
    """Whether a figure is what another one may be a share of.

    It is of its column and led by "of", or of its row and year and said before it: "sales rose to $449
    million from $118 million, with $397 million, or 88 %, from Europe".
    """
    if not (one.trace and part.trace):
        return False
    (row, column), (other_row, other_column) = (each.trace.spot[2][:2] for each in (one, part) if each.trace)
    if column == other_column:
        return _is_led_by_of(text, one.claim.quantity.start)
    is_before = one.claim.quantity.start < part.claim.quantity.start and not one.claim.phrase.is_base
    return row == other_row and one.trace.years == part.trace.years and is_before


def _is_led_by_of(text: str, start: int) -> bool:
    return bool(_OF.search(text, max(0, start - _LEAD), start))


def revenues(table: TableEvidence, column: int) -> Iterator[Figure]:
    """Yield the revenue of a column: what a margin is of."""
    for row, cells in table.by_row.items():
        if REVENUE.fullmatch(table.rows[row][0].strip()):
            yield from (cell for cell in cells if cell[1] == column)


def _distance(text: str, one: Finding, between: Finding, other: Finding) -> Trace | None:
    """Return the place of a figure that is as many points above or below the one behind it as is said."""
    more = says_more(text, between.claim.quantity.end)
    first, second = one.trace, other.trace
    if more is None or first is None or second is None or not (one.is_right and other.is_right):
        return None
    if first.table is None or first.table is not second.table or first.spot[2][0] != second.spot[2][0]:
        return None
    distance = first.value - second.value
    slack = 0.5 * 10.0**-between.claim.quantity.places
    is_so = abs(abs(distance) - float(between.claim.quantity.value)) <= slack and (distance > 0) == more
    return first if is_so else None
