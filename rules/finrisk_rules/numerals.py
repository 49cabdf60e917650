"""Numbers that East Asia writes in characters: ``三千二百万円``, ``二億五千万``, ``十二%``."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from finrisk_rules.patterns import pattern_of

_DIGITS = {character: digit for digit, character in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 4, "萬": 4, "億": 8, "亿": 8, "兆": 12}
_DIGIT, _UNIT, _MYRIAD = ("".join(characters) for characters in (_DIGITS, _UNITS, _MYRIADS))
_LONGEST = 24

_NUMERAL = pattern_of(
    rf"[{_DIGIT}{_UNIT}](?<![{_DIGIT}{_UNIT}{_MYRIAD}\d第].)(?:(?<=[{_DIGIT}])|(?=[{_DIGIT}]))"
    rf"[{_DIGIT}{_UNIT}]*+[{_MYRIAD}]?+(?:[{_DIGIT}{_UNIT}]++[{_MYRIAD}]?+)*+(?![\d{_MYRIAD}])"
)
_SECTION = pattern_of(rf"([{_DIGIT}{_UNIT}]+)([{_MYRIAD}]?)")

_FIGURE = pattern_of(rf"[\d{_DIGIT}{_UNIT}](?:(?<=\d)|(?=[{_DIGIT}{_UNIT}{_MYRIAD}]))")
_ASCII_FIGURE = pattern_of("[0-9]")


def has_figure(text: str, start: int = 0, end: int = sys.maxsize) -> bool:
    """Whether a text may have a figure between two places: a digit, or two characters of a numeral."""
    return bool((_ASCII_FIGURE if text.isascii() else _FIGURE).search(text, start, end))


class Numeral(NamedTuple):
    """A number in characters.

    ``value`` is in its highest myriad, of which ``scale`` is the power of ten (None without one), with
    ``places`` decimals; ``start`` and ``end`` are its place.
    """

    value: Decimal
    places: int
    scale: int | None
    start: int
    end: int


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numerals of a plain text in order. Digits in a row (``二〇二三``) and bare units are none."""
    for match in _NUMERAL.finditer(text):
        if len(match[0]) > _LONGEST or _DIGITS.keys() >= set(match[0]):
            continue
        sections = [(_section(digits), _MYRIADS.get(sign, 0)) for digits, sign in _SECTION.findall(match[0])]
        scale, last = sections[0][1], sections[-1][1]
        if all(higher > lower for (_, higher), (_, lower) in pairwise(sections)):
            amount = Decimal(sum(value * 10**power for value, power in sections))
            value = amount.scaleb(-scale).quantize(Decimal(1).scaleb(last - scale))
            yield Numeral(value, scale - last, scale or None, *match.span())


def _section(written: str) -> int:
    """Return the value of what stands before a myriad: ``三千二百`` is 3200."""
    total = digits = 0
    for character in written:
        if character in _DIGITS:
            digits = digits * 10 + _DIGITS[character]
        else:
            total += (digits or 1) * _UNITS[character]
            digits = 0
    return total + digits
