"""The calculations that a text writes, and which of their results are computed from figures that are right.

No combination of numbers is searched for: a calculation has operators, or words that name the operation and
its operands.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation, Support
from finrisk_rules.judge.citations import without_citations
from finrisk_rules.judge.formulas import formulas, has_formula, joined
from finrisk_rules.judge.relations import relations
from finrisk_rules.judge.sayings import has_relation
from finrisk_rules.patterns import pattern_of
from finrisk_rules.plain_text import plain
from finrisk_rules.quantities import Quantity, Style

_NO_SIGN = pattern_of(r"\*\*+|[xX](?<=[^\W\d_kKmM].)")
"""Marks of layout, and an x within a word: no operators."""

Key = tuple[Decimal, int | None, str]
"""What a figure says, however often it is written: value without its sign, scale, unit."""


def has_signs(text: str) -> bool:
    """Whether a plain text may write a calculation with operators: a cheap test."""
    return has_formula(text) and has_formula(_NO_SIGN.sub(")", text))


def calculations(
    text: str, style: Style = "point", allowance: Allowance | None = None
) -> Sequence[Calculation]:
    """Return the calculations of a text, in order; nothing in the text raises, time is linear in it.

    Some follow and some do not: ``Calculation.unrounded`` says so, and ``computed`` asks it.
    """
    looks = allowance or Allowance()
    read = plain(text)
    of_signs = has_signs(read)
    of_words = has_relation(read)
    if not (of_signs or of_words):
        return ()
    read = without_citations(read)
    written = list(formulas(read, style, looks)) if of_signs else []
    if of_words:
        pairs = {pair for calculation in written for pair in joined(read, calculation.expression)}
        written += relations(read, style, looks, pairs)
    return written


def computed(
    written: Sequence[Calculation], support: Callable[[Quantity], Support | None]
) -> Iterator[Calculation]:
    """Yield the calculations whose result follows from operands that are right.

    ``support`` says whether the sources state an operand, and in which power of ten; None where they do not.
    The result of one calculation may be an operand of others, rounded as written or unrounded.
    """
    results: dict[Key, Decimal] = {}
    waiting = written
    for _ in range(_MOST_PASSES):
        later: list[Calculation] = []
        for calculation in waiting:
            exact = _unrounded(calculation, support, results)
            if exact is None:
                later.append(calculation)
                continue
            results.setdefault(what_it_says(calculation.result), exact)
            yield calculation
        if not later or len(later) == len(waiting):
            return
        waiting = later


_MOST_PASSES = 3
"""A result may stand before its operand's calculation ("26.8 % (c / b), where c = a - b")."""


def what_it_says(figure: Quantity) -> Key:
    """Return what a figure says, to tell whether another says the same."""
    return abs(figure.value), figure.scale, figure.unit


def _unrounded(
    calculation: Calculation,
    support: Callable[[Quantity], Support | None],
    results: dict[Key, Decimal],
) -> Decimal | None:
    """Return what the result rounds where it follows from operands that are right, else None."""
    powers: dict[int, int | None] = {}
    exact: dict[int, Decimal] = {}
    operands = calculation.operands
    if not operands:
        return None
    for operand in operands:
        result = results.get(what_it_says(operand))
        if result is not None:
            exact[operand.start] = result
        elif known := support(operand):
            powers[operand.start] = known.power
        else:
            return None
    return calculation.unrounded(powers, exact)
