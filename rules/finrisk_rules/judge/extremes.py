"""Extremes: a figure that is said to be the largest, and is the smallest of those it stands among.

That contradicts whatever is ranked, a total or no total: no choice of parts makes the largest one of all the
smallest.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from finrisk_rules.judge.table_evidence import Figure, TableEvidence, is_balance
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import RESULT, whole
from finrisk_rules.patterns import pattern_of

LEAST_PEERS = 3

_AHEAD = pattern_of(
    whole(
        "ahead_of versus vs against compared_with compared_to followed_by before than vor gegenüber devant "
        "contre frente_a"
    ),
    re.IGNORECASE,
)
"""Behind a figure that is ranked, what leads to the next one: "the largest at 7 %, ahead of B with 4 %"."""

_BETWEEN = 80


def is_next_beyond(
    text: str, at: int, traced: Sequence[Traced], *, is_largest: bool | None, is_of_times: bool
) -> bool:
    """Whether the figure that follows the largest is larger still, or that behind the smallest smaller.

    Compared are figures of one column, or of one row where its periods are ranked.
    """
    if is_largest is None or at + 1 >= len(traced):
        return False
    (one, place), (two, other) = traced[at], traced[at + 1]
    start, end = one.quantity.end, two.quantity.start
    if place is None or other is None or end - start > _BETWEEN or not _AHEAD.search(text, start, end):
        return False
    if not _are_peers(place, other, is_of_times=is_of_times):
        return False
    first, second = abs(place.value), abs(other.value)
    return first != second and (first > second) != is_largest


def _are_peers(one: Trace, other: Trace, *, is_of_times: bool) -> bool:
    if one.table is None or one.table is not other.table or one.spot[2][3:5] != other.spot[2][3:5]:
        return False
    (row, column), (next_row, next_column) = one.spot[2][:2], other.spot[2][:2]
    if row != next_row:
        return column == next_column and not is_of_times
    return is_of_times or one.table.head_periods[column] == one.table.head_periods[next_column]


def is_at_other_end(table: TableEvidence, figure: Figure, *, is_largest: bool) -> bool:
    """Whether a figure that should be the largest is the smallest of its column, or the reverse.

    So it is with a row whose columns are of one time. What there was at the beginning and at the end is no
    peer of what came between.
    """
    column = [cell for cell in table.by_column[figure[1]] if cell[3:5] == figure[3:5]]
    between = [cell for cell in column if not _is_stand(table, cell[0])]
    if not _is_stand(table, figure[0]) and len(between) < len(column):
        column = between
    time = table.head_periods[figure[1]]
    row = [
        cell
        for cell in table.by_row[figure[0]]
        if cell[3:5] == figure[3:5] and table.head_periods[cell[1]] == time
    ]
    return any(_is_last(figure, peers, is_largest=is_largest) for peers in (column, row))


def _is_last(figure: Figure, peers: Sequence[Figure], *, is_largest: bool) -> bool:
    sizes, own = [abs(float(cell[2])) for cell in peers], abs(float(figure[2]))
    if len(set(sizes)) < LEAST_PEERS or sizes.count(own) > 1:
        return False
    return own == (min(sizes) if is_largest else max(sizes))


def _is_stand(table: TableEvidence, row: int) -> bool:
    return bool(table.row_periods[row]) or is_balance(table.rows[row][0])


@lru_cache(maxsize=512)
def has_results(table: TableEvidence) -> bool:
    """Whether rows are steps to a result, such as sales and profit, and so no parts that are ranked."""
    return any(RESULT.search(label) and not table.row_periods[n] for n, (label, _) in enumerate(table.rows))
