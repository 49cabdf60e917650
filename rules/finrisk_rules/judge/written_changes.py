"""How much a change was, beside both its ends: ``rose 14.2 % to $4.21 billion from $3.75 billion``."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finrisk_rules.judge.bounds import bound
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.fractions import COUNTS, PARTS, has_fraction, holds
from finrisk_rules.judge.governors import leads_to
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import CHANGED, whole
from finrisk_rules.judge.written_ends import Ends
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

_OTHER_MEASURE = pattern_of(
    whole(
        "organic organically comparable like-for-like constant currency currencies underlying adjusted "
        "pro_forma excluding local same-store same_store annualized annualised compound cagr average "
        "averaged per_year annually organisch bereinigt währungsbereinigt vergleichbar organique "
        "comparable périmètre cambio orgánico orgánica constante costanti"
    ),
    re.IGNORECASE,
)
"""What makes a change one of another measure than the ends that stand beside it."""

_LEADS = (
    "or i.e that is a an the of by about around nearly almost roughly approximately some just over under "
    "more less than well only rund etwa fast knapp ein eine einem um von oder soit un une de d environ près "
    "casi unos una circa quasi sharp steep slight modest small"
)
_AGAIN_WORDS = whole(" ".join([*_LEADS.split(), *sorted(CHANGED)]))
_AGAIN = pattern_of(
    rf"(?:[^\d;]|(?:19|20)\d\d(?!\d)){{0,40}}?(?:[,(]|\sor)\s*"
    rf"(?:{_AGAIN_WORDS}[\s.,'\u2019]*){{0,6}}[-+\u2212]?\s?",
    re.IGNORECASE,
)
"""Between the second end and the change in percent: "from 5 in 2023, an increase of 6 %", "(+6 %)"."""

_OTHER = pattern_of(
    whole("and but while whereas with which und aber während et mais tandis y pero mientras e ma mentre"),
    re.IGNORECASE,
)
"""What goes over to another change."""

_PART = pattern_of(
    r"(?<!\w)(?:by|of|um|d['\u2019]|de)\s*(?:[^\W\d]+\s+){0,2}?"
    rf"(?P<whole>(?:(?P<count>{'|'.join(COUNTS)})[ -])?(?P<part>{'|'.join(PARTS)})s?)"
    r"(?![\w-]|\s+(?:of|der|des|de|du|to|auf|à)\b)",
    re.IGNORECASE,
)
_ABOUT = 0.12
"""How far from a change, as a share of it, it may be where "about" stands before it."""


def of_another_change(text: str, traced: Sequence[Traced], ends: Sequence[Ends]) -> Iterator[int]:
    """Yield the numbers of the changes that are not what lies between the ends that the sentence writes.

    Of a change in a fraction ("by a half") that of its later end. What a source says of the same row or in
    the same sentence is believed, and what is of another measure than the ends ("organically").
    """
    if _OTHER_MEASURE.search(text):
        return
    claims = [claim for claim, _ in traced]
    for each in ends:
        old, new = (claims[n].quantity for n in (each.old, each.new))
        if not old.value:
            continue
        for n in _changes(text, claims, each):
            if not _is_said_there(traced[n][1], traced[each.new][1]) and not _comes_out(claims[n], old, new):
                yield n
    if len(ends) == 1 and has_fraction(text) and claims[ends[0].old].quantity.value:
        old, new = (claims[n].quantity for n in (ends[0].old, ends[0].new))
        parts = list(_PART.finditer(text))
        if len(parts) == 1 and not _is_part(text, parts[0], old, new):
            yield ends[0].new


def _changes(text: str, claims: Sequence[Claim], ends: Ends) -> Iterator[int]:
    """Yield the numbers of the figures that say by how much: right behind the word, and behind both ends."""
    first, last = sorted((ends.old, ends.new))
    for n in range(max(0, first - 2), last):
        quantity = claims[n].quantity
        if n != first and quantity.start >= ends.said.end and leads_to(text, ends.said, quantity.start):
            yield n
    behind = last + 1
    if behind < len(claims) and claims[behind].quantity.unit == "percent":
        start, end = claims[last].quantity.end, claims[behind].quantity.start
        is_signed = text[end : end + 1] in "+-\u2212(" or text[end - 1 : end] in "+-\u2212"
        is_again = _AGAIN.fullmatch(text, start, end) and not _OTHER.search(text, start, end)
        if (claims[behind].is_change or is_signed) and is_again:
            yield behind


def _is_said_there(change: Trace | None, new: Trace | None) -> bool:
    """Whether a change stands in the row or the sentence of its later end."""
    if change is None or new is None or change.source != new.source or change.spot[0] != new.spot[0]:
        return False
    if change.table is None:
        return change.spot[1] == new.spot[1]
    row, column = change.spot[2][:2]
    return bool(row == new.spot[2][0]) and change.table.is_change(row, column)


def _comes_out(change: Claim, old: Quantity, new: Quantity) -> bool:
    """Whether a change is what lies between two figures, as far as all three are rounded."""
    quantity = change.quantity
    is_amount = None not in (old.scale, new.scale)
    lows, highs = zip(*(_range(each, is_amount=is_amount) for each in (old, new)), strict=True)
    said = abs(quantity.amount)
    slack = _half(quantity)
    if change.is_about or change.bound:
        slack = max(slack, said * Decimal(str(_ABOUT)))
    ways: list[tuple[Decimal, Decimal]] = []
    if quantity.unit == "percent" and lows[0] > 0:
        ways.append((100 * (lows[1] / highs[0] - 1), 100 * (highs[1] / lows[0] - 1)))
    if quantity.unit != "percent":
        factor = 100 if quantity.unit == "basis_points" else 1
        ways.append((factor * (lows[1] - highs[0]), factor * (highs[1] - lows[0])))
    return not ways or any(
        low - slack <= signed <= high + slack for low, high in ways for signed in (said, -said)
    )


def _range(quantity: Quantity, *, is_amount: bool) -> tuple[Decimal, Decimal]:
    value = abs(quantity.amount if is_amount else quantity.value)
    half = _half(quantity) if is_amount else Decimal(5).scaleb(-quantity.places - 1)
    return value - half, value + half


def _half(quantity: Quantity) -> Decimal:
    """Return half a unit of the last digit, with the scale."""
    return Decimal(5).scaleb((quantity.scale or 0) - quantity.places - 1)


def _is_part(text: str, said: re.Match[str], old: Quantity, new: Quantity) -> bool:
    """Whether a figure changed by the part of the earlier one that is said."""
    share = COUNTS[(said["count"] or "a").lower()] / PARTS[said["part"].lower()]
    first, second = (old.value, new.value) if None in (old.scale, new.scale) else (old.amount, new.amount)
    return holds(share, abs(float(second / first) - 1), bound(text, said.start("whole"), said.end("whole")))
