"""Formulas: calculations that a text writes with operators, ``(5.2 [1] - 4.1 [2]) / 4.1 = 26.8 %``.

Words between the operands and citations do not matter; what stands beside a whole expression, before it or
behind it, is its result. Time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation, rounds
from finrisk_rules.judge.claims import LOOKS_OF_NUMBER
from finrisk_rules.judge.expressions import Expression, Term, expression
from finrisk_rules.judge.notation import EQUALS, OPERATOR_WORDS, SIGN, prepared, runs
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity, Style

_OPERAND_END = r"[^\W_]|[)\]%*¹²³⁰⁴-⁹]"
_OPERATION = pattern_of(
    rf"[{SIGN}/\u2215xX:{EQUALS}](?:(?<=[{EQUALS}])|(?<=[\d)\]%] :)(?= )"
    rf"|(?<!:)(?= ?[^\s\w]{{0,4}} ?\d)(?:(?<=(?:{_OPERAND_END}).)|(?<=(?:{_OPERAND_END}) .))"
    r"|(?<![:xX])(?= ?[^\W\d])(?:(?<=[\d)\]%].)|(?<=[\d)\]%] .)))"
)
_WORDED = {
    word: pattern_of(rf"{word}(?<![^\W_]{word}) [^.\n]{{0,40}}?\d")
    for words in OPERATOR_WORDS.values()
    for word in words.split("|")
}
"""A word for an operator before a figure, in small letters: a pattern that begins with it is found fast."""

_BARE_SIGN = pattern_of(rf"[\s()\[\]]*[{SIGN}][\s()\[\]]*")
_EQUALITY = pattern_of(
    rf"[\s)\]]*(?:[{EQUALS}]|(?:which |das |ce qui )?(?:equals?|is|gives|yields|makes|ergibt|ist|est|donne"
    rf"|fait))[\s(+{EQUALS}]*",
    re.IGNORECASE,
)
_WORD_BEHIND_DASH = pattern_of(r"[-–][^-–+*×÷/]*?(?<![^\W\d_])[^\W\d_]{2}")

_YEAR = pattern_of(r"(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d)")
_SIGN_BEHIND = pattern_of(rf"[\s)\]]*[{SIGN}]")
_SIGN_BEFORE = pattern_of(rf"[{SIGN}{EQUALS}][\s(\[]*\Z")
_NUMBER_BEHIND = pattern_of(
    rf"[\s)\]]*(?:[{SIGN}/]|(?<=\s)(?:{'|'.join(OPERATOR_WORDS.values())})\s)[\s(\[]*[^\s\w]{{0,3}}\s?\d",
    re.IGNORECASE,
)
_MOST_FORMS = 3
"""Of one expression: ``(a - b) / b = c / b = d``."""

_MOST_BEFORE = 4
"""Figures of a sentence before brackets of which one may be what they work out."""

_LONGEST_LEAD = 12
_BRACKET_BEFORE = pattern_of(r"\([^\d()]*\Z")
_BRACKET_BEHIND = pattern_of(r"\s*[()]\s*")

_RESTATED = 2
"""Figures behind an expression that may be its result: ``= 0.9 percentage points, or 90 basis points``."""


def has_formula(text: str) -> bool:
    """Whether a text may hold a formula: a cheap test, and where it is false there is none."""
    if _OPERATION.search(text):
        return True
    words = text.lower()
    return any(word in words and pattern.search(words) for word, pattern in _WORDED.items())


def formulas(text: str, style: Style, allowance: Allowance) -> Iterator[Calculation]:
    """Yield the formulas of a plain text without citations, in order; whether they follow is not asked.

    A result is the figure before an expression or the one behind it, and each that a sign of equality adds.
    ``(a - b) / b = c / b = d`` also yields ``a - b = c``. What looks like a year is a figure in those alone
    that follow with it: ``1909 - 1336 = 573``.
    """
    read = prepared(text)
    if years := frozenset(_years_as_operands(read)):
        for calculation in _formulas(read, style, years, allowance):
            figures = (*calculation.operands, calculation.result)
            if any(each.start in years for each in figures) and calculation.unrounded() is not None:
                yield calculation
    yield from _formulas(read, style, frozenset(), allowance)


def is_operand(text: str, end: int) -> bool:
    """Whether the sign of an operation follows the figure that ends here, and another number: ``46 - 41``."""
    return _NUMBER_BEHIND.match(text, end) is not None


def _years_as_operands(text: str) -> Iterator[int]:
    """Yield where a number that looks like a year has a sign beside it."""
    for match in _YEAR.finditer(text):
        start, end = match.span()
        if _SIGN_BEHIND.match(text, end) or _SIGN_BEFORE.search(text, max(0, start - 8), start):
            yield start


def _formulas(read: str, style: Style, years: Set[int], allowance: Allowance) -> Iterator[Calculation]:
    """Yield the formulas of a prepared text; ``years`` are the places of those that are figures in it."""
    before: Quantity | None = None
    written: list[Expression] = []
    said: list[Quantity] = []
    wanted = 0
    for mark, run in runs(read, style, years):
        if allowance.is_spent:
            return
        allowance.spend(LOOKS_OF_NUMBER * len(run))
        operation = expression(run)
        figure = run[0] if len(run) == 1 else None
        if mark == "end":
            before, said = None, []
        if operation:
            if mark == "=" and written:
                yield from _steps(written[-1], operation)
            if before:
                yield Calculation(operation, before)
            start = operation.terms[0].quantity.start
            if _BRACKET_BEFORE.search(read, max(0, start - _LONGEST_LEAD), start):
                yield from _working(read, operation, before, [each for each in said if each is not before])
            said = [*said, *(each.quantity for each in operation.terms)][-_MOST_BEFORE - 1 :]
            written = [*written, operation] if mark == "=" and len(written) < _MOST_FORMS else [operation]
            before, wanted = None, _RESTATED
        elif isinstance(figure, Quantity):
            if written and (wanted > 0 or mark == "="):
                for form in written:
                    yield Calculation(form, figure, is_equated=_is_equated(read, form, figure))
                if wanted < _RESTATED and (growth := _growth(written[-1], figure)):
                    yield Calculation(growth, figure)
            before, wanted = figure, wanted - 1
            said = [*said[-_MOST_BEFORE:], figure]


def _working(
    read: str, operation: Expression, before: Quantity | None, said: Sequence[Quantity]
) -> Iterator[Calculation]:
    """Yield the last figure of a sentence at which an expression in brackets comes out, as its result.

    ``Covered 71.9 % of those over 90 days (2,270 / 3,158)`` has another figure ``before`` the brackets, one
    of another unit, or the base. No figure of the result's own kind stands between. Where it comes out at
    none, it is for sure meant for the one right before, or for a percentage.
    """
    operands = {each.quantity.value for each in operation.terms}
    units = {before.unit} if before and before.value not in operands else set()
    for figure in said[: -_MOST_BEFORE - 1 : -1]:
        if figure.value in operands:
            continue
        calculation = Calculation(operation, figure)
        if figure.unit not in units and calculation.unrounded() is not None:
            yield calculation
            return
        units.add(figure.unit)
    last = operation.terms[-1].quantity.end
    if before is None or before.value in operands or not _BRACKET_BEHIND.match(read, last):
        return
    is_next = _BRACKET_BEHIND.fullmatch(read, before.end, operation.terms[0].quantity.start) is not None
    if (is_next or before.unit == "percent") and _has_bare_signs(read, operation):
        yield Calculation(operation, before, is_equated=True)


def _growth(written: Expression, figure: Quantity) -> Expression | None:
    """Return what a percentage behind a difference and its result means: ``5.2 - 4.1 = 1.1 (26.8 %)``."""
    match written.postfix:
        case (Term() as new, Term() as old, "-") if figure.unit == "percent" and not new.quantity.unit:
            return Expression((new, old, "-", old, "/"))
    return None


def _is_equated(text: str, written: Expression, result: Quantity) -> bool:
    """Whether signs alone join the operands, and equality the last of them and the result."""
    is_equal = _EQUALITY.fullmatch(text, written.terms[-1].quantity.end, result.start)
    return is_equal is not None and _has_bare_signs(text, written)


def _has_bare_signs(text: str, written: Expression) -> bool:
    """Whether signs alone join the operands of an expression."""
    terms = [term.quantity for term in written.terms]
    return all(_BARE_SIGN.fullmatch(text, left.end, right.start) for left, right in pairwise(terms))


def joined(text: str, written: Expression) -> Iterator[tuple[int, int]]:
    """Yield where two neighbours end that an operator joins for sure: a dash before a word may be none."""
    terms = sorted((term.quantity for term in written.terms), key=lambda each: each.start)
    for left, right in pairwise(terms):
        if not _WORD_BEHIND_DASH.search(text, left.end, right.start):
            yield left.end, right.end


def _steps(first: Expression, second: Expression) -> Iterator[Calculation]:
    """Yield each part of the first expression that is an operand of the second, its next form."""
    operands = {term.quantity.value for term in first.terms}
    fresh = [term.quantity for term in second.terms if term.quantity.value not in operands]
    if not fresh:
        return
    for part in first.parts():
        value = part.value(lambda term: term.quantity.value)
        for operand in fresh:
            if value is not None and rounds(value, operand):
                yield Calculation(part, operand)
