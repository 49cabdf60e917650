"""The court: a question and the sources of an answer, before which its statements come."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import repeat
from types import MappingProxyType

from finrisk_rules.judge.acronyms import acronyms_of, spelled_out
from finrisk_rules.judge.agreement import says, tolerance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.claims import MOST_FIGURES, Claim, Pairs, is_count, looks_like_year
from finrisk_rules.judge.copies import is_copied, on_one_line
from finrisk_rules.judge.ends import has_opening, is_of_other_end, may_open, opening_periods
from finrisk_rules.judge.evidence import Evidence, Named, evidence_of, facts_now
from finrisk_rules.judge.findings import Finding, follow_rows, follow_words, wrong
from finrisk_rules.judge.firms import Firms
from finrisk_rules.judge.hints import cannot_say
from finrisk_rules.judge.languages import are_alike, language_of
from finrisk_rules.judge.measures import has_own_measure
from finrisk_rules.judge.operands import is_bare
from finrisk_rules.judge.operations import stems_of_operations
from finrisk_rules.judge.opposites import WORDS_OF_SIDES, is_opposite
from finrisk_rules.judge.period_fits import period_fit
from finrisk_rules.judge.quarters import is_of_whole_year
from finrisk_rules.judge.repeats import acquit
from finrisk_rules.judge.signs import is_aside, is_of_another_sign
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.table_units import compare_units
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import BESIDE, CLEARLY, GOOD_ROW, Reader, best_rival
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict, JudgedSource, Place, Verdict
from finrisk_rules.judge.vocabulary import counted, part_in
from finrisk_rules.judge.wording import has_support, words
from finrisk_rules.judge.years import is_of_another_year
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Quantity, quantities
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
        self.question, self.answer, self.sources = question, answer, sources
        self._all = range(1, len(sources) + 1)
        named = [(period.year, period.part) for period in periods(question)]
        self.asked_periods = named if len({year for year, _ in named if year}) == 1 else []
        self.firms = Firms(question, sources)
        self.acronyms = acronyms_of(answer, [source.text for source in sources])
        self._asked: frozenset[tuple[Decimal, str]] | None = None
        self._reads: dict[int, bool] = {}
        self._contents: dict[int, frozenset[str]] = {}
        self._lines: dict[int, str] = {}

    def evidence(self, n: int) -> Evidence:
        """Return what the facts of a source say; where none were kept, its text is read now."""
        source = self.sources[n - 1]
        return evidence_of(source.facts if source.facts is not None else facts_now(source.text))

    def names(self, cited: Sequence[int]) -> Pairs:
        """Return the numbers in names of rows and columns of these sources."""
        known = self._known(cited)
        if len(known) == 1:
            return self.evidence(known[0]).names
        return frozenset().union(*(self.evidence(n).names for n in known))

    def reads(self, n: int) -> bool:
        """Whether the words of the answer can be compared with those of a source.

        An answer too short to tell its language has that of the question.
        """
        if n not in self._reads:
            asked = self.answer if language_of(self.answer) else f"{self.question}\n{self.answer}"
            there = self.evidence(n).language
            language = language_of(self.sources[n - 1].text) if there is None else there
            self._reads[n] = are_alike(language_of(asked), language)
        return self._reads[n]

    def first_cited(self, cited: Sequence[int]) -> str:
        """Return the text of the first cited source, "" where there is none."""
        return next((self.sources[n - 1].text for n in self._known(cited)), "")

    def _known(self, cited: Sequence[int]) -> list[int]:
        """Return the cited sources that there are; all where nothing is cited."""
        return [n for n in cited if n in self._all] if cited else list(self._all)

    def supports(self, said: frozenset[str], cited: Sequence[int]) -> bool | None:
        """Whether a cited source has the words of a statement without figures; None if none can be read."""
        known = self._known(cited)
        is_read = False
        for n in known:
            if self.reads(n):
                is_read = True
                if has_support(said, self._words(n)):
                    return True
        return False if is_read or not known else None

    def _words(self, n: int) -> frozenset[str]:
        """Return the content words of a source and its title."""
        if n not in self._contents:
            source = self.sources[n - 1]
            self._contents[n] = words(f"{source.title}\n{source.text}")
        return self._contents[n]

    def _line(self, n: int) -> str:
        """Return the text of a source on one line."""
        if n not in self._lines:
            self._lines[n] = on_one_line(self.sources[n - 1].text)
        return self._lines[n]

    def findings(
        self, statements: Sequence[Statement], calculated: Calculated = MappingProxyType({})
    ) -> list[Finding]:
        """Return what is found of each claim of the statements, in order."""
        result: list[Finding] = []
        for statement in statements:
            if statement.claims:
                result += self._of(statement, calculated, MOST_FIGURES - len(result))
        compare_units(result)
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
        if any(each.trace for each in result):
            follow_words(statement.text, statement.words, result)
        if any(each.verdict and each.verdict.verdict in OF_WORDS for each in result):
            self._acquit_copy(statement, result)
        return result

    def _acquit_copy(self, statement: Statement, findings: Sequence[Finding]) -> None:
        """Take back what the words of a sentence convict, where a cited source has it word for word."""
        for n in self._known(statement.cited):
            if not is_copied(statement.text, self._line(n)):
                continue
            for each in findings:
                if each.verdict and each.verdict.verdict in OF_WORDS:
                    place = Place(sentence=statement.text)
                    each.verdict = FigureVerdict(each.claim.text, "stated", n, place)
                    each.is_reversed = False
            return

    def _finding(
        self, claim: Claim, statement: Statement, calculated: Calculated, shared: Periods, *, opens: bool
    ) -> Finding:
        start, end = _place(claim, statement)
        cited = self._known(claim.cited or statement.cited)
        named = _own_periods(claim)
        if not named and not claim.phrase.is_base and end not in calculated:
            named = shared
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
        others = {period for each in claims for period in each.phrase.periods}
        if others:
            is_one = len(others) == 1 and not any(each.phrase.is_base for each in claims)
            return ((next(iter(others)), 1.0),) if is_one else ()
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
        text = self.sources[n - 1].text
        if self.acronyms and (words := spelled_out(claim.phrase.words, self.acronyms, text)):
            claim = claim._replace(phrase=claim.phrase._replace(words=dict(words)))
        bare = calculation is not None and is_bare(claim, statement, calculation)
        return Reader(
            claim, statement.topic.words, named, n, self.evidence(n), text, calculation, is_bare=bare
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
        right, scale = _best(traces)
        if right is None:
            is_name = self._in_name(claim, readers)
            return is_name or self._absent(claim, statement, named, readers, scale), None
        if not self.reads(right.source):
            return self._unread(claim, named, right), None
        rival = best_rival(readers, right)
        if scale and scale.fit > right.fit + CLEARLY and (rival is None or scale.fit >= rival.fit):
            return wrong(claim, "wrong_scale", scale), None
        if rival is not None:
            return wrong(claim, "misattributed", rival), None
        if named:
            if is_of_another_year(claim, statement, right, self.sources[right.source - 1]):
                return wrong(claim, "misattributed", right), None
            parts = {part if weight > ASKED_PERIOD else "" for (_, part), weight in named}
            if "" not in parts and is_of_whole_year(
                parts, statement.text, right, self.sources[right.source - 1]
            ):
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

    def _in_name(self, claim: Claim, readers: Sequence[Reader]) -> FigureVerdict | None:
        """Return the verdict on a figure of which the name of a row or column tells: "the 5.51 % notes".

        Of an operand no words need to lead there: pages have columns with a figure for a head.
        """
        said = abs(float(claim.quantity.value)), claim.quantity.unit
        for reader in readers:
            for name in reader.evidence.figures_of_names.get(said, ()):
                is_led = not stems_of_name(name.row or name.column).isdisjoint(claim.phrase.words)
                if reader.operands or (is_led and name.row and not name.is_bare):
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
        others = [n for n in self._all if n not in cited and says(self.evidence(n), claim.quantity, half)]
        elsewhere = (self._reader(claim, statement, named, n) for n in others)
        traces = (trace for reader in elsewhere for trace in reader.traces() if trace.agreement != "scale")
        if other := max(traces, key=_fit, default=None):
            return wrong(claim, "misattributed", other)
        if self._is_asked(claim):
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
        return self._name_row(stems(claim.name), cited)

    def _name_row(self, words: Iterable[str], cited: Sequence[int]) -> bool:
        tables = [table for n in cited for table in self.evidence(n).tables]
        return any(word in table.row_axis.where for word in words for table in tables)

    def _without_operations(self, claim: Claim, statement: Statement, cited: Sequence[int]) -> Claim | None:
        """Return a claim without the words that say what is calculated, where no other one names a row.

        "The result" alone leads to no row. None where there are no such words.
        """
        silent = stems_of_operations(statement.text)
        words = {word: weight for word, weight in claim.phrase.words.items() if word not in silent}
        if len(words) == len(claim.phrase.words) or self._name_row(words, cited):
            return None
        return claim._replace(phrase=claim.phrase._replace(words=words))

    def _is_asked(self, claim: Claim) -> bool:
        if self._asked is None:
            self._asked = frozenset((abs(each.amount), each.unit) for each in quantities(self.question))
        return (abs(claim.quantity.amount), claim.quantity.unit) in self._asked

    def has_value(self, quantity: Quantity) -> bool:
        """Whether a source has the value of a quantity, whatever it is said of; a count also in words."""
        half = tolerance(quantity, is_about=False)
        if any(says(self.evidence(n), quantity, half) for n in self._all):
            return True
        word = counted(quantity.value) if is_count(quantity) else None
        return word is not None and any(word.search(source.text) for source in self.sources)

    def names_year(self, quantity: Quantity) -> bool:
        """Whether a source has a number that is written as a year."""
        number = re.compile(rf"(?<!\d){abs(quantity.value)}(?!\d)")
        return any(number.search(source.text) for source in self.sources)


def _own_periods(claim: Claim) -> Periods:
    if not claim.phrase.periods:
        return ()
    first, *others = claim.phrase.periods
    return ((first, 1.0), *zip(others, repeat(NEXT_PERIOD)))


def _fit(trace: Trace) -> float:
    return trace.fit


def _best(traces: Iterable[Trace]) -> tuple[Trace | None, Trace | None]:
    """Return the first of the places that fit best, and of those in another scale."""
    right: Trace | None = None
    scale: Trace | None = None
    for trace in traces:
        if trace.agreement == "scale":
            scale = trace if scale is None or trace.fit > scale.fit else scale
        elif right is None or trace.fit > right.fit:
            right = trace
    return right, scale


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
