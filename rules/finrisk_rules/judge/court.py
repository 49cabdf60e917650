"""The court: a question and the sources of an answer, before which its statements come."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from finrisk_rules.judge.acronyms import acronyms_of
from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.assignments import acquit_assigned
from finrisk_rules.judge.bare_numbers import looks_like_year
from finrisk_rules.judge.bench import Bench
from finrisk_rules.judge.claim_periods import goes_back, own_periods, periods_before_aside, shared_periods
from finrisk_rules.judge.claims import MOST_FIGURES, Claim
from finrisk_rules.judge.currencies import of_unnamed_currency
from finrisk_rules.judge.derivations import follow_lines
from finrisk_rules.judge.ends import has_opening, may_open, opening_periods
from finrisk_rules.judge.findings import (
    Finding,
    acquit_names,
    follow_edits,
    follow_ends,
    follow_rows,
    follow_words,
    wrong,
)
from finrisk_rules.judge.firms import Firms
from finrisk_rules.judge.languages import language_of
from finrisk_rules.judge.list_sums import follow_lists
from finrisk_rules.judge.margins import follow_margins
from finrisk_rules.judge.measures import has_own_measure
from finrisk_rules.judge.neighbours import from_beside
from finrisk_rules.judge.operations import stems_of_operations
from finrisk_rules.judge.own_ranks import of_own_rank
from finrisk_rules.judge.parts import follow_parts, parts_said_of_wholes
from finrisk_rules.judge.period_fits import Claimed
from finrisk_rules.judge.portions import beyond_wholes
from finrisk_rules.judge.repeats import acquit
from finrisk_rules.judge.shares import follow_shares
from finrisk_rules.judge.sources import Sources
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.table_rows import Rows
from finrisk_rules.judge.table_units import of_no_scale, of_other_units
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict, JudgedSource, Place, Verdict
from finrisk_rules.judge.vocabulary import part_in
from finrisk_rules.judge.wholes import of_wholes
from finrisk_rules.judge.workings import follow_workings
from finrisk_rules.scales import scale_said

OF_WORDS: frozenset[Verdict] = frozenset({"unsupported", "wrong_scale", "wrong_direction"})
"""Verdicts that what a sentence says brings upon its figures, and not what it is said of."""

_LOOKS_OF_COMPARISON = 4
"""What it counts for to look for a sentence in a source."""

_SOURCES_A_LOOK = 4
"""Sources of which it is told for one look whether they have the words of a statement."""

Calculated = Mapping[int, Calculation]
"""The calculations of an answer, by the places in it where a figure of one ends."""


class Court:
    """A question and its sources, before which the statements of an answer come."""

    def __init__(
        self, question: str, answer: str, sources: Sequence[JudgedSource], allowance: Allowance
    ) -> None:
        self.sources = Sources(question, answer, sources)
        self.allowance = allowance
        self.asked_periods = self.sources.asked_periods if len(self.sources.asked_years) == 1 else []
        self.firms = Firms(question, answer, sources)
        acronyms = acronyms_of(answer, [source.text for source in sources])
        self.bench = Bench(self.sources, self.firms, acronyms, allowance)
        self._found: dict[int, list[Finding]] = {}
        self._of_units: list[tuple[Finding, FigureVerdict | None]] = []

    def findings(
        self, statements: Sequence[Statement], calculated: Calculated = MappingProxyType({})
    ) -> list[Finding]:
        """Return what is found of each claim of the statements, in order.

        Asked again, with calculations, only statements are read anew that have a figure of one.
        """
        for finding, verdict in self._of_units:
            finding.verdict = verdict
        result: list[Finding] = []
        rows = Rows()
        said: list[tuple[str, list[Finding]]] = []
        for statement in statements:
            is_row = statement.text.startswith("|")
            if rows.above and not is_row:
                rows = Rows()
            if statement.claims:
                found = self._found.get(statement.start)
                is_calculated = found is not None and any(each.end in calculated for each in found)
                if found is None or (is_calculated and not self.allowance.is_spent):
                    before = found
                    found = self._of(statement, calculated, MOST_FIGURES - len(result), result)
                    keep_stated(before or (), found, calculated)
                    self._found[statement.start] = found
                if is_row:
                    rows.follow(statement.text, found, result, partial(self._is_another, statement))
                said.append((statement.text, found))
                result += found
        follow_lists(said)
        for finding in of_own_rank(statements, self._found) if len(said) > 1 else ():
            if finding.verdict and finding.is_right:
                finding.verdict, finding.is_reversed = (
                    finding.verdict._replace(verdict="wrong_direction"),
                    True,
                )
        convicted = list(of_other_units(result))
        self._of_units = [(finding, finding.verdict) for finding, _ in convicted]
        for finding, verdict in convicted:
            finding.verdict = verdict
        return result

    def follow_results(self, statements: Sequence[Statement]) -> None:
        """Acquit the figures that follow from results of calculations in their own sentence."""
        for statement in statements:
            found = self._found.get(statement.start, ())
            if any(each.is_right and each.trace is None for each in found):
                follow_workings(statement.text, found)

    def _is_another(self, statement: Statement, finding: Finding, n: int) -> bool:
        """Whether a statement says a figure of another firm than that of source ``n``."""
        return self.firms.is_another(finding.claim, statement, n)

    def supports(self, said: frozenset[str], cited: Sequence[int]) -> bool | None:
        """Whether a cited source has the words of a statement without figures; None if none can be read."""
        if self.allowance.is_spent:
            return None
        self.allowance.spend(1 + len(self.sources.known(cited)) // _SOURCES_A_LOOK)
        return self.sources.supports(said, cited)

    def _of(
        self, statement: Statement, calculated: Calculated, most: int, earlier: Sequence[Finding]
    ) -> list[Finding]:
        """Return what is found of the claims of a statement; those beyond ``most`` are not read.

        ``earlier`` are the findings on the statements before it.
        """
        if self.allowance.is_spent:
            return [_unread(claim, statement) for claim in statement.claims]
        shared = of_whole = shared_periods(statement, statement.claims, self.asked_periods)
        part = part_in(statement.text, statement.words) if len(statement.claims) > 1 else None
        if part is not None:
            whole = [each for each in statement.claims if each.quantity.start < part]
            of_whole = shared_periods(statement, whole, self.asked_periods)
        read, unread = statement.claims[: max(0, most)], statement.claims[max(0, most) :]
        opens = may_open(statement.text, statement.words)
        result = [
            self._finding(
                claim,
                statement,
                calculated,
                of_whole if claim.quantity.start < (part or 0) else shared,
                opens=opens,
            )
            for claim in read
        ]
        result += [_unread(claim, statement) for claim in unread]
        if len(result) > 1:
            acquit_assigned(result)
        if len(result) > 1 and "(" in statement.text:
            acquit(statement.text, result)
        for finding, place in (*of_wholes(statement.text, result), *from_beside(statement.text, result)):
            claim = finding.claim
            finding.verdict, finding.trace = self.bench.at_place(claim, statement, own_periods(claim), place)
        follow_lines(statement.text, result, earlier)
        follow_rows(statement.text, result)
        follow_parts(statement.text, result)
        if not all(each.is_right for each in result):
            is_another = partial(self._is_another, statement)
            follow_margins(statement.text, result, is_another)
            follow_shares(statement.text, result, earlier, is_another)
            follow_workings(statement.text, result)
        for at in parts_said_of_wholes(statement.text, [(each.claim, each.trace) for each in result]):
            if (trace := result[at].trace) and result[at].is_right:
                result[at].verdict = wrong(result[at].claim, "misattributed", trace)
        for at in beyond_wholes(statement.text, statement.words, statement.claims[: len(read)]):
            if (trace := result[at].trace) and result[at].is_right:
                result[at].verdict = wrong(result[at].claim, "misattributed", trace)
        if any(each.trace for each in result):
            follow_words(statement.text, statement.words, result)
        follow_ends(statement.text, statement.words, result)
        for each in of_no_scale(statement.text, result) if len(result) > 1 else ():
            if each.trace:
                each.verdict = wrong(each.claim, "wrong_scale", each.trace)
        if any(each.verdict and each.verdict.verdict in WRONG for each in result):
            acquit_names(result)
        self._compare_sentences(statement, result)
        for each in of_unnamed_currency(result, self.sources.known(statement.cited), self.sources):
            each.is_reversed = True
            if each.is_right:
                each.verdict = FigureVerdict(each.claim.text, "wrong_scale")
        return result

    def _compare_sentences(self, statement: Statement, findings: Sequence[Finding]) -> None:
        """Acquit a sentence that a cited source has word for word, convict one that it has but for a turn."""
        convicted = [each for each in findings if each.verdict and each.verdict.verdict in WRONG]
        for n in self.sources.known(statement.cited) if convicted else ():
            self.allowance.spend(_LOOKS_OF_COMPARISON)
            if self.sources.has_sentence(n, statement.text):
                for each in convicted:
                    if self._is_of_sentence(each, statement, n):
                        place = Place(sentence=statement.text)
                        each.verdict = FigureVerdict(each.claim.text, "stated", n, place)
                        each.is_reversed = False
                return
        follow_edits(statement.text, findings)

    def _is_of_sentence(self, finding: Finding, statement: Statement, n: int) -> bool:
        """Whether nothing but its own sentence says of what a figure of it is told."""
        if finding.verdict and finding.verdict.verdict in OF_WORDS:
            return True
        return not statement.topic.periods and not self.firms.is_another(finding.claim, statement, n)

    def _finding(
        self, claim: Claim, statement: Statement, calculated: Calculated, shared: Claimed, *, opens: bool
    ) -> Finding:
        if self.allowance.is_spent:
            return _unread(claim, statement)
        start, end = _place(claim, statement)
        cited = self.sources.known(claim.cited or statement.cited)
        named = own_periods(claim)
        is_base = claim.phrase.is_base and not goes_back(statement.text)
        if not named and not is_base and end not in calculated:
            named = periods_before_aside(claim, statement) or shared
        calculation = calculated.get(end)
        operands = calculation.operands if calculation else ()
        if calculation and calculation.expression.is_sum and len(named) == len(operands):
            named = tuple((period, 1.0) for period, _ in named)
        if operands and (years := {int(abs(each.value)) for each in operands if looks_like_year(each)}):
            named = tuple((period, weight) for period, weight in named if period[0] not in years)
        readers = [self.bench.reader(claim, statement, named, n, calculation) for n in cited]
        verdict, trace = self.bench.verdict(claim, statement, named, readers)
        opened = opening_periods(claim, statement.text) if opens else ()
        if opened and not has_opening(trace, claim):
            at_end = tuple((period, 1.0) for period in opened)
            at_opening = claim._replace(phrase=claim.phrase._replace(periods=opened))
            alone = statement._replace(claims=(at_opening,))
            others = [self.bench.reader(at_opening, alone, at_end, n, calculation) for n in cited]
            said, place = self.bench.verdict(at_opening, alone, at_end, others)
            if place or (trace and trace.table and trace.table.year_before(*trace.spot[2][:2])):
                readers, verdict, trace = others, said, place
        is_plain = not (claim.quantity.unit or claim.quantity.scale)
        if is_plain and (power := statement.topic.power) is not None:
            claim, verdict, trace = self._scaled(claim, statement, named, readers, power, verdict, trace)
        is_operand = bool(operands) and any(each.end == end for each in operands)
        if is_operand and trace is None and (bare := self._without_operations(claim, statement, cited)):
            readers = [self.bench.reader(bare, statement, named, n, calculation) for n in cited]
            verdict, trace = self.bench.verdict(bare, statement, named, readers)
        if claim.name and verdict and verdict.verdict in WRONG and self._is_name(claim, statement, cited):
            verdict = None
        return Finding(claim, verdict, trace, start, end, readers)

    def _scaled(
        self,
        claim: Claim,
        statement: Statement,
        named: Claimed,
        readers: Sequence[Reader],
        power: int,
        verdict: FigureVerdict | None,
        trace: Trace | None,
    ) -> tuple[Claim, FigureVerdict | None, Trace | None]:
        """Return a bare claim below "in millions" in that scale, with what is found of it.

        As it was where its place has no scale, or none that is its own: a count, a ratio.
        """
        is_so = trace is not None and trace.spot[2][3] in (None, 0, power)
        if is_so or scale_said(statement.text).power is not None or (trace and has_own_measure(trace)):
            return claim, verdict, trace
        scaled = claim._replace(quantity=claim.quantity._replace(scale=power))
        readers = [self.bench.reader(scaled, statement, named, reader.source, None) for reader in readers]
        return scaled, *self.bench.verdict(scaled, statement, named, readers)

    def _is_name(self, claim: Claim, statement: Statement, cited: Sequence[int]) -> bool:
        """Whether a number is the end of a range or of a name: of "IFRS 16", not of the row "EBITDA 450".

        In German, where each noun has a capital, it is one where a source has that name.
        """
        name = claim.name
        if self.sources.name_row(stems(name), cited):
            return False
        may_be_noun = name.istitle() and language_of(statement.text) == "de"
        return not may_be_noun or self.sources.have_name(name, claim.quantity, cited)

    def _without_operations(self, claim: Claim, statement: Statement, cited: Sequence[int]) -> Claim | None:
        """Return a claim without the words that say what is calculated, where no other one names a row.

        "The result" alone leads to no row. None where there are no such words.
        """
        silent = stems_of_operations(statement.text)
        words = {word: weight for word, weight in claim.phrase.words.items() if word not in silent}
        if len(words) == len(claim.phrase.words) or self.sources.name_row(words, cited):
            return None
        return claim._replace(phrase=claim.phrase._replace(words=words))


def keep_stated(before: Sequence[Finding], found: Sequence[Finding], calculated: Calculated) -> None:
    """Give a figure back what was found of it before a calculation was seen that may have it for its result.

    Nor does a sum in words, which may be of any figures, say anything against what they are said of.
    """
    for one, other in zip(before, found, strict=False):
        calculation = calculated.get(other.end)
        if calculation is None or other.is_right or not one.is_right:
            continue
        if calculation.in_words or other.end == calculation.result.end:
            other.verdict, other.trace, other.readers = one.verdict, one.trace, one.readers
            other.is_reversed = one.is_reversed


def _place(claim: Claim, statement: Statement) -> tuple[int, int]:
    return statement.start + claim.quantity.start, statement.start + claim.quantity.end


def _unread(claim: Claim, statement: Statement) -> Finding:
    return Finding(claim, FigureVerdict(claim.text, "unread"), None, *_place(claim, statement))
