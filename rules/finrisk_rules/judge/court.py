"""The court: a question and the sources of an answer, before which its statements come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType

from finrisk_rules.judge.acronyms import acronyms_of, spelled_out
from finrisk_rules.judge.agreement import tolerance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.bounds import bound
from finrisk_rules.judge.claims import MOST_FIGURES, Claim, looks_like_year
from finrisk_rules.judge.ends import has_opening, is_of_other_end, may_open, opening_periods
from finrisk_rules.judge.findings import Finding, acquit_names, follow_edits, follow_rows, follow_words, wrong
from finrisk_rules.judge.firms import Firms
from finrisk_rules.judge.fits import BESIDE, CLEARLY, GOOD_ROW
from finrisk_rules.judge.hints import cannot_say
from finrisk_rules.judge.measures import has_own_measure
from finrisk_rules.judge.operands import is_bare
from finrisk_rules.judge.operations import stems_of_operations
from finrisk_rules.judge.opposites import WORDS_OF_SIDES, is_opposite
from finrisk_rules.judge.outlook import is_of_other_time
from finrisk_rules.judge.parts import follow_parts, parts_said_of_wholes
from finrisk_rules.judge.period_fits import period_fit
from finrisk_rules.judge.quarters import is_of_whole_year
from finrisk_rules.judge.repeats import acquit
from finrisk_rules.judge.rivals import best_rival
from finrisk_rules.judge.signs import is_aside, is_of_another_sign
from finrisk_rules.judge.sources import Sources
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.table_evidence import Named
from finrisk_rules.judge.table_units import of_other_units
from finrisk_rules.judge.traces import Trace, best
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict, JudgedSource, Place, Verdict
from finrisk_rules.judge.vocabulary import part_in
from finrisk_rules.judge.years import is_of_another_year, outside_brackets
from finrisk_rules.periods import periods
from finrisk_rules.scales import scale_said

NEXT_PERIOD, ASKED_PERIOD = 0.7, 0.6
"""What a period counts for that is not the nearest, or that only the question names."""

OTHER_PERIOD, SAME_PERIOD = 0.3, 0.8
"""Fit of a period below which it is another one, and above which it is the claim's."""

OF_WORDS: frozenset[Verdict] = frozenset({"unsupported", "wrong_scale", "wrong_direction"})
"""Verdicts that what a sentence says brings upon its figures, and not what it is said of."""

TELLING = 0.4
"""Least fit of a row that is named as what the source says instead."""

Periods = tuple[tuple[Named, float], ...]
"""Periods that a claim may be of, each with what it counts for."""

Calculated = Mapping[int, Calculation]
"""The calculations of an answer, by the places in it where a figure of one ends."""


