"""Shares: which percentage a row is of another, where the answer names both and writes that alone.

``Europe made up 33 % of net sales`` stands in no cell, but follows from two of one column.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from finrisk_rules.judge.agreement import agreement
from finrisk_rules.judge.changes import MOST_CELLS
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.fits import GOOD_ROW
from finrisk_rules.judge.period_fits import comparable, same_period
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.vocabulary import whole

SAME = 0.8
"""Fit from which on two periods are one."""

_MOST_CHARACTERS = 120
_OF = re.compile(rf"\s*{whole('of von der des de du del dei')}", re.IGNORECASE)
_END_OF_WHOLE = re.compile(rf"[,;:.()\d]|{whole('in for im für en pour during')}", re.IGNORECASE)
_FROM = re.compile(
    rf"\s{whole('came come comes stemmed stems derived arose originated kam kamen stammt stammte provenait')}"
    rf"\s[^,;.\d]{{0,12}}?{whole('from in aus von de du des by')}",
    re.IGNORECASE,
)
"""What leads from a whole to its part: ``33 % of sales came from Europe``."""


class _Names(NamedTuple):
    """The words of a part and of its whole."""

    part: frozenset[str]
    all: frozenset[str]


def share_of(text: str, claim: Claim, readers: Sequence[Reader], claims: Sequence[Claim]) -> Trace | None:
    """Return the place of the part where a claim is which percentage of a whole it is, else None.

    ``claims`` are all of the sentence: what a share is compared with is the same share of another period.
    """
    names = _names(text, claim) if _may_be_share(claim) else None
    if names is None and _may_be_share(claim) and claim.phrase.is_base and claim.phrase.periods:
        before = (
            each for each in claims if each.quantity.end <= claim.quantity.start and _may_be_share(each)
        )
        names = next((of for each in before if (of := _names(text, each))), None)
    if names is None:
        return None
    for reader in readers:
        for at, table in enumerate(reader.evidence.tables):
            for part, total in _pairs(table, names, reader):
                ratio = float(part[2]) / float(total[2]) * 100
                figure = [*part[:2], f"{ratio:.4f}", None, "percent", ""]
                said = agreement(claim.quantity, figure, reader.half)
                if said not in ("", "scale") and reader.allows(figure):
                    return reader.trace((at, -1, part), 1.0, said, 1.0)
    return None


def _may_be_share(claim: Claim) -> bool:
    return claim.quantity.unit == "percent" and not claim.is_change


def _names(text: str, claim: Claim) -> _Names | None:
    """Return what a sentence calls the part and the whole; None where it names no whole."""
    start, end = claim.quantity.start, claim.quantity.end
    of = _OF.match(text, end)
    if of is None:
        return None
    rest = text[of.end() : of.end() + _MOST_CHARACTERS]
    came = _FROM.search(rest)
    stop = _END_OF_WHOLE.search(rest)
    total = rest[: min(each.start() for each in (came, stop) if each)] if came or stop else rest
    part = rest[came.end() :] if came else text[max(0, start - _MOST_CHARACTERS) : start]
    names = _Names(stems(part), stems(total))
    return names if all(names) else None


def _pairs(table: TableEvidence, names: _Names, reader: Reader) -> Iterator[tuple[Figure, Figure]]:
    """Yield the figures of part and whole in each column of the claim's periods, both above zero."""
    if table.is_turned:
        return
    part, total = _row(table, names.part, names.all), _row(table, names.all)
    if part is None or total is None or part == total:
        return
    cells = table.by_row[part][:MOST_CELLS]
    of_total = {cell[1]: cell for cell in table.by_row[total][:MOST_CELLS]}
    for cell in cells:
        other = of_total.get(cell[1])
        is_of_period = not reader.periods or any(
            same_period(period, each) >= SAME
            for period, _ in reader.periods
            for each in comparable([period], table.head_periods[cell[1]])
        )
        are_amounts = other is not None and cell[3:5] == other[3:5] and not cell[4]
        if other and is_of_period and are_amounts and float(cell[2]) > 0 < float(other[2]):
            yield cell, other


def _row(table: TableEvidence, words: frozenset[str], of_section: frozenset[str] = frozenset()) -> int | None:
    """Return the row that fits these words best and well, None where none or several do.

    Of two namesakes, the one below a head with words ``of_section``: a region's sales, not its profit.
    """
    fits = table.row_axis.fits(dict.fromkeys(words, 1.0), table.column_axis)
    best = sorted((row for row in fits if row in table.by_row), key=fits.__getitem__, reverse=True)
    names = [table.rows[row][0] for row in best]
    alike = [
        row for row, name in zip(best, names, strict=True) if fits[row] == fits[best[0]] or name == names[0]
    ]
    if len(alike) > 1:
        alike = [row for row in alike if not of_section.isdisjoint(stems_of_name(table.rows[row][1]))]
    return alike[0] if len(alike) == 1 and fits[alike[0]] >= GOOD_ROW else None
