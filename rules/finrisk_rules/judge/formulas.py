"""Formulas: calculations that a text writes with operators, ``(5.2 [1] - 4.1 [2]) / 4.1 = 26.8 %``.

Words between the operands and citations do not matter; what stands beside a whole expression, before it or
behind it, is its result. Time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence, Set
from heapq import merge
from itertools import islice, pairwise
from operator import itemgetter
from typing import Literal

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation, rounds
from finrisk_rules.judge.claims import LOOKS_OF_NUMBER
from finrisk_rules.judge.expressions import MOST_OPERANDS, Bracket, Expression, Operator, Term, expression
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Quantity, Style, quantities

_WORDS: dict[Operator, str] = {
    "+": "plus",
    "-": "minus|less|moins|menos|abzüglich",
    "*": "times|multiplied by|multipliziert mit|mal|fois",
    "/": "divided by|over|geteilt durch|dividiert durch|divisé par|dividido por",
}
_SIGNS: dict[str, Operator] = {"+": "+", "-": "-", "–": "-", "*": "*", "×": "*", "·": "*", "⋅": "*", "÷": "/"}
_SIGN = "".join(map(re.escape, _SIGNS))
_EQUALS = "=≈≅≃≒~→⇒"
_WORD = "|".join(f"(?P<{name}>{_WORDS[sign]})" for name, sign in zip("pmtd", _WORDS, strict=True))
_OPERATORS = frozenset(_WORDS)
_NAMES: dict[str, Operator] = dict(zip("pmtd", _WORDS, strict=True))

_OPERAND_END = r"[^\W_]|[)\]%*¹²³⁰⁴-⁹]"
_OPERATION = re.compile(
    rf"[{_SIGN}/\u2215xX:{_EQUALS}](?:(?<=[{_EQUALS}])|(?<=[\d)\]%] :)(?= )"
    rf"|(?<!:)(?= ?[^\s\w]{{0,4}} ?\d)(?:(?<=(?:{_OPERAND_END}).)|(?<=(?:{_OPERAND_END}) .))"
    r"|(?<![:xX])(?= ?[^\W\d])(?:(?<=[\d)\]%].)|(?<=[\d)\]%] .)))"
)
_OPERATOR_WORDS = {
    word: re.compile(rf"{word}(?<![^\W_]{word}) [^.\n]{{0,40}}?\d")
    for words in _WORDS.values()
    for word in words.split("|")
}
"""A word for an operator before a figure, in small letters: a pattern that begins with it is found fast."""

_DIVISION = re.compile(
    r"(?<![^\W\d])[/\u2215]|[/\u2215](?![^\W\d])|(?<=[\d)\]%] ):(?= [^\W_]{0,3}[($€£¥\[]*\d)"
)
_TIMES = re.compile(r"(?:(?<=[\d)\]% ])|(?<=\d[kKmM]))[xX](?= ?[-($€£¥\[]*\.?\d)")
_DRESS = re.compile(r"\*\*+|(?<=\n)[ \t]*[*•-] |\A[ \t]*[*•-] |[¹²³⁰⁴-⁹†‡_]")
_BARE_SIGN = re.compile(rf"[\s()\[\]]*[{_SIGN}][\s()\[\]]*")
_EQUALITY = re.compile(
    rf"[\s)\]]*(?:[{_EQUALS}]|(?:which |das |ce qui )?(?:equals?|is|gives|yields|makes|ergibt|ist|est|donne"
    rf"|fait))[\s(+{_EQUALS}]*",
    re.IGNORECASE,
)
_WORD_BEHIND_DASH = re.compile(r"[-–][^-–+*×÷/]*?(?<![^\W\d_])[^\W\d_]{2}")
_SYMBOL = re.compile(
    rf"(?P<sign>(?:(?<![^\W\d_])|(?<=\d[kmb]))[-–](?![^\W\d_])|[+×÷·⋅]|(?<![^\W\d_])\*|\*(?![^\W\d_]))"
    rf"|(?P<bracket>[()\[\]])|(?P<equals>[{_EQUALS}])|(?<![^\W_])(?:{_WORD})(?![^\W_])"
    r"|(?P<end>[.!?](?=\s|\Z)|[。—]|\n(?!\s*[=≈]))|(?P<colon>(?<=[^\W\d_]):(?=\s))",
    re.IGNORECASE,
)

_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d)")
_SIGN_BEHIND = re.compile(rf"[\s)\]]*[{_SIGN}]")
_SIGN_BEFORE = re.compile(rf"[{_SIGN}{_EQUALS}][\s(\[]*\Z")
_NUMBER_BEHIND = re.compile(
    rf"[\s)\]]*(?:[{_SIGN}/]|(?<=\s)(?:{'|'.join(_WORDS.values())})\s)[\s(\[]*[^\s\w]{{0,3}}\s?\d",
    re.IGNORECASE,
)

_WINDOW = 60
"""Characters between an operand and the sign behind it: citations stood there."""

MOST_NUMBERS = 1_000
"""Numbers of an answer among which formulas are looked for; what stands behind them is computed by none."""

_MOST_FORMS = 3
"""Of one expression: ``(a - b) / b = c / b = d``."""

_RESTATED = 2
"""Figures behind an expression that may be its result: ``= 0.9 percentage points, or 90 basis points``."""

Mark = Literal["", "=", "end", ":"]
"""What parts items from those before: only words, a sign of equality, the end of a sentence, a colon."""

_Item = Quantity | Operator | Bracket | Mark


def has_formula(text: str) -> bool:
    """Whether a text may hold a formula: a cheap test, and where it is false there is none."""
    if _OPERATION.search(text):
        return True
    words = text.lower()
    return any(word in words and pattern.search(words) for word, pattern in _OPERATOR_WORDS.items())


def formulas(text: str, style: Style, allowance: Allowance) -> Iterator[Calculation]:
    """Yield the formulas of a plain text without citations, in order; whether they follow is not asked.

    A result is the figure before an expression or the one behind it, and each that a sign of equality adds.
    ``(a - b) / b = c / b = d`` also yields ``a - b = c``. What looks like a year is a figure in those alone
    that follow with it: ``1909 - 1336 = 573``.
    """
    read = _prepared(text)
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
    wanted = 0
    for mark, run in _runs(read, style, years):
        if allowance.is_spent:
            return
        allowance.spend(LOOKS_OF_NUMBER * len(run))
        operation = expression(run)
        figure = run[0] if len(run) == 1 else None
        if mark == "end":
            before = None
        if operation:
            if mark == "=" and written:
                yield from _steps(written[-1], operation)
            if before:
                yield Calculation(operation, before)
            written = [*written, operation] if mark == "=" and len(written) < _MOST_FORMS else [operation]
            before, wanted = None, _RESTATED
        elif isinstance(figure, Quantity):
            if written and (wanted > 0 or mark == "="):
                for form in written:
                    yield Calculation(form, figure, is_equated=_is_equated(read, form, figure))
                if wanted < _RESTATED and (growth := _growth(written[-1], figure)):
                    yield Calculation(growth, figure)
            before, wanted = figure, wanted - 1


def _growth(written: Expression, figure: Quantity) -> Expression | None:
    """Return what a percentage behind a difference and its result means: ``5.2 - 4.1 = 1.1 (26.8 %)``."""
    match written.postfix:
        case (Term() as new, Term() as old, "-") if figure.unit == "percent" and not new.quantity.unit:
            return Expression((new, old, "-", old, "/"))
    return None


def _is_equated(text: str, written: Expression, result: Quantity) -> bool:
    """Whether signs alone join the operands, and equality the last of them and the result."""
    terms = [term.quantity for term in written.terms]
    is_formula = all(_BARE_SIGN.fullmatch(text, left.end, right.start) for left, right in pairwise(terms))
    return is_formula and bool(_EQUALITY.fullmatch(text, terms[-1].end, result.start))


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


def _prepared(text: str) -> str:
    """Return the text with one sign for each operator and without marks of layout; offsets hold."""
    text = _DRESS.sub(lambda mark: " " * len(mark[0]), text)
    return _TIMES.sub("×", _DIVISION.sub("÷", text))


def _runs(
    text: str, style: Style, years: Set[int]
) -> Iterator[tuple[Mark, Sequence[Quantity | Operator | Bracket]]]:
    """Yield the items that stand together, each with what parts them from those before.

    Two figures without an operator between them stand apart, and so does a bracket behind a figure.
    """
    mark: Mark = ""
    run: list[Quantity | Operator | Bracket] = []
    for item in _items(text, style, years):
        is_ended = bool(run) and (isinstance(run[-1], Quantity) or run[-1] == ")")
        if item in ("=", "end"):
            if run:
                yield mark, _balanced(run)
            if run or item == "=":
                run, mark = [], item
            continue
        if item == ":":  # "Step 3 – total: 20.6 + 1.4" begins behind it
            if run:
                yield mark, _balanced(run)
                run, mark = [], ""
            continue
        if is_ended and isinstance(item, Quantity) and _is_operator(text, run[-1], item.start):
            run.append("-")
            item = _without_minus(item, text)
        elif is_ended and (isinstance(item, Quantity) or item == "("):
            yield mark, _balanced(run)
            run, mark = [], ""
        run.append(item)  # type: ignore[arg-type]  # no mark, by the condition above
    if run:
        yield mark, _balanced(run)


def _is_operator(text: str, last: Quantity | Operator | Bracket, at: int) -> bool:
    """Whether a minus glued to a number stands right behind an operand: ``5 -4``, not ``5 gives -4``."""
    if not text.startswith("-", at):
        return False
    start = max(0, at - _WINDOW)
    between = text[start:at].rstrip()
    ends_operand = isinstance(last, Quantity) and last.end == start + len(between)
    return ends_operand or between[-1:].isdecimal() or between.endswith((")", "]", "%"))


def _without_minus(figure: Quantity, text: str) -> Quantity:
    """Return a figure whose minus turned out to be an operator."""
    written = text[figure.start + 1 : figure.end]
    return figure._replace(value=-figure.value, start=figure.end - len(written.lstrip()))


def _items(text: str, style: Style, years: Set[int]) -> Iterator[_Item]:
    """Yield figures, operators, brackets and marks in order; brackets around words alone are left out."""
    has_bracket = False
    for item in _all_items(text, style, years):
        if has_bracket:
            has_bracket = False
            if item == ")":
                continue
            yield "("
        if item == "(":
            has_bracket = True
        else:
            yield item


def _all_items(text: str, style: Style, years: Set[int]) -> Iterator[_Item]:
    named = [(each.start, each.end, None) for each in periods(text) if each.start not in years]
    numbers = islice(quantities(text, style), MOST_NUMBERS)
    figures = [(figure.start, figure.end, figure) for figure in numbers]
    symbols = ((match.start(), match.end(), match) for match in _SYMBOL.finditer(text))
    end = 0
    for start, stop, item in merge(named, figures, symbols, key=itemgetter(0)):
        if start < end:
            continue
        if isinstance(item, Quantity):
            yield _as_written(item, text)
            end = stop
        elif item is None:
            end = stop
        elif item["end"]:
            yield "end"
        elif item["equals"]:
            yield "="
        elif item["colon"]:
            yield ":"
        elif item["bracket"]:
            yield "(" if item[0] in "([" else ")"
        else:
            yield _SIGNS[item[0]] if item["sign"] else _NAMES[item.lastgroup or ""]


def _as_written(figure: Quantity, text: str) -> Quantity:
    """Return the figure without a minus that stands outside it: ``a - (b + c)``."""
    is_own = figure.value >= 0 or figure.bracketed or "-" in text[figure.start : figure.end]
    return figure if is_own else figure._replace(value=-figure.value)


def _balanced(run: list[Quantity | Operator | Bracket]) -> Sequence[Quantity | Operator | Bracket]:
    """Return the run without operators at its ends and what stands outside a bracket that is not closed.

    A figure alone is that figure.
    A run that is too long for a calculation is none.
    """
    if len(run) > 4 * MOST_OPERANDS:
        return ()
    first, last = 0, len(run)
    opened: list[int] = []
    for at, item in enumerate(run):
        if item == "(":
            opened.append(at)
        elif item == ")":
            if not opened:
                last = at
                break
            opened.pop()
    if opened:
        first = opened[-1] + 1
    while first < last and run[first] in _OPERATORS:
        first += 1
    while last > first and run[last - 1] in _OPERATORS:
        last -= 1
    figures = [item for item in run[first:last] if isinstance(item, Quantity)]
    return figures if len(figures) == 1 else run[first:last]
