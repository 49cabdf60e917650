"""Expressions of quantities: operands and operators by the usual precedence, and what needs no evidence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
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
