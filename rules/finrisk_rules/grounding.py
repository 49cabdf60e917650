"""Are the figures of an answer in its sources, or do they follow from them?

A figure is grounded when its value stands in a source, or when the answer itself writes the calculation
that yields it and the operands are grounded. No combination is searched for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_SCALES = {"thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12}
_FIGURE = re.compile(
    rf"(?P<unit>[$€£¥]\s?)?(?<![\w.])(?P<number>{_NUMBER})(?P<percent>\s?%)?"
    rf"(?:\s(?P<scale>{'|'.join(_SCALES)})\b)?",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
_ORDINAL = re.compile(r"^[ \t]*(?:\d+[.)]|#+\s.*$)", re.MULTILINE)
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})(?P<percent>\s?%)?|(?P<operator>[-+−–*x×/÷()])|(?P<equals>=)|[$€£¥\s]|(?P<other>.)",
    re.DOTALL,
)
_OPERATORS = str.maketrans("−–x×÷", "--**/")
_LONGEST_CALCULATION = 40
"""Tokens: a longer chain is not a calculation that a reader checks."""

_COUNT_MAX = 12


@dataclass(frozen=True)
class Grounding:
    """How many of an answer's figures are grounded, and the ones that are not, as written."""

    figures: int
    grounded: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """Grounded share of the figures, 0..1; 1 for an answer without figures."""
        return self.grounded / self.figures if self.figures else 1.0


def _value(number: str) -> Decimal:
    return Decimal(number.replace(",", "")).normalize()


def _values(text: str) -> set[Decimal]:
    values: set[Decimal] = set()
    for match in _FIGURE.finditer(text):
        value = _value(match["number"])
        values.add(value)
        if match["scale"]:
            values.add(value.scaleb(_SCALES[match["scale"].lower()]).normalize())
    return values


def _is_count(match: re.Match[str], value: Decimal) -> bool:
    """A bare small whole number ("6 statements") counts things; it is not a figure of the filing."""
    bare = not (match["unit"] or match["percent"] or match["scale"])
    return bare and value == value.to_integral_value() and value <= _COUNT_MAX


def _evaluated(tokens: Sequence[str]) -> Decimal | None:
    """The value of a flat arithmetic expression by the usual precedence, or None where it has none."""
    position = 0

    def factor() -> Decimal:
        nonlocal position
        symbol = tokens[position]
        position += 1
        if symbol == "-":
            return -factor()
        if symbol == "(":
            inner = total()
            if position < len(tokens) and tokens[position] == ")":
                position += 1
            return inner
        return _value(symbol)

    def product() -> Decimal:
        nonlocal position
        value = factor()
        while position < len(tokens) and tokens[position] in "*/":
            operator = tokens[position]
            position += 1
            value = value * factor() if operator == "*" else value / factor()
        return value

    def total() -> Decimal:
        nonlocal position
        value = product()
        while position < len(tokens) and tokens[position] in "+-":
            operator = tokens[position]
            position += 1
            value = value + product() if operator == "+" else value - product()
        return value

    try:
        value = total()
    except (IndexError, InvalidOperation, ArithmeticError):
        return None
    return value if position == len(tokens) else None


def _written(answer: str) -> Iterator[tuple[list[str], str, bool]]:
    """Each ``expression = result`` of the text: the expression's tokens, the result, whether in percent."""
    tokens = [match for match in _TOKEN.finditer(answer) if not match[0].isspace() and match[0] not in "$€£¥"]
    for place, token in enumerate(tokens):
        if not token["equals"]:
            continue
        start = place
        while start and place - start < _LONGEST_CALCULATION:
            before = tokens[start - 1]
            if not (before["number"] or before["operator"]):
                break
            start -= 1
        result = next((each for each in tokens[place + 1 : place + 3] if each["number"]), None)
        left = [each["number"] or each["operator"].translate(_OPERATORS) for each in tokens[start:place]]
        if result is not None and any(each in "+-*/" for each in left):
            yield left, result["number"], bool(result["percent"])


def _calculated(answer: str, known: set[Decimal]) -> set[Decimal]:
    """Results of the calculations in the answer whose operands are known and whose result is right."""
    results: set[Decimal] = set()
    for expression, written, in_percent in _written(answer):
        operands = [_value(each) for each in expression if each not in "+-*/()"]
        if not all(
            operand in known | results or operand in (Decimal(1), Decimal(100)) for operand in operands
        ):
            continue
        value = _evaluated(expression)
        if value is None:
            continue
        places = len(written.partition(".")[2])
        tolerance = Decimal(6).scaleb(-places - 1)
        candidates = (abs(value), abs(value) * 100) if in_percent else (abs(value),)
        if any(abs(candidate - _value(written)) <= tolerance for candidate in candidates):
            results.add(_value(written))
    return results


def grounding(answer: str, sources: Sequence[str], question: str = "") -> Grounding:
    """Check every figure of the answer against the sources.

    Figures that the question itself brings in ("a shock of 200 basis points") are neither grounded nor
    missing. Signs, currency marks, percent marks and thousands separators are not compared.
    """
    known: set[Decimal] = set()
    for source in sources:
        known |= _values(source)
    asked = _values(question)
    text = _ORDINAL.sub(" ", _CITATION.sub(" ", answer))
    known_or_calculated = known | _calculated(text, known)
    figures, missing = 0, []
    for match in _FIGURE.finditer(text):
        value = _value(match["number"])
        scaled = value.scaleb(_SCALES[match["scale"].lower()]).normalize() if match["scale"] else value
        if value in known_or_calculated or scaled in known_or_calculated:
            figures += 1
        elif value not in asked and not _is_count(match, value):
            figures += 1
            missing.append(match[0].strip())
    return Grounding(figures, figures - len(missing), tuple(missing))
