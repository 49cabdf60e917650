"""Derivations: what follows from lines of a table that a sentence names, where it writes the result alone.

``Asia and Europe together made up 61 % of sales`` and ``$1,960 million falls due after 2027`` stand in no
cell. The sentence says which lines are combined, or which years of a line are added up, and the period of
the figure says of when. Nothing else is tried: no other line, and no other year.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property

from finrisk_rules.judge.agreement import agreement, are_of_one_currency
from finrisk_rules.judge.chronology import by_time
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.combinations import EACH, MOST_LINES, TOGETHER, Combination, combinations
from finrisk_rules.judge.contradictions import spoken
from finrisk_rules.judge.directions import is_evaluation
from finrisk_rules.judge.findings import Finding, wrong
from finrisk_rules.judge.lines import across_of, cells_of, ladder_of, lines_said, periods_across
from finrisk_rules.judge.mentions import LONGEST, mentions, names_of
from finrisk_rules.judge.operations import operations
from finrisk_rules.judge.period_fits import comparable, same_period
from finrisk_rules.judge.ratios import ratios
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, Named, TableEvidence
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict
from finrisk_rules.judge.year_spans import YearSpan, names_later, year_spans
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods

SAME = 0.8
"""Fit from which on two periods are one."""

MOST_TABLES, MOST_FIGURES, FARTHEST = 8, 8, 3
"""Tables of a source that are looked at, figures of a sentence that are looked up in them, and figures before
one to the one that says what it is."""


_IN_PHRASE = pattern_of(r"the [^,;:|]*(?<=of) ?[^\w,;:|]?", re.IGNORECASE)
"""From "the" before a year to a figure of that year itself: "after the 2024 maturity of $120 million"."""

_TOTAL = pattern_of(r"\W*(?:total|sum|summe|gesamt|somme|suma|合計)\W*[:\uff1a|]", re.IGNORECASE)
"""The beginning of an item that sums up those before it."""


class Derivations:
    """What may be derived for the figures of one sentence.

    ``earlier`` are the findings on the sentences before, of which it may speak together.
    """

    def __init__(self, text: str, findings: Sequence[Finding], earlier: Sequence[Finding]) -> None:
        self.text, self.findings, self.earlier = text, findings, earlier
        self.values: dict[int, tuple[Combination, float, Trace]] = {}

    @cached_property
    def bare(self) -> str:
        """The sentence with figures and periods blanked."""
        spans = [(each.claim.quantity.start, each.claim.quantity.end) for each in self.findings]
        spans += [(each.start, each.end) for each in periods(self.text)]
        filled = list(self.text)
        for start, end in spans:
            filled[start:end] = "\x00" * (end - start)
        return "".join(filled)

    def of(self, at: int) -> Trace | None:
        """Return the place of the first operand where a figure follows from lines that the sentence names."""
        finding = self.findings[at]
        for reader in finding.readers:
            for number, table in enumerate(reader.evidence.tables[:MOST_TABLES]):
                for combination in self._combinations(at, table):
                    found = self._follows(at, reader, number, combination)
                    if found and not self._is_of_another(table, combination, reader):
                        return found
                if self.spans and (found := self._over_years(at, reader, number)):
                    return found
        return None

    def _is_of_another(self, table: TableEvidence, combination: Combination, reader: Reader) -> bool:
        """Whether another table of these lines has a caption with more words of the sentence."""
        used = (*combination.added, *combination.taken, *combination.by)
        names, said = {names_of(table)[line][0] for line in used}, stems(self.text)
        own = len(stems_of_name(table.caption) & said)
        return any(
            len(stems_of_name(other.caption) & said) > own and names <= {name for name, _ in names_of(other)}
            for other in reader.evidence.tables[:MOST_TABLES]
        )

    def _over_years(self, at: int, reader: Reader, number: int) -> Trace | None:
        """Return the first place where a figure is the sum or the mean of the years that are said."""
        claim = self.findings[at].claim
        span = self.span_of(at)
        if span is None or claim.quantity.unit or claim.is_change:
            return None
        if self.kinds.isdisjoint(("mean", "total")) and EACH.search(self.text):
            return None
        table = reader.evidence.tables[number]
        named = [each.line for each in mentions(self.text, table)]
        ladder = ladder_of(table)
        for line in lines_said(reader, number, named):
            figure = ladder.over(line, span, self.kinds)
            said = agreement(claim.quantity, figure, reader.half, table.scales) if figure else ""
            if figure and said not in ("", "scale") and reader.allows(figure):
                return reader.trace((number, -1, figure), 1.0, said, 1.0)
        return None

    def is_of_earlier(self, at: int) -> bool:
        """Whether a figure of a ladder is of a year before those that are said: "after 2028" of 2028."""
        span, trace = self.span_of(at), self.findings[at].trace
        if span and _IN_PHRASE.fullmatch(self.text, span.start - 4, self.findings[at].claim.quantity.start):
            return False
        if span is None or span.first is None or span.last is not None or trace is None:
            return False
        return max(trace.years, default=span.first) < span.first

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The operations that the sentence names."""
        return frozenset(kind for kind, _ in operations(self.text))

    @cached_property
    def spans(self) -> Sequence[YearSpan]:
        """The spans of years that the sentence names."""
        return list(year_spans(self.text))

    def span_of(self, at: int) -> YearSpan | None:
        """Return the span of years next to a figure, before one that another figure parts from it."""
        quantity = self.findings[at].claim.quantity
        first = self.findings[at - 1].claim.quantity.end if at else 0
        behind = self.findings[at + 1 :]
        last = behind[0].claim.quantity.start if behind else len(self.text)
        spans = [each for each in self.spans if first <= each.start and each.end <= last]
        spans = spans or (list(self.spans) if len(self.spans) == 1 else [])
        return min(
            spans, key=lambda each: max(each.start - quantity.end, quantity.start - each.end), default=None
        )

    def _combinations(self, at: int, table: TableEvidence) -> Sequence[Combination]:
        """Return what the figure is of lines of a table, else what one before it of its unit is."""
        named = mentions(self.text, table)
        unit = self.findings[at].claim.quantity.unit
        for number in range(at, max(-1, at - FARTHEST - 1), -1):
            claim = self.findings[number].claim
            if claim.quantity.unit == unit:
                parts = self._parts(number, table)
                found = list(ratios(self.text, claim.quantity.start, unit, table))
                found += combinations(self.bare, claim, named, parts) if named or parts else ()
                if found:
                    return found
        return ()

    def _parts(self, at: int, table: TableEvidence) -> Sequence[int]:
        """Return the lines of the right figures that are spoken of together, here or before the sentence."""
        start = self.findings[at].claim.quantity.start
        before = [each for each in self.findings[:at] if not each.claim.quantity.unit]
        first = before[-1].claim.quantity.end if before else 0
        own = _lines_of(before, table) if TOGETHER.search(self.text, first, start) else ()
        if len(own) > 1:
            return own
        is_of_earlier = TOGETHER.search(self.text, 0, start) or _TOTAL.match(self.text)
        has_own = any(each.is_right and each.trace for each in before)
        return _lines_of(self.earlier, table) if is_of_earlier and not has_own else ()

    def _follows(self, at: int, reader: Reader, number: int, combination: Combination) -> Trace | None:
        """Return the place of the first operand where a figure is what a combination yields in its period."""
        claim, table = self.findings[at].claim, reader.evidence.tables[number]
        used = (*combination.added, *combination.taken, *combination.by)
        by_line = [{across_of(table, cell): cell for cell in cells_of(table, line)} for line in used]
        for across in self._places(number, reader, by_line[0]):
            cells = [cells[across] for cells in by_line if across in cells]
            if len(cells) == len(used) and (figure := _value(combination, cells, claim)):
                said = agreement(claim.quantity, figure, reader.half, table.scales)
                if said not in ("", "scale") and reader.allows(figure):
                    place = reader.trace((number, -1, cells[0]), 1.0, said, 1.0)
                    self.values[at] = (combination, float(figure[2]), place)
                    return place
        return None

    def against_words(self) -> Iterator[int]:
        """Yield the later of two results of one combination that is said to rise and fell, or the reverse.

        Not what is said to be better or worse, since less of it may be better.
        """
        if len(self.values) < 2:
            return
        places = {at: place for at, (_, _, place) in self.values.items()}
        traced = [(each.claim, places.get(at)) for at, each in enumerate(self.findings)]
        for direction, group in spoken(self.text, traced).items():
            known = [at for at in group if at in self.values]
            pair = by_time(known, traced) if len(known) == 2 and not is_evaluation(direction) else None
            if pair is None:
                continue
            old, new = (self.values[at] for at, _ in pair)
            is_below = max(old[1], new[1]) < 0  # outflows rise with their amounts
            if old[0] == new[0] and old[1] != new[1] and (new[1] > old[1]) != (direction.rises != is_below):
                yield pair[1][0]

    def _places(self, number: int, reader: Reader, cells: Mapping[int, Figure]) -> Sequence[int]:
        """Return where a combination is looked up: in the claim's period, else by the figures beside it.

        In the last period of the table where neither is there, in the one before that where another figure is
        compared with it; below the heads that fit best where the table has none.
        """
        table = reader.evidence.tables[number]
        dated = {across: periods_across(table, across) for across in cells}
        if not any(dated.values()):
            best = reader.of_best_heads(number, list(cells.values())) if cells else ()
            return [across_of(table, cell) for cell in best[:2]]
        for period, _ in reader.periods:
            own = [across for across, said in dated.items() if _is_of(period, said)]
            if own:
                return own[:2]
        if reader.periods:
            return ()
        traces = [each.trace for each in self.findings if each.is_right]
        beside = [across_of(table, trace.spot[2]) for trace in traces if trace and trace.table is table]
        latest = beside[0] if beside else max(dated, key=lambda across: _order(dated[across]))
        if not reader.claim.phrase.is_base:
            return [latest]
        year, part = _order(dated.get(latest, ()))
        return [across for across, said in dated.items() if _order(said) == (year - 1, part)][:1]


