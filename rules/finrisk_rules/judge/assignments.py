"""Which of two figures of a sentence stands under which head of their row."""

from collections.abc import Sequence

from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.fits import CLEARLY
from finrisk_rules.judge.traces import Trace, best
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import FigureVerdict


def acquit_assigned(findings: Sequence[Finding]) -> None:
    """Give a figure its place back, where what fits it better is the place of another figure beside it.

    "2018 low: 5.99; 2018 high: 8.40" under the heads "Low" and "2018 high". Two figures change places only
    where the one gains by it about what the other one loses, or more.
    """
    for finding in findings:
        verdict = finding.verdict
        if verdict is None or verdict.verdict != "misattributed" or not verdict.place:
            continue
        for other in findings:
            there = other.trace if other.is_right and other is not finding else None
            if there is None or there.table is None or there.place != verdict.place:
                continue
            own = _place_beside(finding, there)
            if own is not None and _stays(finding, own, other, there):
                finding.trace = own
                finding.verdict = FigureVerdict(finding.claim.text, "stated", own.source, own.place)
            break


def _place_beside(finding: Finding, there: Trace) -> Trace | None:
    """Return where a figure itself stands in the row of another one; nowhere if it names another year."""
    reader = _reader(finding, there)
    if reader is None:
        return None
    own, _ = best(reader.traces(), is_below=finding.claim.quantity.value < 0)
    if own is None or own.table is not there.table or own.spot[2][0] != there.spot[2][0]:
        return None
    years = {year for year, _ in finding.claim.phrase.periods if year}
    return None if years and own.years and years.isdisjoint(own.years) else own


def _stays(finding: Finding, own: Trace, other: Finding, there: Trace) -> bool:
    """Whether a figure gains clearly less at the place of another one than that loses at its own."""
    reader, beside = _reader(finding, there), _reader(other, there)
    if reader is None or beside is None:
        return False
    return reader.fit(there.spot)[0] - own.fit + CLEARLY <= there.fit - beside.fit(own.spot)[0]


def _reader(finding: Finding, place: Trace) -> Reader | None:
    return next((each for each in finding.readers if each.source == place.source), None)
