"""The unit of a table that does not say its own: an answer keeps to one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log10

from finrisk_rules.judge.findings import Finding, wrong
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import FigureVerdict


def _of_two_scales(said: Sequence[tuple[int, Finding]]) -> Iterator[tuple[Finding, Trace]]:
    """Yield the figures of a row that are said in several scales: of two, nobody knows which is wrong."""
    powers: dict[int, set[int]] = {}
    placed = [(power, each, each.trace) for power, each in said if each.trace]
    for power, _, trace in placed:
        powers.setdefault(trace.spot[2][0], set()).add(power)
    yield from ((each, trace) for _, each, trace in placed if len(powers[trace.spot[2][0]]) > 1)


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
