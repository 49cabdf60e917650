"""Verdicts on a figure whose value no cited source states, by what the sources have instead."""

from collections.abc import Callable, Sequence
from operator import attrgetter

from finrisk_rules.judge.agreement import tolerance
from finrisk_rules.judge.bounds import bound
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.findings import wrong
from finrisk_rules.judge.fits import BESIDE, CLEARLY, GOOD_ROW
from finrisk_rules.judge.period_fits import SAME_PERIOD, Claimed, period_fit
from finrisk_rules.judge.rivals import best_rival
from finrisk_rules.judge.sources import Sources
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import FigureVerdict, Place

TELLING = 0.4
"""Least fit of a row that is named as what the source says instead."""


def on_nothing(claim: Claim, named: Claimed, readers: Sequence[Reader]) -> FigureVerdict | None:
    """Return the verdict on "nil": wrong where its row has a figure in its period, else none."""
    rival = best_rival(readers, None) if named else None
    if rival is None or rival.table is None or rival.row_fit < GOOD_ROW:
        return None
    if _names_part(claim, rival):
        return None
    is_there = period_fit(named, rival.table.head_periods[rival.spot[2][1]]) > SAME_PERIOD
    return wrong(claim, "unsupported", rival) if is_there else None


def in_name(claim: Claim, statement: Statement, readers: Sequence[Reader]) -> FigureVerdict | None:
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


def on_absent(
    claim: Claim,
    readers: Sequence[Reader],
    scale: Trace | None,
    sources: Sources,
    read: Callable[[int], Reader],
) -> FigureVerdict | None:
    """Return the verdict on a figure whose value no cited source has; None for what is no figure."""
    rival = best_rival(readers, None)
    if scale is not None and (rival is None or rival.fit <= scale.fit + CLEARLY):
        return wrong(claim, "wrong_scale", scale)
    cited = {reader.source for reader in readers}
    half = tolerance(claim.quantity, is_about=claim.is_about)
    others = sources.others_with(claim.quantity, half, cited)
    elsewhere = (read(n) for n in others)
    traces = (trace for reader in elsewhere for trace in reader.traces() if trace.agreement != "scale")
    if other := max(traces, key=attrgetter("fit"), default=None):
        return wrong(claim, "misattributed", other)
    if sources.is_asked(claim.quantity):
        return FigureVerdict(claim.text, "asked")
    if scale is not None:
        return wrong(claim, "wrong_scale", scale)
    if rival is not None and rival.row_fit > TELLING:
        return wrong(claim, "unsupported", rival)
    return FigureVerdict(claim.text, "unsupported")


def _bounds_otherwise(claim: Claim, statement: Statement, name: str) -> bool:
    """Whether a figure of a name has the contrary bound there: "over $100,000" of "under $100,000"."""
    said = bound(statement.text, claim.quantity.start, claim.quantity.end)
    other = {"above": "below", "below": "above"}.get(said)
    at = name.find(claim.text)
    return other is not None and at >= 0 and bound(name, at, at + len(claim.text)) == other


def _names_part(claim: Claim, trace: Trace) -> bool:
    """Whether a claim has a word that its source knows and the row of the place does not: of a part of it."""
    place = trace.place
    table = trace.table
    above = f"{table.caption} {table.rows[trace.spot[2][0]][1]}" if table else ""
    told = stems(f"{place.row} {place.column} {above}")
    rest = {word for word, weight in claim.phrase.words.items() if weight >= BESIDE} - told
    return not rest.isdisjoint(stems(trace.text))
