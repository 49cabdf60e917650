"""Operands: what is told of the figures of a calculation that is written with signs."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.findings import Finding, wrong
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

_LONGEST_SIGN = 12
_SIGN_BEFORE = pattern_of(r"(?:[=≈:(\[{+\-−–]|[\d%] of|\b(?:plus|minus|less|moins|menos|abzüglich))\s*\Z")


def is_bare(claim: Claim, statement: Statement, calculation: Calculation) -> bool:
    """Whether a figure is an operand with nothing but a sign, or "of", before it: no word tells of it."""
    start, end = claim.quantity.start, statement.start + claim.quantity.end
    is_operand = any(each.end == end for each in calculation.operands)
    return is_operand and bool(_SIGN_BEFORE.search(statement.text, max(0, start - _LONGEST_SIGN), start))


def of_another_year(
    calculation: Calculation, finding: Callable[[Quantity], Finding | None]
) -> Iterator[tuple[Finding, FigureVerdict]]:
    """Yield each operand that stands in another year than the one the calculation is of, with its verdict.

    Not where another operand stands in its row: that is how much the row changed.
    """
    figures = [finding(each) for each in (*calculation.operands, calculation.result)]
    said = {period[0] for each in figures if each for period in each.claim.phrase.periods if period[0]}
    traced = [(each, each.trace) for each in figures[:-1] if each and each.trace and each.trace.table]
    if len(said) != 1 or len(traced) < 2 or not any(trace.years == said for _, trace in traced):
        return
    (year,) = said
    for operand, trace in traced:
        others = [other for _, other in traced if other is not trace]
        if (
            len(trace.years) != 1
            or trace.years == said
            or any(_are_of_one_line(trace, each) for each in others)
        ):
            continue
        if cell := _cell_of_year(trace, year):
            spot = (trace.spot[0], -1, cell)
            yield operand, wrong(operand.claim, "misattributed", replace(trace, spot=spot))


def _are_of_one_line(one: Trace, two: Trace) -> bool:
    """Whether two places are in one row, or in one column whose rows are periods, and of one thing."""
    if one.spot[0] != two.spot[0] or one.source != two.source:
        return False
    (row, column), (other_row, other_column) = one.spot[2][:2], two.spot[2][:2]
    if one.table is None or one.table.is_turned:
        return one.table is not None and column == other_column
    return row == other_row and one.table.kinds[column] == one.table.kinds[other_column]


def _cell_of_year(trace: Trace, year: int) -> Figure | None:
    """Return the cell that says another value of the same thing for this year, where there is just one."""
    table = trace.table
    if table is None or table.is_turned:
        return None
    row, column, value = trace.spot[2][:3]
    cells = [
        cell
        for cell in table.by_row[row]
        if table.kinds[cell[1]] == table.kinds[column]
        and {each for each, _ in table.head_periods[cell[1]]} == {year}
    ]
    return cells[0] if len(cells) == 1 and cells[0][2] != value else None
