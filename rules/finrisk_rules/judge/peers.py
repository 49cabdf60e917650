"""Peers: the figures of a table with which one is ranked: other parts of a total, other years of its row."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, combinations

from finrisk_rules.judge.table_evidence import Figure, TableEvidence

_LEAST_PARTS, _MOST_ROWS, _ROUNDED = 2, 64, 0.005


def parts(table: TableEvidence, figure: Figure) -> Sequence[Figure]:
    """Return the figures of a column whose rows, with that of the figure, make up a total; () for none.

    In one column rows that are parts add up; in another one, of margins, they are parts all the same.
    """
    rows = _groups(table).get(figure[0], frozenset())
    column = table.by_column.get(figure[1], ())
    return [cell for cell in column if cell[0] in rows and cell[3:5] == figure[3:5]]


def siblings(table: TableEvidence, figure: Figure) -> Sequence[Figure]:
    """Return the figures of a row whose columns, with that of the figure, make up a total; () for none."""
    columns = _groups_of_columns(table).get(figure[1], frozenset())
    return [cell for cell in table.by_row[figure[0]] if cell[1] in columns and cell[3:5] == figure[3:5]]


def times(table: TableEvidence, figure: Figure) -> Sequence[Figure]:
    """Return the figures of a row that are of other periods as long as that of the figure; () for none."""
    kind = _part_of(table, figure)
    if kind is None:
        return ()
    return [
        cell for cell in table.by_row[figure[0]] if cell[3:5] == figure[3:5] and _part_of(table, cell) == kind
    ]


def _part_of(table: TableEvidence, figure: Figure) -> tuple[bool, str] | None:
    """Return whether a column is of a part of a year, and what else its head says.

    None where it names no period or several.
    """
    named = table.head_periods[figure[1]]
    return (bool(named[0][1]), table.kinds[figure[1]]) if len(named) == 1 else None


@lru_cache(maxsize=512)
def _groups(table: TableEvidence) -> dict[int, frozenset[int]]:
    """Return the rows that are parts of one total, by each of them, by the first column that adds up."""
    groups: dict[int, frozenset[int]] = {}
    for column in table.by_column.values():
        cells = [cell for cell in column if not cell[4]][:_MOST_ROWS]
        for members in _sums([float(cell[2]) for cell in cells]):
            rows = frozenset(cells[at][0] for at in members)
            for row in rows:
                groups.setdefault(row, rows)
    return groups


@lru_cache(maxsize=512)
def _groups_of_columns(table: TableEvidence) -> dict[int, frozenset[int]]:
    """The same of columns, which are of one period or of none."""
    groups: dict[int, frozenset[int]] = {}
    for cells in list(table.by_row.values())[:_MOST_ROWS]:
        amounts = [cell for cell in cells if not cell[4]][:_MOST_ROWS]
        for members in _sums([float(cell[2]) for cell in amounts]):
            columns = frozenset(amounts[at][1] for at in members)
            if len({table.head_periods[column] for column in columns}) == 1:
                for column in columns:
                    groups.setdefault(column, columns)
    return groups


def _sums(values: Sequence[float]) -> Iterator[range]:
    """Yield the stretches of figures above zero that add up to the one behind or before them."""
    sums = [0.0, *accumulate(values)]
    for first, end, total in _spans(len(values)):
        is_sum = abs(sums[end] - sums[first] - values[total]) <= _ROUNDED * abs(values[total])
        if is_sum and min(values[first:end]) >= 0 < values[total]:
            yield range(first, end)


def _spans(count: int) -> Iterator[tuple[int, int, int]]:
    """Yield stretches as (first, end, total), where the total stands behind or before them."""
    for first, end in combinations(range(count + 1), 2):
        if end - first >= _LEAST_PARTS:
            if end < count:
                yield first, end, end
            if first > 0:
                yield first, end, first - 1
