"""The bench: the verdict on a claim, by the places to which those who read its sources followed it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from finrisk_rules.judge.absence import in_name, on_absent, on_nothing
from finrisk_rules.judge.acronyms import spelled_out
from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.asked_rows import asked_elsewhere
from finrisk_rules.judge.claim_periods import ASKED_PERIOD
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.columns import named_elsewhere
from finrisk_rules.judge.ends import is_of_other_end
from finrisk_rules.judge.findings import wrong
from finrisk_rules.judge.firms import Firms
from finrisk_rules.judge.fits import CLEARLY
from finrisk_rules.judge.line_items import is_of_another_item
from finrisk_rules.judge.operands import is_bare
from finrisk_rules.judge.opposites import is_opposite, names_contrary
from finrisk_rules.judge.outlook import is_of_other_time, tells_targets
from finrisk_rules.judge.period_fits import OTHER_PERIOD, SAME_PERIOD, Claimed, period_fit
from finrisk_rules.judge.quarters import (
    is_of_another_part,
    is_of_other_months,
    is_of_part,
    is_of_whole_year,
    tells_months,
)
from finrisk_rules.judge.rates import is_of_another_rate
from finrisk_rules.judge.rivals import best_rival
from finrisk_rules.judge.signs import is_aside, is_of_another_sign
from finrisk_rules.judge.sources import Sources
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace, best
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.unit_words import is_of_another_word
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.judge.years import is_of_another_year, is_of_unasked_year


class Bench:
    """Who reads the sources of an answer for a claim, and says what it deserves.

    ``firms`` are those that statements and sources name, ``acronyms`` those of the answer that a source
    spells out.
    """

    def __init__(
        self, sources: Sources, firms: Firms, acronyms: tuple[str, ...], allowance: Allowance
    ) -> None:
        self.sources, self.firms, self.acronyms = sources, firms, acronyms
        self.allowance = allowance

    def reader(
        self,
        claim: Claim,
        statement: Statement,
        named: Claimed,
        n: int,
        calculation: Calculation | None = None,
    ) -> Reader:
        """Return who reads source ``n`` for a claim of these periods, maybe a figure of a calculation."""
        text = self.sources[n].text
        if self.acronyms and (words := spelled_out(claim.phrase.words, self.acronyms, text)):
            claim = claim._replace(phrase=claim.phrase._replace(words=dict(words)))
        bare = calculation is not None and is_bare(claim, statement, calculation)
        return Reader(
            claim,
            statement.topic.words,
            named,
            n,
            self.sources.evidence(n),
            text,
            self.allowance,
            calculation,
            is_bare=bare,
            year=self.sources[n].year,
        )

    def verdict(
        self,
        claim: Claim,
        statement: Statement,
        named: Claimed,
        readers: Sequence[Reader],
    ) -> tuple[FigureVerdict | None, Trace | None]:
        """Return the verdict on a claim, and the place that states it; no verdict on what is no figure.

        What was found when the allowance was spent is not all that there is: then the claim is unread.
        """
        verdict, trace = self._verdict(claim, statement, named, readers)
        if self.allowance.is_spent:
            return FigureVerdict(claim.text, "unread"), None
        return verdict, trace

    def _verdict(
        self,
        claim: Claim,
        statement: Statement,
        named: Claimed,
        readers: Sequence[Reader],
    ) -> tuple[FigureVerdict | None, Trace | None]:
        if claim.text.lower() == "nil":
            return on_nothing(claim, named, readers), None
        traces: list[Trace] = []
        for reader in readers:
            traces += reader.traces()
        if len(readers) > 1 and (firm := self.firms.meant(claim, statement)):
            own = [trace for trace in traces if self.firms.is_of(trace.source, firm)]
            if own:
                traces = own
                readers = [reader for reader in readers if self.firms.is_of(reader.source, firm)]
        right, scale = best(traces, is_below=claim.quantity.value < 0)
        if right is None:
            is_name = in_name(claim, statement, readers)
            read = partial(self.reader, claim, statement, named)
            return is_name or on_absent(claim, readers, scale, self.sources, read), None
        if not self.sources.reads(right.source):
            return self._unread(claim, named, right), None
        rival = best_rival(readers, right)
        if scale and scale.fit > right.fit + CLEARLY and (rival is None or scale.fit >= rival.fit):
            return wrong(claim, "wrong_scale", scale), None
        rival = rival or self._meant(readers, statement, right)
        if rival is not None and not names_contrary(claim, statement, rival):
            return wrong(claim, "misattributed", rival), None
        is_operand, is_signed = bool(readers[0].operands), readers[0].is_signed
        return self.at_place(claim, statement, named, right, is_operand=is_operand, is_signed=is_signed)

    def at_place(
        self,
        claim: Claim,
        statement: Statement,
        named: Claimed,
        place: Trace,
        *,
        is_operand: bool = False,
        is_signed: bool = False,
    ) -> tuple[FigureVerdict, Trace | None]:
        """Return the verdict on a claim whose place is known, and that place where it states the claim.

        What a calculation in signs (``is_signed``) is of may go by another name than its operands.
        """
        if is_of_another_word(claim, statement, place) or is_of_another_rate(claim, statement, place):
            return wrong(claim, "wrong_scale", place), None
        if self._is_of_another(claim, statement, named, place):
            return wrong(claim, "misattributed", place), None
        if not is_signed and is_of_another_item(claim, statement, place):
            return wrong(claim, "misattributed", place), None
        if self._is_turned(claim, statement, place, is_operand=is_operand):
            return wrong(claim, "unsupported", place), None
        return FigureVerdict(claim.text, "stated", place.source, place.place), place

    def _meant(self, readers: Sequence[Reader], statement: Statement, right: Trace) -> Trace | None:
        """Return the cell under the head or in the row that is said or asked about, where that is another."""
        if right.table is None:
            return None
        reader = next(each for each in readers if each.source == right.source)
        asked = self.sources.asked_words
        meant = named_elsewhere(reader, statement, right, asked)
        return meant or asked_elsewhere(reader, right, asked, lambda: self.sources.words_of_answer)

    def _is_of_another(self, claim: Claim, statement: Statement, named: Claimed, right: Trace) -> bool:
        """Whether a place with the value of a claim is of another year, time, end, firm or side."""
        source = self.sources[right.source]
        table = right.table
        if table is not None and tells_months(table) and is_of_other_months(claim, statement, right):
            return True
        if not self.sources.speaks_of_parts and is_of_part(claim, statement.text, right):
            return True
        if is_of_another_part(claim, right):
            return True
        if named:
            is_of_named = not claim.phrase.periods and any(year in right.years for (year, _), _ in named)
            if not is_of_named and is_of_another_year(claim, statement, right, source):
                return True
            parts = {part if weight > ASKED_PERIOD else "" for (_, part), weight in named}
            if "" not in parts and is_of_whole_year(parts, statement.text, right, source):
                return True
        is_said = any(weight > ASKED_PERIOD for _, weight in named)
        if not is_said and is_of_unasked_year(self.sources.asked_years, right, source):
            return True
        has_outlook = table is None or tells_targets(table)
        if has_outlook and is_of_other_time(claim, statement, right, source):
            return True
        if is_of_other_end(claim, statement, right) or self.firms.is_another(claim, statement, right.source):
            return True
        if self.firms.is_not_asked(claim, statement, right):
            return True
        return is_opposite(claim, statement, right)

    def _is_turned(self, claim: Claim, statement: Statement, right: Trace, *, is_operand: bool) -> bool:
        """Whether a claim has another sign than its place, or denies what stands there."""
        is_left_out = is_operand and is_aside(claim, statement)
        if not is_left_out and is_of_another_sign(claim, statement, right, is_operand=is_operand):
            return True
        return claim.bound == "denied"

    def _unread(self, claim: Claim, named: Claimed, trace: Trace) -> FigureVerdict:
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
