"""Differences, ratios, changes and parts that words name, of two figures beside their result."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.expressions import Expression, Term
from finrisk_rules.judge.sayings import LOOKS_BACK, WINDOW, Saying
from finrisk_rules.judge.sizes import SIZES, grouped, may_be
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

_OF = pattern_of(r"\W*(?<![^\W_])(?:of|von|der|des|de|du|del|dei)(?![^\W_])", re.IGNORECASE)
_TO = pattern_of(r"\s*(?:to|auf|à|a)\s+[^\w\s]{0,3}", re.IGNORECASE)
"""Between how much something changed and what it came to, which are no part and whole."""

_BY = pattern_of(r"(?<![^\W_])(?:by|um)[^\w]*\Z")


def differences(said: Saying, figures: Sequence[Quantity], here: int) -> Iterator[Calculation]:
    """Yield each figure of three neighbours as the difference of the two others.

    The last may say again, in another unit, what stands before it: then it takes the two before that. What
    a change starts from is no result.
    """
    for at in range(max(2, here), len(figures)):
        trios = [figures[at - 2 : at + 1]]
        if at > 2:
            trios.append([*figures[at - 3 : at - 1], figures[at]])
        for trio in trios:
            smallest_first = sorted(trio, key=lambda each: abs(_ones(each)))
            larger = smallest_first[-1]
            for result, smaller in (smallest_first[:2], smallest_first[1::-1]):
                if not may_be(result, *(size(larger) - size(smaller) for size in SIZES)):
                    continue
                are_levels = result.unit == smaller.unit == larger.unit == "percent"
                if (are_levels and _BY.search(said.words_before(result))) or said.starts_from(result):
                    continue  # two percentages differ by points
                operands = (smaller, larger) if result.value < 0 else (larger, smaller)
                yield Calculation(Expression((Term(operands[0]), Term(operands[1]), "-")), result)


def _ones(figure: Quantity) -> Decimal:
    return figure.amount / 100 if figure.unit == "basis_points" else figure.amount


def operand_pairs(amounts: Sequence[Quantity], result: Quantity) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield the two figures before the result, those on its sides, and the two behind it.

    A difference that stands between the two and the result ("from 4 to 5, by 1 or 25 %") is passed over.
    """
    before = [each for each in amounts if each.end <= result.start][-3:]
    behind = [each for each in amounts if each.start >= result.end][:3]
    if len(before) >= 2:
        yield before[-2], before[-1]
    if len(before) == 3 and abs(before[0].amount - before[1].amount) == abs(before[2].amount):
        yield before[0], before[1]
    if before and behind:
        yield before[-1], behind[0]
    if len(behind) >= 2:
        yield behind[0], behind[1]
    if len(behind) == 3 and abs(behind[1].amount - behind[2].amount) == abs(behind[0].amount):
        yield behind[1], behind[2]


def quotients(said: Saying, result: Quantity, left: Quantity, right: Quantity) -> Iterator[Calculation]:
    """Yield the result as the ratio of two figures, as the change between them, or as a part of them."""
    first, second = grouped(left), grouped(right)
    if not first or not second:
        return
    if result.unit != "percent":
        if result.unit:
            return
        if "change" in said.kinds and first < second:
            left, right = right, left
        if may_be(result, grouped(left) / grouped(right)):
            yield Calculation(Expression((Term(left), Term(right), "/")), result)
        return
    if "change" in said.kinds and may_be(result, first / second - 1, second / first - 1):
        for base in _bases(said, left, right):
            other = right if base is left else left
            yield Calculation(Expression((Term(other), Term(base), "-", Term(base), "/")), result)
    if said.kinds & LOOKS_BACK and "quotient" not in said.kinds and not _is_part(said, result, left, right):
        return
    if _BY.search(said.words_before(left)) and _TO.fullmatch(said.text, left.end, right.start):
        return
    part, whole = sorted((left, right), key=lambda each: abs(each.amount))
    if abs(result.value) > 100:
        part, whole = whole, part
    if may_be(result, grouped(part) / grouped(whole)):
        yield Calculation(Expression((Term(part), Term(whole), "/")), result)
    if may_be(part, grouped(whole) * float(result.value)):
        yield Calculation(Expression((Term(result), Term(whole), "*")), part)


def _is_part(said: Saying, result: Quantity, left: Quantity, right: Quantity) -> bool:
    """Whether a word makes a percentage one of a whole: ``12 % of 9.6``, ``12 % (1.2 of 9.6)``."""
    between = said.text[left.end : min(right.start, left.end + WINDOW)]
    return bool(_OF.match(said.text, result.end) or _OF.search(between))


def _bases(said: Saying, left: Quantity, right: Quantity) -> Sequence[Quantity]:
    """Return which of two figures a change starts from: a word before it says so, or the earlier year."""
    named = [each for each in (left, right) if said.starts_from(each)]
    if len(named) == 1:
        return named
    years = [said.year_by(each) for each in (left, right)]
    if years[0] and years[1] and years[0] != years[1]:
        return [left if years[0] < years[1] else right]
    return left, right
