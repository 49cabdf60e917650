"""The results of an answer's calculations among what the court finds of its figures."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.arithmetic import Calculation, Support
from finrisk_rules.judge.bare_numbers import looks_like_year
from finrisk_rules.judge.calculations import Key, computed, what_it_says
from finrisk_rules.judge.comparison_words import YEAR_BEFORE
from finrisk_rules.judge.directions import directions
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.fits import GOOD_ROW
from finrisk_rules.judge.operands import of_another_year
from finrisk_rules.judge.sources import Sources
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.quantities import Quantity

_LONGEST_LINE = 200
"""Characters before a result in which its line says what it is."""


class Results:
    """Calculations of an answer, the findings on its figures, and which results follow from right ones."""

    def __init__(
        self, answer: str, written: Sequence[Calculation], findings: Sequence[Finding], sources: Sources
    ) -> None:
        self.answer, self.written, self.findings, self.sources = answer, written, findings, sources
        self._starts = [finding.start for finding in findings]
        self._values: dict[Key, bool] = {}
        self._years = {
            each.end
            for calculation in written
            if not calculation.in_words
            for each in calculation.operands
            if looks_like_year(each)
        }
        for calculation in written:
            others = () if calculation.in_words else tuple(of_another_year(calculation, self._at))
            if others and not YEAR_BEFORE.search(self._line_before(calculation)):
                for finding, verdict in others:
                    finding.verdict = verdict
        follows = list(computed(written, self._support))
        self._falls = [each for each in follows if each.is_equated and self._turns(each)]
        turned = {what_it_says(each.result) for each in self._falls}
        self.right = [each for each in follows if what_it_says(each.result) not in turned]

    def settle(self) -> None:
        """Give the verdict ``computed`` to results and to what repeats them; constants are no figures.

        What a source states and a formula takes as its operand is repeated as that, not as a result.
        """
        parts = {each.end for written in self.right if not written.in_words for each in written.operands}
        says = {what_it_says(calculation.result) for calculation in self.right} - self._stated_operands()
        for calculation in self.right:
            for constant in calculation.constants:
                if (finding := self._at(constant)) and not finding.is_right:
                    finding.verdict = None
            for operand in () if calculation.in_words else calculation.operands:
                if (finding := self._at(operand)) and not finding.is_right and self._is_said(operand):
                    _compute(finding)
            if finding := self._at(calculation.result):
                is_part = calculation.in_words and calculation.result.end in parts
                is_formula = calculation.is_equated or not (is_part or _is_led(finding))
                _compute(finding, is_formula=is_formula)
        for calculation in self._wrong():
            if (finding := self._at(calculation.result)) and finding.verdict and finding.is_right:
                finding.verdict = FigureVerdict(finding.verdict.text, "unsupported")
        for finding in self.findings:
            if what_it_says(finding.claim.quantity) in says:
                _compute(finding)

    def _stated_operands(self) -> set[Key]:
        """Return what the operands say that sources state, of the formulas whose results are right."""
        operands = [each for written in self.right if not written.in_words for each in written.operands]
        stated = (
            each for each in operands if (finding := self._at(each)) and finding.is_right and finding.trace
        )
        return {what_it_says(each) for each in stated}

    def _wrong(self) -> Iterator[Calculation]:
        """Yield the calculations whose result is another number than their value, and of no other.

        And falls that are written as growth.
        """
        yield from self._falls
        right = {calculation.result.end for calculation in self.right}
        for calculation in self.written:
            if calculation.is_equated and calculation.result.end not in right:
                powers = {
                    each.start: support.power
                    for each in calculation.operands
                    if (support := self._support(each))
                }
                if calculation.is_far(powers):
                    yield calculation

    def _turns(self, calculation: Calculation) -> bool:
        """Whether a fall is written as growth, or growth as a fall: by its base, which is the earlier figure.

        ``Growth = (48 - 53) / 53 = 9 %``, and ``an increase of (53 - 48) / 53 = 9 %``.
        """
        value = calculation.unrounded()
        if value is None or calculation.result.value <= 0:
            return False
        said = {each.rises for each in directions(self._line_before(calculation))}
        if len(said) != 1:
            return False
        grows = calculation.expression.grows(value)
        return said == {True} and value < 0 if grows is None else said != {grows}

    def _line_before(self, calculation: Calculation) -> str:
        """Return what stands in the line of a calculation, to the end of its result."""
        start, end = calculation.result.start, calculation.result.end
        return self.answer[max(self.answer.rfind("\n", 0, start) + 1, start - _LONGEST_LINE) : end]

    def unclaimed(self) -> Iterator[tuple[int, FigureVerdict]]:
        """Yield place and verdict of each result that looks like a count or a name, and so was no claim."""
        right = {calculation.result.end for calculation in self.right}
        told: set[int] = set()
        for calculation in self.written:
            result = calculation.result
            is_right = result.end in right
            if result.end in told or self._at(result) or not (is_right or calculation.is_equated):
                continue
            told.add(result.end)
            text = self.answer[result.start : result.end].strip()
            yield result.start, FigureVerdict(text, "computed" if is_right else "unsupported")

    def _at(self, figure: Quantity) -> Finding | None:
        at = bisect_right(self._starts, max(figure.start, figure.end - 1)) - 1
        return self.findings[at] if at >= 0 and figure.start < self.findings[at].end else None

    def _support(self, figure: Quantity) -> Support | None:
        """Return what the sources say of an operand; what looks like a count must stand in one of them."""
        finding = self._at(figure)
        if finding is None or finding.verdict is None:
            is_said = self._has_value(figure) or (
                figure.end in self._years and self.sources.names_year(figure)
            )
            return Support() if is_said else None
        if not finding.is_right:
            return Support() if self._is_said(figure) else None
        return Support(finding.trace.spot[2][3] if finding.trace else None)

    def _is_said(self, figure: Quantity) -> bool:
        """Whether a bare operand is a right figure of the answer, in short: 30.1 of "$30.1 billion"."""
        if self._is_fraction(figure):
            return True
        if figure.unit or figure.scale or figure.currency or not figure.value:
            return False
        said = (each.claim.quantity for each in self.findings if each.is_right)
        return any(not each.unit and each.scale and abs(each.value) == abs(figure.value) for each in said)

    def _is_fraction(self, figure: Quantity) -> bool:
        """Whether a figure is a percentage of the answer as a fraction: 0.17 of 17 %."""
        if not 0 < figure.value < 1 or figure.unit or figure.scale or figure.currency:
            return False
        said = (each.claim.quantity for each in self.findings if each.is_right)
        return any(each.unit == "percent" and each.value == figure.value * 100 for each in said)

    def _has_value(self, figure: Quantity) -> bool:
        key = what_it_says(figure)
        if key not in self._values:
            self._values[key] = self.sources.has_value(figure)
        return self._values[key]


def _is_led(finding: Finding) -> bool:
    """Whether the words of a figure lead to the place that states it: no other place has it by chance."""
    return finding.trace is not None and finding.trace.row_fit >= GOOD_ROW


def _compute(finding: Finding, *, is_formula: bool = False) -> None:
    """Give a finding the verdict ``computed``; what a formula yields and a source states keeps its place.

    A calculation does not tell what rose from what fell.
    """
    if finding.is_reversed:
        return
    if finding.verdict and not finding.is_right:
        finding.verdict = FigureVerdict(finding.verdict.text, "computed")
    elif finding.verdict and is_formula:
        finding.verdict = finding.verdict._replace(verdict="computed")
