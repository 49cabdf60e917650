"""The notation of formulas: figures, operators, brackets and marks of a text, in runs that belong together.

Time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence, Set
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Literal

from finrisk_rules.judge.expressions import MOST_OPERANDS, Bracket, Operator
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Quantity, Style, quantities

OPERATOR_WORDS: dict[Operator, str] = {
    "+": "plus",
    "-": "minus|less|moins|menos|abzüglich",
    "*": "times|multiplied by|multipliziert mit|mal|fois",
    "/": "divided by|over|geteilt durch|dividiert durch|divisé par|dividido por",
}
_SIGNS: dict[str, Operator] = {"+": "+", "-": "-", "–": "-", "*": "*", "×": "*", "·": "*", "⋅": "*", "÷": "/"}
SIGN = "".join(map(re.escape, _SIGNS))
EQUALS = "=≈≅≃≒~→⇒"
_OPERATORS = frozenset(OPERATOR_WORDS)
_NAMES: dict[str, Operator] = dict(zip("pmtd", OPERATOR_WORDS, strict=True))
_WORD = "|".join(f"(?P<{name}>{OPERATOR_WORDS[sign]})" for name, sign in _NAMES.items())
_DIVISION = pattern_of(
    r"(?<![^\W\d])[/\u2215]|[/\u2215](?![^\W\d])|(?<=[\d)\]%] ):(?= [^\W_]{0,3}[($€£¥\[]*\d)"
)
_TIMES = pattern_of(r"(?:(?<=[\d)\]% ])|(?<=\d[kKmM]))[xX](?= ?[-($€£¥\[]*\.?\d)")
_DRESS = pattern_of(r"\*\*+|(?<=\n)[ \t]*[*•-] |\A[ \t]*[*•-] |[¹²³⁰⁴-⁹†‡_]")
_SYMBOL = pattern_of(
    rf"(?P<sign>(?:(?<![^\W\d_])|(?<=\d[kmb]))[-–](?![^\W\d_])|[+×÷·⋅]|(?<![^\W\d_])\*|\*(?![^\W\d_]))"
    rf"|(?P<bracket>[()\[\]])|(?P<equals>[{EQUALS}])|(?<![^\W_])(?:{_WORD})(?![^\W_])"
    r"|(?P<end>[.!?](?=\s|\Z)|[。—]|\n(?!\s*[=≈]))|(?P<colon>(?<=[^\W\d_]):(?=\s))",
    re.IGNORECASE,
)
_WINDOW = 60
"""Characters between an operand and the sign behind it: citations stood there."""

MOST_NUMBERS = 1_000
"""Numbers of an answer among which formulas are looked for; what stands behind them is computed by none."""

Mark = Literal["", "=", "end", ":"]
"""What parts items from those before: only words, a sign of equality, the end of a sentence, a colon."""

_Item = Quantity | Operator | Bracket | Mark


def prepared(text: str) -> str:
    """Return the text with one sign for each operator and without marks of layout; offsets hold."""
    text = _DRESS.sub(lambda mark: " " * len(mark[0]), text)
    return _TIMES.sub("×", _DIVISION.sub("÷", text))


def runs(
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
