"""Measures: whether a figure says money, or a scale, of what its place counts or weighs.

``8,415 million employees``, ``US$214.7 million`` of 214.7 kt and ``EPS of $2.41 million`` have the digits of
their place and not what it measures.
"""

from collections.abc import Iterator
from functools import lru_cache

from finrisk_rules.judge.agreement import Agreement, are_other_currencies
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.governors import is_led_by_change
from finrisk_rules.judge.physical import unit_behind, unit_named
from finrisk_rules.judge.things import (
    Measure,
    is_of_money,
    is_of_papers,
    is_of_staff,
    measure_beside,
    measure_of,
)
from finrisk_rules.judge.traces import Trace
from finrisk_rules.quantities import Quantity
from finrisk_rules.scales import currency_named, scale_said

_FLOAT_ERROR = 1e-9
MOST_STAFF, MOST_THINGS = 1e7, 1e10
"""More than anybody employs, and more than there are of anything that is counted one by one."""


def is_of_another_measure(claim: Claim, trace: Trace, slack: float) -> bool:
    """Whether a figure of money, a scale or points says it of what is none; ``slack`` is that of its digits.

    A row that is called after things alone may be money that was made with them: there the figure must count
    things itself. One of amounts a share is taken as said in the scale of its table, since few pages tell
    which rows they except, unless the figure itself is said to be "per share".
    """
    quantity = claim.quantity
    if quantity.unit == "points" and trace.spot[2][4] == "percent":
        return _is_growth(claim, trace)
    _, _, written, scale, unit, currency = trace.spot[2]
    if unit:
        return False
    if trace.table is None and currency and quantity.scale and not scale and trace.evidence.writes_scales:
        return True
    is_bare = trace.table is None and not (quantity.currency or currency or scale or "." in written)
    if is_bare and quantity.scale and _is_beyond(quantity, float(written), slack):
        return True
    if trace.table is None:
        measure = "" if scale else _in_prose(trace)
        if currency and measure != "each":
            measure = ""
        said, is_employed = bool(measure), False
    else:
        row, column = trace.spot[2][:2]
        label, section = trace.table.rows[row]
        head = trace.table.heads[column]
        if quantity.currency and not currency:
            if is_of_papers(label) or is_of_papers(head):
                return True
            if are_other_currencies(quantity.currency, currency_named(head) or currency_named(label)):
                return True
        measure, name = _of_names(label, head, section)
        if not measure:
            return False
        if measure == "each" and (claim.measure != "each" or scale or _has_scale(label, head, section)):
            return False
        said = bool(currency) or not scale
        is_employed = is_of_staff(name)
        if measure == "count" and not (claim.measure == "count" or is_employed):
            return False
        if measure == "count" and name != label and is_of_money(label):
            return False
        if measure == "count" and ("." in written or _has_scale(label, head, section)):
            return bool(quantity.currency)
    if not measure:
        return False
    if measure == "cents" and scale and not _is_beyond(quantity, float(written) * 10.0**scale, slack):
        return False
    if quantity.currency and measure != "each":
        return True
    if measure not in ("count", "each") or not quantity.scale:
        return False
    if said:
        return _is_beyond(quantity, float(written), slack)
    return abs(float(quantity.amount)) >= (MOST_STAFF if is_employed else MOST_THINGS)


def _is_beyond(quantity: Quantity, there: float, slack: float) -> bool:
    """Whether a figure with its scale is another amount; ``slack`` is that of its digits."""
    return abs(abs(float(quantity.amount)) - abs(there)) > slack * 10.0 ** (quantity.scale or 0)


def in_units(claim: Claim, trace: Trace, slack: float) -> Agreement | None:
    """Return how a figure with a physical unit agrees with its place; None where that names none.

    A unit with a power of its own, "(kt)", is not in the scale of its table; another one may be.
    """
    value, scale = trace.spot[2][2:4]
    if trace.table is None:
        end = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][5]
        unit = unit_behind(trace.place.sentence, end)
        scales = {scale or 0}
    else:
        row, column = trace.spot[2][:2]
        label, section = trace.table.rows[row]
        names = label, trace.table.heads[column], section
        unit = next(filter(None, map(unit_named, names)), None)
        scales = {next(filter(None, (scale_said(name).power for name in names)), 0), scale or 0}
    if unit is None or claim.unit is None:
        return None
    if unit.kind != claim.unit.kind:
        return "scale"
    quantity = claim.quantity
    power = claim.unit.power - unit.power + (quantity.scale or 0)
    written, there = abs(float(quantity.value)), abs(float(value))
    for each in scales:
        factor = 10.0 ** (power - each)
        if abs(written * factor - there) <= slack * factor + there * _FLOAT_ERROR:
            return "same" if written * factor == there else "rounded"
    return "scale"


def _names(label: str, head: str, section: str) -> Iterator[str]:
    """Yield the names that may tell what a cell measures: that of a section only where it is of staff."""
    yield from (label, head)
    if is_of_staff(section):
        yield section


@lru_cache(maxsize=8192)
def _of_names(label: str, head: str, section: str) -> tuple[Measure, str]:
    """Return what a cell measures by its names, and the one that tells so; ("", "") where none does."""
    told = ((measure_of(each), each) for each in _names(label, head, section))
    return next((each for each in told if each[0]), ("", ""))


def _has_scale(label: str, head: str, section: str) -> bool:
    return any(scale_said(each).power for each in _names(label, head, section))


def _is_growth(claim: Claim, trace: Trace) -> bool:
    """Whether points are said of what grew by percent: of a row of amounts, or of a change in prose."""
    if (table := trace.table) is None:
        start = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4]
        return claim.is_change or is_led_by_change(trace.place.sentence, start)
    row, column = trace.spot[2][:2]
    others = [cell for cell in table.by_row[row] if not table.has_change_over[cell[1]]]
    is_of_year = len(table.head_periods[column]) == 1  # "2024 %" beside "2024 £m"
    has_change = table.has_change_over[column] and not is_of_year
    return has_change and bool(others) and not any(cell[4] for cell in others)


def has_own_measure(trace: Trace) -> bool:
    """Whether a place counts or weighs something, so that a scale that is said of money is none of it."""
    written, *_, currency = trace.spot[2][2:]
    if trace.table is None:
        measure = "" if currency else _in_prose(trace)
    else:
        measure = measure_of(trace.table.rows[trace.spot[2][0]][0])
    return bool(measure) and not (measure == "count" and "." in written)


def _in_prose(trace: Trace) -> Measure:
    start, end = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4:6]
    return measure_beside(trace.place.sentence, start, end)
