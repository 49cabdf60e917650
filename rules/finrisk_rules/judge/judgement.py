"""The judgement of an answer, figure by figure."""

from collections.abc import Sequence
from operator import itemgetter

from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.calculations import calculations, has_signs
from finrisk_rules.judge.court import Court
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.relations import has_count
from finrisk_rules.judge.results import Results
from finrisk_rules.judge.statements import citations_of, statements, style_in
from finrisk_rules.judge.verdicts import FigureVerdict, JudgedSource, Judgement
from finrisk_rules.judge.wording import says_something
from finrisk_rules.plain_text import plain
from finrisk_rules.quantities import Quantity


def judge(question: str, answer: str, sources: Sequence[JudgedSource]) -> Judgement:
    """Return the verdict on each figure of the answer, and how many of its other statements hold.

    Nothing that these texts hold raises; time is linear in their length.
    """
    court = Court(question, answer, sources)
    style = style_in(answer, question, lambda: court.first_cited(citations_of(answer)))
    said = list(statements(answer, style, court.names))
    findings = court.findings(said)
    unclaimed: list[tuple[int, FigureVerdict]] = []
    read = plain(answer)
    is_asked = any(_is_open(finding) for finding in findings) or has_signs(read) or has_count(read)
    if is_asked and (written := calculations(answer, style)):
        findings = court.findings(said, _operands(written))
        results = Results(answer, written, findings, court)
        results.settle()
        unclaimed = list(results.unclaimed())
    worded = [court.supports(each) for each in said if not each.claims and says_something(each.text)]
    figures = [(finding.start, finding.verdict) for finding in findings if finding.verdict is not None]
    figures = sorted([*figures, *unclaimed], key=itemgetter(0)) if unclaimed else figures
    return Judgement(
        tuple(verdict for _, verdict in figures), len(worded), worded.count(True), worded.count(None)
    )


def _is_open(finding: Finding) -> bool:
    """Whether a calculation could still make a figure right."""
    return finding.verdict is not None and not finding.is_right


def _operands(written: Sequence[Calculation]) -> dict[int, tuple[Quantity, ...]]:
    """Return the operands of each calculation by the places where its figures end.

    A figure of several calculations has the operands of the first.
    """
    operands: dict[int, tuple[Quantity, ...]] = {}
    for calculation in written:
        for figure in (*calculation.operands, calculation.result):
            operands.setdefault(figure.end, calculation.operands)
    return operands
