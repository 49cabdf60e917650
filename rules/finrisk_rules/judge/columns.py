"""A cell under another head of its row than the one that its statement names, or that is asked about."""

from collections.abc import Iterator

from finrisk_rules.judge.claim_periods import ASKED_PERIOD
from finrisk_rules.judge.period_fits import OTHER_PERIOD, Claimed, period_fit
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.patterns import pattern_of

_UNITS = stems(
    "million millions thousand thousands billion billions mio mrd millones millions percent % usd eur"
)
"""What a head says of its figures, not which they are."""

_NUMBER = pattern_of(r"\d+(?:[.,]\d+)*")

_CELLS_A_LOOK = 8
"""Cells of a row whose heads are read for one look."""

_LEAST_OF_NAME = 2
"""Words of a head that tell it from one that names but a period."""


def named_elsewhere(
    reader: Reader, statement: Statement, right: Trace, asked: frozenset[str]
) -> Trace | None:
    """Return the cell of the same row that a claim means, where the right value stands under another head.

    The head that is said in whole beside the claim is meant, where the words over its own place are not said
    ("the board limit was 6 %" of the change beside the limit). Where no head of the row is said, that is
    meant which the question names in whole, and where neither says one, and nothing else of the row either, a
    total ("older products were 52" of the United States alone); ``asked`` are the question's words. A cell
    whose figure the statement tells too has its head for that.
    """
    table = right.table
    if table is None or table.is_turned or reader.operands:
        return None
    row, column = right.spot[2][:2]
    own = _name(table, row, column)
    said = _said(reader, right, own, asked)
    if not said or (own and own <= said):
        return None
    reader.allowance.spend(1 + len(table.by_row[row]) // _CELLS_A_LOOK)
    for cell in _others(table, row, column, reader.periods):
        name, spot = _name(table, row, cell[1]), (right.spot[0], -1, cell)
        if not name <= said or len(name) <= len(own & said):
            continue
        if (own or len(name) >= _LEAST_OF_NAME) and not _tells(statement, cell) and reader.is_other(spot):
            return reader.trace(spot, right.fit, "", right.row_fit)
    return None


def _said(reader: Reader, right: Trace, own: frozenset[str], asked: frozenset[str]) -> frozenset[str]:
    """Return the words that say which head is meant: those by the claim, of the question, or of a total.

    A head is said by its period too. ``own`` are the words of that over the right place.
    """
    table, near = right.table, frozenset(reader.near)
    if table is None:
        return frozenset()
    (row, column), heads = right.spot[2][:2], table.column_axis.where.keys()
    if not heads.isdisjoint(near):
        return near
    has_period = bool(table.head_periods[column])
    if has_period and any(weight > ASKED_PERIOD for _, weight in reader.periods):
        return frozenset()
    if not heads.isdisjoint(asked):
        return asked
    says_row = reader.words.keys() <= stems_of_name(" ".join((*table.rows[row], table.caption)))
    return STEMS_OF_TOTAL if says_row and not has_period and own.isdisjoint(reader.topic) else frozenset()


def _others(table: TableEvidence, row: int, column: int, periods: Claimed) -> Iterator[Figure]:
    """Yield the cells of a row under other heads, those but of another period."""
    for cell in table.by_row[row]:
        if cell[1] != column and (
            not periods or period_fit(periods, table.head_periods[cell[1]]) >= OTHER_PERIOD
        ):
            yield cell


def _tells(statement: Statement, cell: Figure) -> bool:
    """Whether a statement has the value of a cell, as a figure or a number that is none."""
    value = _plain(cell[2].lstrip("-"))
    for number in _NUMBER.findall(statement.text):
        if value in (_plain(number.replace(",", "")), _plain(number.replace(".", "").replace(",", "."))):
            return True
    return False


def _plain(number: str) -> str:
    """Return a number without the zeros at the end of its decimals."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _name(table: TableEvidence, row: int, column: int) -> frozenset[str]:
    """Return the words that tell a head from others, but those that name its row too."""
    label, section = table.rows[row]
    return stems_of_name(table.heads[column]) - _UNITS - stems_of_name(label) - stems_of_name(section)