def follow_lines(text: str, findings: Sequence[Finding], earlier: Sequence[Finding]) -> None:
    """Acquit the figures of a sentence that follow from lines of a table that it names."""
    if len(text) > LONGEST:
        return
    open_ones = [at for at, each in enumerate(findings) if _may_follow(each)][:MOST_FIGURES]
    laddered = [at for at, each in enumerate(findings) if _is_of_year(each)]
    laddered = laddered if laddered and names_later(text) else []
    if not open_ones and not laddered:
        return
    derivations = Derivations(text, findings, earlier)
    for at in open_ones:
        if place := derivations.of(at):
            finding = findings[at]
            finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
    for at in derivations.against_words():
        finding = findings[at]
        if finding.verdict:
            finding.verdict, finding.is_reversed = finding.verdict._replace(verdict="wrong_direction"), True
    for at in laddered:
        finding = findings[at]
        if (trace := finding.trace) and derivations.is_of_earlier(at):
            finding.verdict = wrong(finding.claim, "misattributed", trace)


def _is_of_year(finding: Finding) -> bool:
    """Whether a figure is right, and stands in a year of a ladder."""
    trace = finding.trace
    if trace is None or trace.table is None or not finding.is_right:
        return False
    return bool(ladder_of(trace.table).rests and trace.years)