class Court:
    """A question and its sources, before which the statements of an answer come."""

    def __init__(self, question: str, answer: str, sources: Sequence[JudgedSource]) -> None:
        self.sources = Sources(question, answer, sources)
        named = [(period.year, period.part) for period in periods(question)]
        self.asked_periods = named if len({year for year, _ in named if year}) == 1 else []
        self.firms = Firms(question, sources)
        self._found: dict[int, list[Finding]] = {}
        self._of_units: list[tuple[Finding, FigureVerdict | None]] = []
        self.acronyms = acronyms_of(answer, [source.text for source in sources])

    def findings(
        self, statements: Sequence[Statement], calculated: Calculated = MappingProxyType({})
    ) -> list[Finding]:
        """Return what is found of each claim of the statements, in order.

        Asked again, with calculations, only statements are read anew that have a figure of one.
        """
        for finding, verdict in self._of_units:
            finding.verdict = verdict
        result: list[Finding] = []
        for statement in statements:
            if statement.claims:
                found = self._found.get(statement.start)
                if found is None or any(each.end in calculated for each in found):
                    found = self._of(statement, calculated, MOST_FIGURES - len(result))
                    self._found[statement.start] = found
                result += found
        convicted = list(of_other_units(result))
        self._of_units = [(finding, finding.verdict) for finding, _ in convicted]
        for finding, verdict in convicted:
            finding.verdict = verdict
        return result

    def _of(self, statement: Statement, calculated: Calculated, most: int) -> list[Finding]:
        """Return what is found of the claims of a statement; those beyond ``most`` are not read."""
        shared = of_whole = self._shared_periods(statement, statement.claims)
        part = part_in(statement.text, statement.words) if len(statement.claims) > 1 else None
        if part is not None:
            whole = [each for each in statement.claims if each.quantity.start < part]
            of_whole = self._shared_periods(statement, whole)
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
        if len(result) > 1 and "(" in statement.text:
            acquit(statement.text, result)
        follow_rows(statement.text, result)
        follow_parts(statement.text, result)
        for at in parts_said_of_wholes(statement.text, [(each.claim, each.trace) for each in result]):
            if (trace := result[at].trace) and result[at].is_right:
                result[at].verdict = wrong(result[at].claim, "misattributed", trace)
        if any(each.trace for each in result):
            follow_words(statement.text, statement.words, result)
        if any(each.verdict and each.verdict.verdict in WRONG for each in result):
            acquit_names(result)
        self._compare_sentences(statement, result)
        return result

    def _compare_sentences(self, statement: Statement, findings: Sequence[Finding]) -> None:
        """Acquit a sentence that a cited source has word for word, convict one that it has but for a turn."""
        convicted = [each for each in findings if each.verdict and each.verdict.verdict in WRONG]
        for n in self.sources.known(statement.cited) if convicted else ():
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
        self, claim: Claim, statement: Statement, calculated: Calculated, shared: Periods, *, opens: bool
    ) -> Finding:
        start, end = _place(claim, statement)
        cited = self.sources.known(claim.cited or statement.cited)
        named = _own_periods(claim)
        if not named and not claim.phrase.is_base and end not in calculated:
            named = _periods_before_aside(claim, statement) or shared
        calculation = calculated.get(end)
        operands = calculation.operands if calculation else ()
        if calculation and calculation.expression.is_sum and len(named) == len(operands):
            named = tuple((period, 1.0) for period, _ in named)
        if operands and (years := {int(abs(each.value)) for each in operands if looks_like_year(each)}):
            named = tuple((period, weight) for period, weight in named if period[0] not in years)
        readers = [self._reader(claim, statement, named, n, calculation) for n in cited]
        verdict, trace = self._verdict(claim, statement, named, readers)
        opened = opening_periods(claim, statement.text) if opens else ()
        if opened and not has_opening(trace, claim):
            at_end = tuple((period, 1.0) for period in opened)
            at_opening = claim._replace(phrase=claim.phrase._replace(periods=opened))
            alone = statement._replace(claims=(at_opening,))
            others = [self._reader(at_opening, alone, at_end, n, calculation) for n in cited]
            said, place = self._verdict(at_opening, alone, at_end, others)
            if place or (trace and trace.table and trace.table.year_before(*trace.spot[2][:2])):
                readers, verdict, trace = others, said, place
        is_plain = not (claim.quantity.unit or claim.quantity.scale)
        if is_plain and (power := statement.topic.power) is not None:
            claim, verdict, trace = self._scaled(claim, statement, named, readers, power, verdict, trace)
        is_operand = bool(operands) and any(each.end == end for each in operands)
        if is_operand and trace is None and (bare := self._without_operations(claim, statement, cited)):
            readers = [self._reader(bare, statement, named, n, calculation) for n in cited]
            verdict, trace = self._verdict(bare, statement, named, readers)
        if claim.name and verdict and verdict.verdict in WRONG and not self._names_row(claim, cited):
            verdict = None
        return Finding(claim, verdict, trace, start, end, readers)

    def _scaled(
        self,
        claim: Claim,
        statement: Statement,
        named: Periods,
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
        readers = [self._reader(scaled, statement, named, reader.source, None) for reader in readers]
        return scaled, *self._verdict(scaled, statement, named, readers)

    def _shared_periods(self, statement: Statement, claims: Sequence[Claim]) -> Periods:
        """Return the periods of claims without their own: of other claims, the heading or the question."""
        plain = outside_brackets(statement.text, claims)
        others = {period for each in plain for period in each.phrase.periods}
        if others:
            if any(each.phrase.is_base for each in plain):
                first = claims[0].phrase
                others = {
                    period for each in plain if not each.phrase.is_base for period in each.phrase.periods
                }
                others = others if first.periods and not first.is_base else set()
            return ((next(iter(others)), 1.0),) if len(others) == 1 else ()
        if statement.topic.periods:
            return tuple((period, 1.0) for period in statement.topic.periods)
        return tuple((period, ASKED_PERIOD) for period in self.asked_periods)

    def _reader(
        self,
        claim: Claim,
        statement: Statement,
        named: Periods,
        n: int,
        calculation: Calculation | None = None,
    ) -> Reader:
        text = self.sources[n].text
        if self.acronyms and (words := spelled_out(claim.phrase.words, self.acronyms, text)):
            claim = claim._replace(phrase=claim.phrase._replace(words=dict(words)))
        bare = calculation is not None and is_bare(claim, statement, calculation)
        return Reader(
            claim, statement.topic.words, named, n, self.sources.evidence(n), text, calculation, is_bare=bare
        )

    def _verdict(
        self,
        claim: Claim,
        statement: Statement,
        named: Periods,
        readers: Sequence[Reader],
    ) -> tuple[FigureVerdict | None, Trace | None]:
        if claim.text.lower() == "nil":
            return self._nothing(claim, named, readers), None
        traces: list[Trace] = []
        for reader in readers:
            traces += reader.traces()
        if len(readers) > 1 and (firm := self.firms.of(claim, statement)):
            traces = [trace for trace in traces if self.firms.is_of(trace.source, firm)] or traces
        right, scale = best(traces, is_below=claim.quantity.value < 0)
        if right is None:
            is_name = self._in_name(claim, statement, readers)
            return is_name or self._absent(claim, statement, named, readers, scale), None
        if not self.sources.reads(right.source):
            return self._unread(claim, named, right), None
        rival = best_rival(readers, right)
        if scale and scale.fit > right.fit + CLEARLY and (rival is None or scale.fit >= rival.fit):
            return wrong(claim, "wrong_scale", scale), None
        if rival is not None:
            return wrong(claim, "misattributed", rival), None
        if named:
            if is_of_another_year(claim, statement, right, self.sources[right.source]):
                return wrong(claim, "misattributed", right), None
            parts = {part if weight > ASKED_PERIOD else "" for (_, part), weight in named}
            if "" not in parts and is_of_whole_year(parts, statement.text, right, self.sources[right.source]):
                return wrong(claim, "misattributed", right), None
        if right.table is None and is_of_other_time(claim, statement, right, self.sources[right.source]):
            return wrong(claim, "misattributed", right), None
        if is_of_other_end(claim, statement, right):
            return wrong(claim, "misattributed", right), None
        if self.firms.is_another(claim, statement, right.source):
            return wrong(claim, "misattributed", right), None
        names_side = claim.bound or not cannot_say(statement.words, WORDS_OF_SIDES)
        if names_side and is_opposite(claim, statement, right):
            return wrong(claim, "misattributed", right), None
        is_operand = bool(readers[0].operands)
        is_left_out = is_operand and is_aside(claim, statement)
        if not is_left_out and is_of_another_sign(claim, statement, right, is_operand=is_operand):
            return wrong(claim, "unsupported", right), None
        if claim.bound == "denied":
            return wrong(claim, "unsupported", right), None
        return FigureVerdict(claim.text, "stated", right.source, right.place), right

    def _nothing(self, claim: Claim, named: Periods, readers: Sequence[Reader]) -> FigureVerdict | None:
        """Return the verdict on "nil": wrong where its row has a figure in its period, else none."""
        rival = best_rival(readers, None) if named else None
        if rival is None or rival.table is None or rival.row_fit < GOOD_ROW:
            return None
        if _names_part(claim, rival):
            return None
        is_there = period_fit(named, rival.table.head_periods[rival.spot[2][1]]) > SAME_PERIOD
        return wrong(claim, "unsupported", rival) if is_there else None

    def _in_name(self, claim: Claim, statement: Statement, readers: Sequence[Reader]) -> FigureVerdict | None:
        """Return the verdict on a figure of which the name of a row or column tells: "the 5.51 % notes".

        Of an operand no words need to lead there: pages have columns with a figure for a head.
        """
        said = abs(float(claim.quantity.value)), claim.quantity.unit
        for reader in readers:
            for name in reader.evidence.figures_of_names.get(said, ()):
                is_led = not stems_of_name(name.row or name.column).isdisjoint(claim.phrase.words)
                if reader.operands or (is_led and name.row and not name.is_bare):
                    if _bounds_otherwise(claim, statement, name.row or name.column):
                        place = Place(name.row, name.column)
                        return FigureVerdict(claim.text, "misattributed", reader.source, place)
                    return FigureVerdict(claim.text, "stated", reader.source, Place(name.row, name.column))
        return None

    def _absent(
        self,
        claim: Claim,
        statement: Statement,
        named: Periods,
        readers: Sequence[Reader],
        scale: Trace | None,
    ) -> FigureVerdict | None:
        """Return the verdict on a figure whose value no cited source has; None for what is no figure."""
        rival = best_rival(readers, None)
        if scale is not None and (rival is None or rival.fit <= scale.fit + CLEARLY):
            return wrong(claim, "wrong_scale", scale)
        cited = {reader.source for reader in readers}
        half = tolerance(claim.quantity, is_about=claim.is_about)
        others = self.sources.others_with(claim.quantity, half, cited)
        elsewhere = (self._reader(claim, statement, named, n) for n in others)
        traces = (trace for reader in elsewhere for trace in reader.traces() if trace.agreement != "scale")
        if other := max(traces, key=attrgetter("fit"), default=None):
            return wrong(claim, "misattributed", other)
        if self.sources.is_asked(claim.quantity):
            return FigureVerdict(claim.text, "asked")
        if scale is not None:
            return wrong(claim, "wrong_scale", scale)
        if rival is not None and rival.row_fit > TELLING:
            return wrong(claim, "unsupported", rival)
        return FigureVerdict(claim.text, "unsupported")

    def _unread(self, claim: Claim, named: Periods, trace: Trace) -> FigureVerdict:
        """Return the verdict on a figure that a source in another language has: the period alone tells."""
        if named and (table := trace.table):
            row, column = trace.spot[2][:2]
            if period_fit(named, table.head_periods[column]) < OTHER_PERIOD:
                for cell in table.by_row[row]:
                    if period_fit(named, table.head_periods[cell[1]]) > SAME_PERIOD:
                        return wrong(claim, "misattributed", replace(trace, spot=(trace.spot[0], -1, cell)))
        elif named and trace.years and trace.years.isdisjoint(year for (year, _), _ in named):
            return wrong(claim, "misattributed", trace)
        return FigureVerdict(claim.text, "unread", trace.source, trace.place)

    def _names_row(self, claim: Claim, cited: Sequence[int]) -> bool:
        """Whether the word to which a number is glued names a row of a source: "EBITDA 450"."""
        return self.sources.name_row(stems(claim.name), cited)

    def _without_operations(self, claim: Claim, statement: Statement, cited: Sequence[int]) -> Claim | None:
        """Return a claim without the words that say what is calculated, where no other one names a row.

        "The result" alone leads to no row. None where there are no such words.
        """
        silent = stems_of_operations(statement.text)
        words = {word: weight for word, weight in claim.phrase.words.items() if word not in silent}
        if len(words) == len(claim.phrase.words) or self.sources.name_row(words, cited):
            return None
        return claim._replace(phrase=claim.phrase._replace(words=words))


def _bounds_otherwise(claim: Claim, statement: Statement, name: str) -> bool:
    """Whether a figure of a name has the contrary bound there: "over $100,000" of "under $100,000"."""
    said = bound(statement.text, claim.quantity.start, claim.quantity.end)
    other = {"above": "below", "below": "above"}.get(said)
    at = name.find(claim.text)
    return other is not None and at >= 0 and bound(name, at, at + len(claim.text)) == other


def _periods_before_aside(claim: Claim, statement: Statement) -> Periods:
    """Return the period of the figure before the brackets in which a claim stands, () where it has none."""
    start = claim.quantity.start
    opens = statement.text.rfind("(", 0, start)
    if opens <= statement.text.rfind(")", 0, start):
        return ()
    before = [each for each in statement.claims if each.quantity.end <= opens]
    return tuple((period, 1.0) for period in before[-1].phrase.periods[:1]) if before else ()


def _own_periods(claim: Claim) -> Periods:
    if not claim.phrase.periods:
        return ()
    first, *others = claim.phrase.periods
    return ((first, 1.0), *zip(others, repeat(NEXT_PERIOD)))


def _names_part(claim: Claim, trace: Trace) -> bool:
    """Whether a claim has a word that its source knows and the row of the place does not: of a part of it."""
    place = trace.place
    table = trace.table
    above = f"{table.caption} {table.rows[trace.spot[2][0]][1]}" if table else ""
    told = stems(f"{place.row} {place.column} {above}")
    rest = {word for word, weight in claim.phrase.words.items() if weight >= BESIDE} - told
    return not rest.isdisjoint(stems(trace.text))


def _place(claim: Claim, statement: Statement) -> tuple[int, int]:
    return statement.start + claim.quantity.start, statement.start + claim.quantity.end


def _unread(claim: Claim, statement: Statement) -> Finding:
    return Finding(claim, FigureVerdict(claim.text, "unread"), None, *_place(claim, statement))
