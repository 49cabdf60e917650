"""Arithmetic of written calculations: whether a result follows from an expression."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial

from finrisk_rules.judge.expressions import Expression, Term
from finrisk_rules.quantities import Quantity

_PARTS_OF_ONE = {"": 0, "percent": 2, "points": 2, "basis_points": 4}
_FARTHEST = Decimal("0.03")
"""How far a result may be from the value of operands that are shown rounded, whatever they round."""

_HALF = Decimal("0.5")
"""Of the last digit of an operand: so far it may be from what it rounds."""

_COARSEST = Decimal("0.1")
"""Of a fraction in words: a third is 30 to 37 %."""

_SLACK = Decimal("0.5000001")
"""Of the last digit written: rounding half up, half down and half to even are all right."""


@dataclass(frozen=True, slots=True)
class Support:
    """That an operand is right; ``power`` of ten is what its source says of its scale, None for nothing."""

    power: int | None = None


@dataclass(frozen=True)
class Calculation:
    """A calculation of a text: an expression, and the figure that is written as its result.

    ``is_equated`` where signs alone join the operands, and equality the result: then it is one for sure;
    ``in_words`` where no signs join them: then another figure of it may be the result; ``earlier`` are the
    operands of the calculations whose results are operands of this one.
    """

    expression: Expression
    result: Quantity
    is_equated: bool = False
    in_words: bool = False
    earlier: tuple[Quantity, ...] = ()

    @cached_property
    def operands(self) -> tuple[Quantity, ...]:
        """The figures that need evidence, in the order of the expression."""
        return tuple(term.quantity for term in self.expression.terms if not term.constant)

    @property
    def constants(self) -> tuple[Quantity, ...]:
        """The numbers that need none, as far as the text writes them."""
        return tuple(
            term.quantity
            for term in self.expression.terms
            if term.constant and term.quantity.end > term.quantity.start
        )

    def unrounded(
        self,
        powers: Mapping[int, int | None] | None = None,
        exact: Mapping[int, Decimal] | None = None,
    ) -> Decimal | None:
        """Return what the result rounds, in the result's scale and unit; None where it does not follow.

        ``powers`` are the powers of ten that sources give to operands, ``exact`` the unrounded values of
        those that are results themselves, both by the place where an operand starts.
        """
        for reading in self._readings(powers or {}, exact or {}):
            value = self.expression.value(reading.of)
            if value is None:
                continue
            for candidate in self._candidates(value.scaleb(-reading.result_power)):
                if rounds(candidate, self.result):
                    return candidate
        return None

    def is_far(self, powers: Mapping[int, int | None]) -> bool:
        """Whether the result is another number than the value, however its operands were rounded."""
        values = (
            (reading, value)
            for reading in self._readings(powers, {})
            if (value := self.expression.value(reading.of)) is not None
        )
        return not any(
            _is_about(candidate, self.result, partial(self._rounding, reading, value))
            for reading, value in values
            for candidate in self._candidates(value.scaleb(-reading.result_power))
        )

    def _rounding(self, reading: "_Reading", value: Decimal) -> Decimal:
        """Return by which share of it a value may be off, as its operands are rounded; at most all of it."""
        moved = Decimal(0)
        for operand in self.operands:
            step = _HALF.scaleb(-operand.places) / abs(operand.value) if operand.value else Decimal(0)
            other = self.expression.value(partial(_moved, reading, operand, 1 + step))
            moved += abs(other - value) if other is not None else Decimal(0)
        return min(moved / abs(value), Decimal(1)) if value else Decimal(1)

    def _readings(
        self, powers: Mapping[int, int | None], exact: Mapping[int, Decimal]
    ) -> Iterator["_Reading"]:
        """Yield how scales and brackets may be meant.

        Scales are those of the sources, those written, or one that all share and that some leave out.
        """
        operands = self.operands
        amounts = [quantity for quantity in operands if not quantity.unit]
        written = {each.start: each.scale for each in amounts if each.scale is not None}
        told = {each.start: power for each in amounts if (power := powers.get(each.start)) is not None}
        shared = set(written.values() or told.values())
        power = self.result.scale
        scales = [({**told, **written}, power or 0)]
        if told and (power is None or written):
            scales.append((written, power or 0))
        everywhere = shared if power is None else shared | {power}
        if self.expression.is_linear and len(everywhere) == 1:
            scales.append(({}, 0))
        negative = (True, False) if any(each.bracketed for each in operands) else (True,)
        for values in (exact, {}) if exact else ({},):
            for bracket_is_minus in negative:
                for powers_read, result_power in scales:
                    yield _Reading(powers_read, values, bracket_is_minus, result_power)

    def _candidates(self, value: Decimal) -> Iterator[Decimal]:
        """Yield the value as the unit of the result may say it."""
        parts = _PARTS_OF_ONE[self.result.unit]
        yield value.scaleb(parts)
        operands = self.operands
        of_parts = any(quantity.unit for quantity in operands)
        of_money = any(quantity.currency or quantity.scale for quantity in operands)
        is_linear = self.expression.is_linear
        if parts and (self.expression.has_percent_factor or (is_linear and not of_parts and not of_money)):
            yield value.scaleb(parts - 2)
        if not parts and of_parts and is_linear:
            yield value.scaleb(2)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the operands: the power of ten of each, and what its brackets say."""

    powers: Mapping[int, int]
    exact: Mapping[int, Decimal]
    bracket_is_minus: bool
    result_power: int

    def of(self, term: Term) -> Decimal:
        """The value of a term in ones: 12 % is 0.12."""
        quantity = term.quantity
        value = self.exact.get(quantity.start, quantity.value).copy_sign(quantity.value)
        if quantity.bracketed and not self.bracket_is_minus:
            value = abs(value)
        if quantity.unit:
            return value.scaleb(-_PARTS_OF_ONE[quantity.unit])
        return value.scaleb(self.powers.get(quantity.start, 0))


def _moved(reading: _Reading, operand: Quantity, factor: Decimal, term: Term) -> Decimal:
    """Return the value of a term, that of one operand times a factor."""
    value = reading.of(term)
    return value * factor if term.quantity is operand else value


def _is_about(value: Decimal, result: Quantity, share: Callable[[], Decimal]) -> bool:
    distance = abs(abs(value) - abs(result.value))
    if distance <= Decimal(2).scaleb(-result.places):
        return True
    return distance <= _FARTHEST * abs(result.value) and distance <= share() * abs(value)


def rounds(value: Decimal, result: Quantity) -> bool:
    """Whether the result is the value rounded to the decimals written; words may carry a minus."""
    if value > 0 > result.value and not result.bracketed:
        return False
    slack = _SLACK.scaleb(-result.places)
    if result.places < 0:  # a fraction in words
        slack = min(slack, _COARSEST * abs(result.value))
    return abs(abs(value) - abs(result.value)) <= slack
