"""A cell of another row than the one that is asked about, where the answer names none."""

from collections.abc import Callable

from finrisk_rules.judge.directions import says_direction
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.wording import STEMS_ABOUT_SOURCES

_OF_FIRM = stems(
    "company group firm bank issuer corporation partnership trust it they compared versus against"
)
"""Words beside a figure that name no row."""

_MOST_ROWS, _ROWS_A_LOOK = 64, 8
"""Rows of a table that a question may name, and how many are read for one look."""


def asked_elsewhere(
    reader: Reader, right: Trace, asked: frozenset[str], answer: Callable[[], frozenset[str]]
) -> Trace | None:
    """Return the cell of the row that the question names, where a claim of no row has its value in another.

    "It was 80" of the operating profit, asked about net income. ``asked`` are the words of the question,
    ``answer`` returns those of all the answer: what that speaks of anywhere a pronoun may stand for.
    """
    table = right.table
    if table is None or table.is_turned or reader.operands:
        return None
    row, column = right.spot[2][:2]
    own = stems_of_name(table.rows[row][0])
    if not own or own <= asked or not _names_no_row(reader, asked):
        return None
    rows = {at: stems_of_name(label) for at, (label, _) in enumerate(table.rows[:_MOST_ROWS])}
    named = [at for at, name in rows.items() if name and name <= asked]
    reader.allowance.spend(1 + len(rows) // _ROWS_A_LOOK)
    if len({rows[at] for at in named}) != 1:
        return None
    apart = own - rows[named[0]] - STEMS_OF_TOTAL
    if not apart or not apart.isdisjoint(asked) or not apart.isdisjoint(answer()):
        return None
    cells: list[Figure] = [cell for at in named for cell in table.by_row.get(at, ()) if cell[1] == column]
    for cell in cells:
        spot = (right.spot[0], -1, cell)
        if reader.is_other(spot):
            return reader.trace(spot, right.fit, "", right.row_fit)
    return None


def _names_no_row(reader: Reader, asked: frozenset[str]) -> bool:
    """Whether the words of a claim's statement say nothing that could name a row."""
    words = reader.words.keys() - asked - STEMS_ABOUT_SOURCES - _OF_FIRM
    return all(not word.isalpha() or says_direction(word) for word in words)
