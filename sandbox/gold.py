"""The answer that a question is known to have, and whether a text gives it."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

SUM = re.compile(r"ans = (-?[\d.]+)(?: ([-+*/]) (-?[\d.]+))?$")
"""A program of one step, as ``queries.jsonl.gz`` writes it."""
CITATION = re.compile(r"\[\d{1,4}\]")
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(\s?%)?")
BARE = re.compile(
    r"[-(]*\s*[$\u20ac\u00a3]?\s*-?\s*\d[\d,]*(?:\.\d+)?\s*[%)]*\s*(?:thousand|million|billion)?\.?"
)
"""A text that is one figure."""
WORD = re.compile(r"[^\W_]+")
TELLING = 12
"""A whole number up to this one stands in many an answer by chance, and proves nothing."""


def gold_of(query: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts that an answer to a query of ``queries.jsonl.gz`` must hold; none where none is known.

    A conversation counts by its first question, which is the one that is asked.
    """
    turns = query.get("turns")
    known = _result(turns[0].get("program")) if turns else query.get("answer_text") or query.get("answer")
    if known is None:
        return ()
    texts = tuple(str(each).strip() for each in (known if isinstance(known, list) else [known]))
    return texts if all(map(_tells, texts)) else ()


def gives(answer: str, gold: tuple[str, ...]) -> bool:
    """Whether an answer holds all of the gold: figures by their size as written, words as they are."""
    text = CITATION.sub("", answer)
    figures = [(_number(found[0]), bool(found[1])) for found in FIGURE.finditer(text)]
    words = _words(text)
    return all(
        any(_same(size, is_percent, _number(each)) for size, is_percent in figures)
        if BARE.fullmatch(each)
        else _words(each) in words
        for each in gold
    )


def _result(program: object) -> Decimal | None:
    found = SUM.match(program) if isinstance(program, str) else None
    if found is None:
        return None
    try:
        one, other = Decimal(found[1]), Decimal(found[3] or 0)
        result = {"-": one - other, "+": one + other, "*": one * other}.get(found[2] or "+")
        return round(one / other, 4) if result is None else result
    except (InvalidOperation, ZeroDivisionError):
        return None


def _tells(text: str) -> bool:
    if not BARE.fullmatch(text):
        return bool(_words(text).strip())
    number = _number(text)
    return number != number.to_integral_value() or number > TELLING


def _number(text: str) -> Decimal:
    """The size of the one figure in a text."""
    found = FIGURE.search(text)
    return Decimal(found[0].rstrip("% ").replace(",", "")) if found else Decimal(0)


def _same(size: Decimal, is_percent: bool, gold: Decimal) -> bool:
    """Whether a figure is the gold, rounded as the less exact of them, but not to a whole number."""
    if size == gold or (is_percent and gold < 1 and _same(size / 100, False, gold)):
        return True
    places, wanted = (-int(each.as_tuple().exponent) for each in (size, gold))
    if places == wanted or places < min(wanted, 1):
        return False
    return abs(size - gold) <= Decimal(5).scaleb(-min(places, wanted) - 1)


def _words(text: str) -> str:
    return f" {' '.join(WORD.findall(text.lower()))} "
