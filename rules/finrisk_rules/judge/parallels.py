"""Parallels: figures that a sentence lists in one go, of one column, one section and one year of a table.

"Process with 1,988, followed by Building with 1,264 and Sensing with 139" says no other measure of Sensing,
and "profit was 45, while finance costs fell to 11" no other year.
"""

from collections.abc import Iterator, Sequence

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.comparison_words import YEAR_BEFORE
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.patterns import pattern_of

_LONGEST = 120
_SIGN = pattern_of(r"[+*/=\u00d7\u00f7\u2212\u2248|]|\A[^\w]*\Z|\s-\s")
"""Between operands of a calculation or cells of a table: these are no list."""

_JOINTS = stems(
    "followed ahead behind then while versus against compared about around approximately nearly roughly "
    "almost gefolgt vor suivi devant seguido seguida seguito million billion thousand Mio Mrd millones "
    "milioni millions milliards euro euros dollars"
)
"""Words that join what is listed, and those of its scale."""


def of_another_line(text: str, traced: Sequence[Traced]) -> Iterator[tuple[int, Trace]]:
    """Yield the claims that are listed with one before and do not stand beside it, with what does.

    One whose row its words do not name may be of none: beside "the stage was 3" stands nothing.
    """
    for n in range(1, len(traced)):
        (one, first), (two, second) = traced[n - 1], traced[n]
        if first is None or second is None or first.table is None or first.table is not second.table:
            continue
        if not first.row_fit:
            continue
        between = text[one.quantity.end : two.quantity.start]
        if len(between) > _LONGEST or _SIGN.search(between) or two.phrase.is_base or one.phrase.is_base:
            continue
        cell = _measure_beside(first, second, between) or _year_beside(one, two, first, second, between)
        if cell and cell[2] != second.spot[2][2]:
            yield (
                n,
                Trace(
                    second.source,
                    second.text,
                    second.evidence,
                    (second.spot[0], -1, cell),
                    0.0,
                    "",
                    1.0,
                    second.table,
                ),
            )


def _measure_beside(first: Trace, second: Trace, between: str) -> Figure | None:
    """Return the cell of the second row that is as that of the first one, where words name the row alone."""
    table = second.table
    if table is None:
        return None
    row, column = second.spot[2][:2]
    label, section = table.rows[row]
    other_label, other_section = table.rows[first.spot[2][0]]
    if row == first.spot[2][0] or label == other_label or not stems_of_name(label):
        return None
    said = stems(between) - _JOINTS - stems_of_name(other_label)
    if not said or not said <= stems_of_name(label):
        return None
    rows = (
        [at for at, name in enumerate(table.rows) if tuple(name) == (label, other_section)]
        if section != other_section
        else [row]
    )
    head = first.spot[2][1]
    if section == other_section and table.head_periods[head] != table.head_periods[column]:
        return None
    return _cell(table, rows, head if section == other_section else column, second.spot[2])


def _year_beside(one: Claim, two: Claim, first: Trace, second: Trace, between: str) -> Figure | None:
    """Return the cell of the second row in the year of the first one, where the sentence names no year."""
    table = second.table
    if (
        table is None
        or one.is_about
        or one.phrase.periods
        or two.phrase.periods
        or YEAR_BEFORE.search(between)
    ):
        return None
    row, column = second.spot[2][:2]
    head = first.spot[2][1]
    years, others = table.head_periods[column], table.head_periods[head]
    if row == first.spot[2][0] or not (len(years) == len(others) == 1) or years == others:
        return None
    return _cell(table, [row], head, second.spot[2])


def _cell(table: TableEvidence, rows: Sequence[int], column: int, like: Figure) -> Figure | None:
    """Return the only cell of these rows in a column that is of the kind of another one."""
    cells = [cell for row in rows for cell in table.by_row.get(row, ()) if cell[1] == column]
    return cells[0] if len(cells) == 1 and cells[0][3:5] == like[3:5] else None
