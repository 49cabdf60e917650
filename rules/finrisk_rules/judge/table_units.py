"""The unit of a table that does not say its own: an answer keeps to one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log10

from finrisk_rules.judge.findings import Finding, wrong
from finrisk_rules.judge.things import says_each
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.judge.vocabulary import LIST_JOINT
from finrisk_rules.patterns import pattern_of


def _of_two_scales(said: Sequence[tuple[int, Finding]]) -> Iterator[tuple[Finding, Trace]]:
    """Yield the figures of a row that are said in several scales: of two, nobody knows which is wrong."""
    powers: dict[int, set[int]] = {}
    placed = [(power, each, each.trace) for power, each in said if each.trace]
    for power, _, trace in placed:
        powers.setdefault(trace.spot[2][0], set()).add(power)
    yield from ((each, trace) for _, each, trace in placed if len(powers[trace.spot[2][0]]) > 1)


_SHARES_SCALE = pattern_of(
    rf"[^\d.;:()]{{0,12}}?(?:{LIST_JOINT.pattern}"
    r"|\s*(?:to|from|of|out of|versus|vs\.?|against|compared (?:to|with))\s+"
    r"|\s*[-\u2013]\s*)[^\d.;:()]{0,24}",
    re.IGNORECASE,
)
"""Between two amounts of which the second one says the scale of both: "from $5 to $6 million"."""


def of_no_scale(text: str, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the amounts that are said without the scale of their table, beside others that have it.

    And those of a row of amounts a share, a user, a day that are said in a scale beside others without.
    """
    scaled = [each for each in findings if each.claim.quantity.scale]
    for at, finding in enumerate(findings) if scaled else ():
        quantity, trace = finding.claim.quantity, finding.trace
        if not finding.is_right or trace is None or trace.table is None or not quantity.currency:
            continue
        value, scale, unit = trace.spot[2][2:5]
        if finding.claim.is_each or says_each(trace.place.row):
            if quantity.scale is not None and _has_plain_siblings(finding, findings):
                yield finding
            continue
        if quantity.scale is not None or unit or abs(quantity.value) > 2 * abs(float(value)):
            continue
        if not scale and not any(_are_of_one_row(trace, other.trace) for other in scaled):
            continue
        following = findings[at + 1] if at + 1 < len(findings) else None
        is_shared = following in scaled and _SHARES_SCALE.fullmatch(
            text, quantity.end, following.claim.quantity.start
        )
        if not is_shared:
            yield finding


def _has_plain_siblings(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether other figures of the row of one are said without a scale: "$130, $139, $158 million"."""
    if (trace := finding.trace) is None:
        return False
    plain = [
        each
        for each in findings
        if each.claim.quantity.scale is None and each.trace and each.trace.table is trace.table
    ]
    return sum(1 for each in plain if each.trace and each.trace.spot[2][0] == trace.spot[2][0]) > 1


def _are_of_one_row(one: Trace, other: Trace | None) -> bool:
    """Whether two places are in one row of a table that says no scale."""
    if other is None or one.table is None or one.table is not other.table:
        return False
    return other.spot[2][3:5] == [None, ""] and one.spot[2][0] == other.spot[2][0]


def of_other_units(findings: Sequence[Finding]) -> Iterator[tuple[Finding, FigureVerdict]]:
    """Yield the figures of a table without a unit that are said in another scale than most of its own.

    A table has one unit: who says "5 million" and "6 billion" of its 5 and 6 is wrong at least once.
    """
    powers: dict[tuple[int, int], list[tuple[int, Finding]]] = {}
    for finding in findings:
        if finding.trace and finding.claim.quantity.scale and finding.trace.spot[0] >= 0:
            table, _, (*_, value, scale, unit, _) = finding.trace.spot
            if scale is None and not unit and (written := abs(float(value))):
                amount = abs(float(finding.claim.quantity.amount))
                power = round(log10(amount / written)) if amount else 0
                powers.setdefault((finding.trace.source, table), []).append((power, finding))
    for said in powers.values():
        for finding, trace in _of_two_scales(said):
            yield finding, wrong(finding.claim, "wrong_scale", trace)
        (most, count), *others = Counter(power for power, _ in said).most_common()
        if others and count > others[0][1]:
            for power, finding in said:
                if power != most and finding.trace:
                    yield finding, wrong(finding.claim, "wrong_scale", finding.trace)
