"""The judgement of an answer, figure by figure."""

from bisect import bisect_right
from collections.abc import Sequence

from finrisk_rules.judge.arithmetic import Calculation, Support
from finrisk_rules.judge.calculations import calculations, computed
from finrisk_rules.judge.court import Court, Finding
from finrisk_rules.judge.statements import statements, style_in
from finrisk_rules.judge.verdicts import RIGHT, FigureVerdict, JudgedSource, Judgement
from finrisk_rules.judge.wording import says_something
from finrisk_rules.quantities import Quantity


def judge(question: str, answer: str, sources: Sequence[JudgedSource]) -> Judgement:
    """Return the verdict on each figure of the answer, and how many of its other statements hold.

    Nothing that these texts hold raises; time is linear in their length.
    """
    style = style_in(answer)
    court = Court(question, answer, sources)
    said = list(statements(answer, style, court.names))
    findings = court.findings(said)
    if any(_is_open(finding) for finding in findings) and (written := calculations(answer, style)):
        findings = court.findings(said, calculated=_places(written))
        _compute(written, findings)
    worded = [court.supports(each) for each in said if not each.claims and says_something(each.text)]
    figures = tuple(finding.verdict for finding in findings if finding.verdict is not None)
    return Judgement(figures, len(worded), worded.count(True), worded.count(None))


def _is_open(finding: Finding) -> bool:
    """Whether a calculation could still make a figure right."""
    return finding.verdict is not None and finding.verdict.verdict not in RIGHT


def _places(written: Sequence[Calculation]) -> frozenset[int]:
    """Return where the figures of calculations end: they stand by no period of their sentence."""
    return frozenset(
        figure.end for calculation in written for figure in (*calculation.operands, calculation.result)
    )


def _compute(written: Sequence[Calculation], findings: list[Finding]) -> None:
    """Give the verdict ``computed`` to the results that follow from figures that are right."""
    starts = [finding.start for finding in findings]

    def finding_at(figure: Quantity) -> Finding | None:
        at = bisect_right(starts, max(figure.start, figure.end - 1)) - 1
        return findings[at] if at >= 0 and figure.start < findings[at].end else None

    def support(figure: Quantity) -> Support | None:
        finding = finding_at(figure)
        if finding is None or finding.verdict is None or finding.verdict.verdict not in RIGHT:
            return None
        return Support(finding.trace.spot[2][3] if finding.trace else None)

    for calculation in computed(written, support):
        finding = finding_at(calculation.result)
        if finding and finding.verdict and finding.verdict.verdict not in RIGHT:
            finding.verdict = FigureVerdict(finding.verdict.text, "computed")
