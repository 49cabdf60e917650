"""The judgement of an answer, figure by figure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from operator import itemgetter

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.bare_numbers import is_count
from finrisk_rules.judge.calculations import calculations, has_signs, what_it_says
from finrisk_rules.judge.citations import citations_of
from finrisk_rules.judge.court import Court
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.latex import without_latex
from finrisk_rules.judge.layout import statements
from finrisk_rules.judge.results import Results
from finrisk_rules.judge.sayings import has_count
from finrisk_rules.judge.signed_lines import wrong_totals
from finrisk_rules.judge.styles import style_in
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict, JudgedSource, Judgement
from finrisk_rules.judge.wording import telling_words
from finrisk_rules.plain_text import plain


def judge(question: str, answer: str, sources: Sequence[JudgedSource]) -> Judgement:
    """Return the verdict on each figure of the answer, and how many of its other statements hold.

    Nothing that these texts hold raises; time is linear in their length.
    """
    answer = without_latex(answer)
    allowance = Allowance()
    court = Court(question, answer, sources, allowance)
    style = style_in(answer, question, lambda: court.sources.first_cited(citations_of(answer)))
    said = list(statements(answer, style, court.sources.names, allowance))
    findings = court.findings(said)
    unclaimed: list[tuple[int, FigureVerdict]] = []
    computed: set[int] = set()
    read = plain(answer)
    is_asked = any(_is_open(finding) for finding in findings) or has_signs(read) or has_count(read)
    if is_asked and (written := calculations(answer, style, allowance)):
        findings = court.findings(said, _by_figure(written))
        results = Results(answer, written, findings, court.sources)
        results.settle()
        court.follow_results(said)
        unclaimed = list(results.unclaimed())
        computed = {calculation.result.end for calculation in written}
    for total in wrong_totals(answer, findings):
        if total.is_right and total.verdict:
            total.verdict = total.verdict._replace(verdict="unsupported")
    worded = [
        court.supports(words, each.cited)
        for each in said
        if not each.claims and (words := telling_words(each.text))
    ]
    figures = [
        (finding.start, finding.verdict)
        for finding in findings
        if finding.verdict and not (_may_count(finding, finding.verdict) and finding.end not in computed)
    ]
    figures = sorted([*figures, *unclaimed], key=itemgetter(0)) if unclaimed else figures
    return Judgement(
        tuple(verdict for _, verdict in figures), len(worded), worded.count(True), worded.count(None)
    )


def _is_open(finding: Finding) -> bool:
    """Whether a calculation could still make a figure right."""
    return finding.verdict is not None and not finding.is_right


def _may_count(finding: Finding, verdict: FigureVerdict) -> bool:
    """Whether a small number that no place contradicts may count what no source does."""
    return verdict.verdict in WRONG and verdict.place is None and is_count(finding.claim.quantity)


def _by_figure(written: Sequence[Calculation]) -> dict[int, Calculation]:
    """Return the first calculation of each figure, by the place where it ends."""
    by_figure: dict[int, Calculation] = {}
    steps = {what_it_says(each.result): each.operands for each in written if not each.in_words}
    for calculation in written:
        if not calculation.in_words:
            earlier = (steps.get(what_it_says(each), ()) for each in calculation.operands)
            calculation = replace(calculation, earlier=tuple(chain.from_iterable(earlier)))
        for figure in (*calculation.operands, calculation.result):
            by_figure.setdefault(figure.end, calculation)
    return by_figure
