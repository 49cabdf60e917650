"""What a pattern can find: each of its alternatives once, the rest of the text as short as it may be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

# How Python reads a pattern; it has no types.
parser, signs = import_module("re._parser"), import_module("re._constants")

LETTERS = "aA1 ,.-\u00e9\u660e\uba85"
OF_CATEGORY = {
    signs.CATEGORY_DIGIT: "1",
    signs.CATEGORY_NOT_DIGIT: "a",
    signs.CATEGORY_SPACE: " ",
    signs.CATEGORY_NOT_SPACE: "a",
    signs.CATEGORY_WORD: "a",
    signs.CATEGORY_NOT_WORD: ",",
}
ESCAPES = {
    signs.CATEGORY_DIGIT: r"\d",
    signs.CATEGORY_NOT_DIGIT: r"\D",
    signs.CATEGORY_SPACE: r"\s",
    signs.CATEGORY_NOT_SPACE: r"\S",
    signs.CATEGORY_WORD: r"\w",
    signs.CATEGORY_NOT_WORD: r"\W",
}


def spellings(pattern: re.Pattern[str]) -> list[str]:
    """Return texts that have each alternative of a pattern, alone and beside each of its optional parts.

    What a text must or must not have around a place is not heeded, so some may not be found.
    """
    return _of_all(parser.parse(pattern.pattern, pattern.flags))


def _of_all(parts: Iterable[tuple[Any, Any]]) -> list[str]:
    each = [_of_one(kind, value) for kind, value in parts]
    firsts = [texts[0] for texts in each]
    optional = [at for at, texts in enumerate(each) if not texts[0] and len(texts) > 1]
    spelled = ["".join(firsts)]
    for at, texts in enumerate(each):
        for text in texts[1:]:
            changed = [*firsts[:at], text, *firsts[at + 1 :]]
            spelled.append("".join(changed))
        for other in optional:
            for text in texts[1:] if other != at else ():
                changed = [*firsts[:at], text, *firsts[at + 1 :]]
                changed[other] = each[other][1]
                spelled.append("".join(changed))
    return spelled


def _of_one(kind: Any, value: Any) -> list[str]:
    if kind is signs.LITERAL:
        return [chr(value)]
    if kind is signs.BRANCH:
        return [text for branch in value[1] for text in _of_all(branch)]
    if kind in (signs.SUBPATTERN, signs.ATOMIC_GROUP):
        return _of_all(value[-1] if kind is signs.SUBPATTERN else value)
    if kind in (signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT):
        least, _, repeated = value
        texts = _of_all(repeated)
        return [text * least for text in texts] if least else ["", *texts]
    if kind is signs.IN:
        return _of_class(value)
    return ["a"] if kind in (signs.ANY, signs.NOT_LITERAL) else [""]


def _of_class(members: list[tuple[Any, Any]]) -> list[str]:
    if members[0][0] is signs.NEGATE:
        return [next(letter for letter in LETTERS if not _is_in(letter, members[1:]))]
    return [OF_CATEGORY[value] if kind is signs.CATEGORY else chr(_first(value)) for kind, value in members]


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple) else value)


def _is_in(letter: str, members: list[tuple[Any, Any]]) -> bool:
    for kind, value in members:
        if kind is signs.CATEGORY:
            if re.match(ESCAPES[value], letter):
                return True
        elif kind is signs.RANGE:
            if value[0] <= ord(letter) <= value[1]:
                return True
        elif ord(letter) == value:
            return True
    return False
