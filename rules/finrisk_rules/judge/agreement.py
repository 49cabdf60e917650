"""Whether a figure of an answer and a figure of a source say the same: value, rounding, scale, unit."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Literal

from finrisk_rules.judge.evidence import Evidence, Spot
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.quantities import Quantity

Agreement = Literal["same", "rounded", "scale", ""]
"""The same; the same as rounded; the same but for scale or unit; another value."""

COARSEST = 0.1
"""Share of a figure that rounding may move it: 5 for 5.3, not 1 for 1.4."""

WHOLE = 0.5
"""What a whole number may be rounded by; by more where "about" stands before it."""

MOST_PERCENT = 100
"""What a figure without a unit in a table of amounts may be as a percentage: rows of rates are below."""

CUT_OFF = "JPY"
"""The currency whose reports cut off what is less than their unit: 512,836 thousand are 512 million yen."""

_SHARED_SIGNS = {"$": "USD AUD CAD HKD NZD SGD TWD", "¥": "JPY CNY"}
_POWERS = (-12, -9, -6, -3, 3, 6, 9, 12)


def tolerance(quantity: Quantity, *, is_about: bool) -> float:
    """Return how far a value may be from the written one, as written: half a unit of its last digit.

    With "about" the zeros at the end of a whole number do not count as written.
    """
    half = 0.5 * 10.0**-quantity.places
    if is_about and not quantity.places and quantity.value:
        digits = str(abs(int(quantity.value)))
        zeros = len(digits) - len(digits.rstrip("0"))
        half = 0.5 * 10.0 ** min(zeros, len(digits) - 1)
    return min(half, COARSEST * abs(float(quantity.value)))


def spots_like(quantity: Quantity, evidence: Evidence, half: float) -> list[tuple[Spot, Agreement]]:
    """Return the figures of a source that say the same; where none does, those of another scale or unit."""
    value = abs(float(quantity.value))
    reach = 2 * half if quantity.currency == CUT_OFF else half
    if not evidence.may_say(value, reach):
        return []
    spots = evidence.of_value(value, half)
    if quantity.unit == "basis_points":
        spots = spots + evidence.of_value(value / 100, half / 100)
    elif quantity.unit == "points":
        spots = spots + evidence.of_value(value * 100, half * 100)
    elif not quantity.unit:
        unit = 10.0 ** (quantity.scale or 0)
        if amounts := evidence.of_amount(value * unit, reach * unit):
            spots = spots + amounts
    agreeing = _agreeing(quantity, value, evidence, spots, half) if spots else []
    if quantity.scale and all(said == "scale" for _, said in agreeing):
        for power in _POWERS:
            factor = 10.0 ** (quantity.scale + power)
            others = evidence.of_amount(value * factor, half * factor)
            agreeing += _agreeing(quantity, value, evidence, others, half) if others else ()
    return agreeing


def says(evidence: Evidence, quantity: Quantity, half: float) -> bool:
    """Whether a source says the same of anything."""
    return any(said != "scale" for _, said in spots_like(quantity, evidence, half))


def _agreeing(
    quantity: Quantity, written: float, evidence: Evidence, spots: Sequence[Spot], half: float
) -> list[tuple[Spot, Agreement]]:
    agreeing: list[tuple[Spot, Agreement]] = []
    for spot in {id(spot): spot for spot in spots}.values() if len(spots) > 1 else spots:
        scales = evidence.tables[spot[0]].scales if spot[0] >= 0 else frozenset()
        if said := _agreement(quantity, written, spot[2], half, scales):
            is_count = spot[0] < 0 and _is_count_as_percent(quantity, spot[2])
            agreeing.append((spot, "scale" if is_count else said))
    return agreeing


def _is_count_as_percent(quantity: Quantity, stored: Figure) -> bool:
    """Whether a number of prose, without a unit, is too large for the percentage that is claimed."""
    return bool(quantity.unit) and not stored[4] and abs(float(stored[2])) > MOST_PERCENT


def agreement(
    quantity: Quantity, stored: Figure, half: float, scales: frozenset[int] = frozenset()
) -> Agreement:
    """Return how a figure agrees with a stored one: [.., .., value, scale, unit, currency].

    ``scales`` are those of its table: a row that is excepted from them ("except per share amounts") is taken
    as said in them too, since a page seldom tells exactly which rows it excepts.
    """
    return _agreement(quantity, abs(float(quantity.value)), stored, half, scales)


def _agreement(
    quantity: Quantity, written: float, stored: Figure, half: float, scales: frozenset[int]
) -> Agreement:
    """Return how a figure agrees with a stored one; ``written`` is its amount without its scale."""
    _, _, text, scale, unit, currency = stored
    value = abs(float(text))
    if quantity.unit or unit:
        return _of_units(quantity, written, value, scale, unit, currency, half)
    said = _exactness(quantity, text, written, value, half)
    if are_other_currencies(quantity.currency, currency):
        return "scale" if said else ""
    if quantity.scale is None:
        if said:
            return said
        return "same" if scale and _near(written, value * 10.0**scale, half) else ""
    amount, slack = written * 10.0**quantity.scale, half * 10.0**quantity.scale
    if scale is None:
        if said:
            return said
        return "rounded" if any(_near(amount, value * 10.0**power, slack) for power in (0, 3, 6)) else ""
    if quantity.currency == CUT_OFF and 0 <= value * 10.0**scale - amount < 2 * slack:
        return "rounded" if value * 10.0**scale != amount or said != "same" else "same"
    if _near(amount, value * 10.0**scale, slack):
        return "same" if scale == quantity.scale and said == "same" else "rounded"
    if said and scale == 0 and (quantity.scale in scales or not scales):
        return "rounded"
    return (
        "scale"
        if said
        or any(_near(amount * 10.0**power, value * 10.0**scale, slack * 10.0**power) for power in _POWERS)
        else ""
    )


def _of_units(
    quantity: Quantity, written: float, value: float, scale: int | None, unit: str, currency: str, half: float
) -> Agreement:
    if "basis_points" in (quantity.unit, unit) and quantity.unit != unit:
        other = value / 100 if unit == "basis_points" else value * 100
        if _near(written, other, half):
            return "same"
        return "scale" if _near(written, value, half) else ""
    if not _near(written, value, half):
        return ""
    said: Agreement = "same" if written == value else "rounded"
    if quantity.unit == unit:
        return said
    if not quantity.unit:
        return "scale" if quantity.currency or quantity.scale else said
    if not unit:
        return "scale" if currency or (scale and value > MOST_PERCENT) else said
    return "scale" if unit == "points" else said


def _exactness(quantity: Quantity, text: str, written: float, value: float, half: float) -> Agreement:
    if written == value:
        return "same" if len(text) < 16 or abs(quantity.value) == abs(Decimal(text)) else ""
    finer = value != int(value) or half > WHOLE
    return "rounded" if finer and _near(written, value, half) else ""


def _near(first: float, second: float, half: float) -> bool:
    return abs(first - second) <= half + first * 1e-9


def are_of_one_currency(names: Iterable[str]) -> bool:
    """Whether all that these currencies name may be one: "$" and "USD", not "$" and "EUR"."""
    return not any(are_other_currencies(one, two) for one, two in combinations({*names}, 2))


def are_other_currencies(first: str, second: str) -> bool:
    """Whether two currencies are named, and are not the same; "$" may be any dollar."""
    if not first or not second or first == second:
        return False
    return second not in _SHARED_SIGNS.get(first, "") and first not in _SHARED_SIGNS.get(second, "")