def _may_follow(finding: Finding) -> bool:
    verdict = finding.verdict
    if verdict is None or verdict.verdict not in WRONG or finding.claim.bound == "denied":
        return False
    return not finding.claim.is_change or finding.claim.quantity.unit == ""


def _lines_of(findings: Sequence[Finding], table: TableEvidence) -> Sequence[int]:
    """Return the lines of the last figures, those that stand in one period of a table with the last one."""
    lines: list[int] = []
    across: int | None = None
    for finding in reversed(findings):
        trace = finding.trace
        if finding.claim.quantity.unit:
            continue
        if not finding.is_right or trace is None or trace.table is not table or len(lines) == MOST_LINES:
            break
        cell = trace.spot[2]
        if across in (None, across_of(table, cell)):
            across = across_of(table, cell)
            lines.append(cell[1] if table.is_turned else cell[0])
    return lines[::-1]


def _is_of(period: Named, said: Sequence[Named]) -> bool:
    return any(same_period(period, each) >= SAME for each in comparable([period], said))


def _order(said: Sequence[Named]) -> tuple[int, str]:
    year, part = said[0] if said else (None, "")
    return (year or 0, part)


def _value(combination: Combination, cells: Sequence[Figure], claim: Claim) -> Figure | None:
    """Return what a combination makes of the cells of its lines; None where they are of different kinds.

    A difference that is said one way is none where it is the other way.
    """
    if len({(cell[3], cell[4]) for cell in cells}) > 1 or not are_of_one_currency(cell[5] for cell in cells):
        return None
    try:
        values = [Decimal(cell[2]) for cell in cells]
    except InvalidOperation:
        return None
    first, last = len(combination.added), len(combination.added) + len(combination.taken)
    result = sum(values[:first], Decimal()) - sum(values[first:last], Decimal())
    row, column, _, scale, unit, currency = cells[0]
    if combination.taken and not combination.is_either and result < 0:
        return None
    if not combination.by:
        return [row, column, f"{result:f}", scale, unit, currency]
    base = sum(values[last:], Decimal())
    if min(base, result) <= 0:
        return None
    is_share = claim.quantity.unit == "percent"
    return [row, column, f"{result / base * (100 if is_share else 1):.6f}", None, claim.quantity.unit, ""]
