"""Bases without a year: ``to 11.42 % in 2024 from 10.55 %`` is of the year before, and no other."""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.traces import Trace, Traced

_YEAR_BEHIND = re.compile(r".{0,12}(?<!\d)(?:19|20)\d\d(?!\d)")
_YEARS = re.compile(r"(?<!\w)(?:years|decade|jahre|jahren|ans|années|años|anni)(?!\w)", re.IGNORECASE)


def of_another_base(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims with which one of a table is compared, and that are of another year.

    Of its own row that is the year before, of another row the same one, but where its name says its year.
    """
    if not any(claim.phrase.is_base for claim, _ in traced):
        return
    for n, (claim, base) in enumerate(traced):
        if base is None or base.table is None or not claim.phrase.is_base or claim.phrase.periods:
            continue
        if _YEAR_BEHIND.match(text, claim.quantity.end):
            continue
        one = _compared(traced, n, base)
        if one is not None and _is_of_another_year(one, base) and not _YEARS.search(text):
            yield n


def _compared(traced: Sequence[Traced], n: int, base: Trace) -> Trace | None:
    """Return the place of what is compared with a base in its table: behind it in its row, else before it."""
    behind = traced[n + 1][1] if n + 1 < len(traced) else None
    if behind and behind.table is base.table and behind.spot[2][0] == base.spot[2][0]:
        return behind
    before = traced[n - 1][1] if n else None
    return before if before and before.table is base.table else None


def _is_of_another_year(one: Trace, base: Trace) -> bool:
    table = base.table
    if table is None or table.is_turned or len(one.years) != 1 or len(base.years) != 1:
        return False
    (row, column), base_row = one.spot[2][:2], base.spot[2][0]
    [year], [base_year] = one.years, base.years
    if row == base_row:
        before = table.year_before(row, column)
        return before is not None and base_year < year - 1 and base.value != before
    if table.row_periods[base_row]:
        return False
    return base_year != year and any(cell[1] == column for cell in table.by_row[base_row])
