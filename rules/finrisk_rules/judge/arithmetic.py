"""Arithmetic of written calculations: expressions of quantities, and whether a result follows from one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Literal

from finrisk_rules.quantities import Quantity

Operator = Literal["+", "-", "*", "/"]
Bracket = Literal["(", ")"]

MOST_OPERANDS = 24
"""A longer chain is no calculation that a reader checks."""

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
_SCALING = frozenset(Decimal(10) ** power for power in (2, 3, 6, 9))
_LARGEST_COUNT = 12
_DAYS = frozenset(map(Decimal, (360, 365)))
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
class Term:
    """An operand of an expression; a ``constant`` ("/ 2", "x 100", "- 1") needs no evidence."""

    quantity: Quantity
    constant: bool = False


@dataclass(frozen=True)
class Expression:
    """Terms and operators in postfix order: each operator stands behind its two operands."""

    postfix: tuple[Term | Operator, ...]

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The operands, in the order in which they are written."""
        return tuple([item for item in self.postfix if isinstance(item, Term)])

    @cached_property
    def is_linear(self) -> bool:
        """Whether the value is of the kind of its operands: sums, differences, and means of them."""
        previous: Term | Operator = "+"
        for item in self.postfix:
            if item in ("*", "/") and not (isinstance(previous, Term) and previous.constant):
                return False
            previous = item
        return True

    @property
    def is_sum(self) -> bool:
        """Whether it adds its operands, or takes their mean."""
        return self.is_linear and "+" in self.postfix and "-" not in self.postfix

    def grows(self, value: Decimal) -> bool | None:
        """Return whether a change by a share of its base is a rise: its base is the earlier of its figures.

        ``(a - b) / b`` is what a grew from b, ``(a - b) / a`` what it fell to b; None for anything else.
        """
        match self.postfix:
            case (Term() as left, Term() as right, "-", Term() as base, "/", *_) if value:
                first, second, last = (term.quantity.value for term in (left, right, base))
                if first == second or last not in (first, second):
                    return None
                return (first > second) == (last == second)
        return None

    @cached_property
    def has_percent_factor(self) -> bool:
        """Whether it is made a percentage by a factor of 100."""
        hundred = any(
            term.constant and term.quantity.value == 100 and not term.quantity.unit for term in self.terms
        )
        return hundred and "*" in self.postfix

    def value(self, of: Callable[[Term], Decimal]) -> Decimal | None:
        """Return the value where ``of`` gives that of each term; None where it has none."""
        stack: list[Decimal] = []
        try:
            for item in self.postfix:
                if isinstance(item, Term):
                    stack.append(of(item))
                else:
                    right, left = stack.pop(), stack.pop()
                    stack.append(_applied(item, left, right))
        except ArithmeticError:
            return None
        return stack.pop()

    def parts(self) -> Iterator["Expression"]:
        """Yield each expression in this one, itself last."""
        starts: list[int] = []
        for at, item in enumerate(self.postfix):
            if isinstance(item, Term):
                starts.append(at)
            else:
                starts.pop()
                yield Expression(self.postfix[starts[-1] : at + 1])


def _applied(operator: Operator, left: Decimal, right: Decimal) -> Decimal:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    return left * right if operator == "*" else left / right


@dataclass(frozen=True, slots=True)
class _Operand:
    """What an operator finds on one side: where it begins in the postfix, and of how many it is the sum.

    ``times`` is how often a count takes it: in "4 x 45 + 44" there are five.
    """

    start: int
    sum_of: int
    times: int = 1

    @property
    def count(self) -> int:
        """How many it adds to a sum."""
        return max(self.sum_of, self.times)


def expression(items: Sequence[Quantity | Operator | Bracket]) -> Expression | None:
    """Return the expression that these items write, by the usual precedence, or None."""
    postfix: list[Term | Operator] = []
    operands: list[_Operand] = []
    waiting: list[Operator | Literal["("]] = []
    wants_operand = True

    def settle(precedence: int) -> bool:
        while waiting and waiting[-1] != "(" and _PRECEDENCE[waiting[-1]] >= precedence:
            if len(operands) < 2:
                return False
            right, left = operands.pop(), operands.pop()
            operator: Operator = waiting.pop()  # type: ignore[assignment]  # no bracket, by the condition
            _mark_constants(postfix, operator, left, right)
            sum_of = left.count + right.count if operator == "+" else 1
            times = _times(postfix, left, right) if operator == "*" else 1
            postfix.append(operator)
            operands.append(_Operand(left.start, sum_of, times))
        return True

    for item in items:
        if isinstance(item, Quantity):
            if not wants_operand:
                return None
            operands.append(_Operand(len(postfix), 1))
            postfix.append(Term(item))
            wants_operand = False
        elif item == "(":
            if not wants_operand:
                return None
            waiting.append(item)
        elif item == ")":
            if wants_operand or not settle(0) or not waiting:
                return None
            waiting.pop()
        else:
            if wants_operand or not settle(_PRECEDENCE[item]):
                return None
            waiting.append(item)
            wants_operand = True
    if wants_operand or not settle(0) or waiting or len(operands) != 1:
        return None
    return Expression(tuple(postfix)) if len(postfix) > 1 else None


def _times(postfix: Sequence[Term | Operator], left: _Operand, right: _Operand) -> int:
    """Return the count among two factors, 1 where there is none."""
    factors = (postfix[left.start], postfix[right.start])
    counts = [int(item.quantity.value) for item in factors if isinstance(item, Term) and item.constant]
    return counts[0] if len(counts) == 1 and 1 < counts[0] <= _LARGEST_COUNT else 1


def _mark_constants(
    postfix: list[Term | Operator], operator: Operator, left: _Operand, right: _Operand
) -> None:
    """Mark what an operator takes that only divides, counts or scales."""
    sides = ((left.start, right.start, right.sum_of), (right.start, len(postfix), left.sum_of))
    for at, end, sum_of in sides:
        item = postfix[at]
        if end - at == 1 and isinstance(item, Term):
            is_right = at == right.start
            postfix[at] = Term(item.quantity, _is_constant(item.quantity, operator, is_right, sum_of))


def _is_constant(quantity: Quantity, operator: Operator, is_right: bool, sum_of: int) -> bool:
    """Whether this is no figure of a filing: it turns ratios into changes, scales, or counts.

    What divides a sum of several operands counts them, or it is a figure like others.
    """
    value = quantity.value
    if quantity.unit == "percent" and value == 100:
        return True
    if quantity.currency or quantity.unit or quantity.scale is not None or quantity.places:
        return False
    if value == -1 and operator == "*":
        return True
    if value < 1:
        return False
    if operator in ("+", "-"):
        return value == 1 or (operator == "-" and value == 100)
    if operator == "/" and not is_right:
        return False
    if value in _SCALING or value in _DAYS or value == 1:
        return True
    return value == sum_of if sum_of > 1 and operator == "/" else value <= _LARGEST_COUNT


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
