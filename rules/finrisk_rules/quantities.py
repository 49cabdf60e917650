"""Quantities: the numbers of a text as people write them, each with unit, currency, scale and sign.

One reading for pages, answers and questions, in any script: whatever separates thousands or decimals, a
number that says the same is the same Decimal. A quantity knows where in the text it stands. Time is linear
in the text: around each number a bounded window is read.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from heapq import merge
from operator import attrgetter
from typing import Literal, NamedTuple

from finrisk_rules.numerals import numerals
from finrisk_rules.patterns import pattern_of
from finrisk_rules.plain_text import plain
from finrisk_rules.units import Unit, before, behind

Style = Literal["point", "comma"]
"""What separates decimals: ``1,234.5`` or ``1.234,5``."""

LONGEST_NUMBER = 40
"""Characters; what is longer is an identifier, no quantity."""

_NUMBER = pattern_of(
    r"[\d.](?<![\d.,'].)(?:(?<=\d)\d*(?:[.,']\d+)*(?: \d{3}(?:[.,]\d+)?(?![.,']?\d))*|(?<=\.)\d+)"
)
_LETTER_GLUED = pattern_of(r"[^\W\d_][-/_#]\Z|[#§/@_]\Z|[A-Za-z\d]:\Z")
_GLUE = frozenset("-/_#§@:")
_GLUED_BEHIND = pattern_of(r"-[A-Za-z](?![a-z])|[/:]\d|[_@#]")
_WITHOUT_BLANKS = "\u2e80"
"""First character of the scripts of East Asia, which set no blanks between words."""
_MYRIADS = frozenset("万萬億亿兆만억조")
_SMALLER = pattern_of(r" ?(\d{1,4}|\d,\d{3})(?![\d.,])")
"""What goes on behind a scale of East Asia, below its power."""

_GLUED_UNIT = pattern_of(
    r"(?:[xXpc]|k?g|[kM]t|[kM]?oz|lbs?|[kMGT]Wh?|[kKmM]{0,2}(?:bbl|boe)|ha|nm|km[²2]?|m[²³]|[GTP]B)(?![^\W_])"
)
"""Right behind a number, a sign: of a multiple (``2.1x``), of pence or cents (``18.4p``), of a unit."""

_WORD_BEHIND = pattern_of(r" [^\W\d_]| ?(?:[=/×÷*)]|[-+−–] )")
"""A word or an operator, behind a number in whose language a comma parts decimals."""

_USUAL: dict[Style, re.Pattern[str]] = {
    "point": pattern_of(r"(?:(?!0,)\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?"),
    "comma": pattern_of(r"(?:(?!0\.)\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?"),
}
"""A number as its style has it."""

_CLOSED = pattern_of(r" ?\)")

_SEPARATED = pattern_of(r"[0-9.,]{3,}")
"""A number that may have a separator, whole."""

_NO_YEAR = r"(?!(?:19|20)\d\d(?!\d))"
"""A year glued to its day, ``May 31,2019``, tells nothing of decimals."""
_POINT_STYLE = pattern_of(
    rf"\d(?:,\d{{3}}\.\d|(?<![\d.,].)\d*\.(?:\d\d?|{_NO_YEAR}\d{{4,}})(?![.,]?\d)|(?:,\d{{3}}){{2}}(?![.,]?\d))"
)
_COMMA_STYLE = pattern_of(
    rf"\d(?:\.\d{{3}},\d|(?<![\d.,].)\d*,(?:\d\d?|{_NO_YEAR}\d{{4,}})(?![.,]?\d)|(?:\.\d{{3}}){{2}}(?![.,]?\d))"
)


class Quantity(NamedTuple):
    """A number of a text.

    ``value`` is the number as written, with its sign and without its scale; ``places`` its decimals as
    written; ``scale`` the power of ten of a written word ("million": 6), None where none is written;
    ``currency`` an ISO 4217 code, the bare sign where several currencies share it ("$"), "" where none is
    written; ``bracketed`` a number alone in brackets, which accountants read as negative. ``start`` and
    ``end`` hold in the text that was read, signs and words of unit included.
    """

    value: Decimal
    places: int
    scale: int | None
    unit: Unit
    currency: str
    bracketed: bool
    start: int
    end: int

    @property
    def amount(self) -> Decimal:
        """The value with its scale: 1.2 million is 1200000."""
        return self.value.scaleb(self.scale) if self.scale else self.value

    def moved(self, by: int) -> "Quantity":
        """The quantity in a text that has so many characters more before it."""
        value, places, scale, unit, currency, bracketed, start, end = self
        return Quantity(value, places, scale, unit, currency, bracketed, start + by, end + by)


_NOWHERE = (sys.maxsize, sys.maxsize)


def style_of(text: str, default: Style = "point") -> Style:
    """Return which sign separates decimals on this page; the default where nothing tells."""
    written = " ".join(_SEPARATED.findall(plain(text)))
    points, commas = (len(pattern.findall(written)) for pattern in (_POINT_STYLE, _COMMA_STYLE))
    if commas == points:
        return default
    return "comma" if commas > points else "point"


def number(written: str, style: Style = "point") -> tuple[Decimal, int] | None:
    """Return the value of a bare number and its decimals, or None for what is none.

    Of two kinds of separator the last one is the decimal one. A single kind sets thousands apart when it
    comes twice, or when three digits follow it and the page's style has the other one for decimals. Blanks
    and apostrophes always set thousands apart.
    """
    if (usual := _USUAL[style].fullmatch(written)) and len(written) <= LONGEST_NUMBER:
        bare = written.replace(",", "") if style == "point" else written.replace(".", "").replace(",", ".")
        return Decimal(bare), len(usual[1] or "")
    digits = written.replace(" ", "").replace("'", "")
    if len(digits) > LONGEST_NUMBER:
        return None
    whole, mark, rest = _parted(digits, style)
    separators = set(whole) & {".", ","}
    if mark in separators or len(separators) > 1:
        return None
    groups = re.split("[.,]", whole)
    if separators and not _are_groups(groups):
        return None
    value = Decimal("".join(groups) + (f".{rest}" if rest else ""))
    return value, len(rest)


def _parted(digits: str, style: Style) -> tuple[str, str, str]:
    """Return what stands before the decimal separator, that separator, and the decimals."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits, "", ""
    mark, whole, rest = digits[last], digits[:last], digits[last + 1 :]
    only_kind = not set(whole) & ({".", ","} - {mark})
    decimal_mark = "." if style == "point" else ","
    if only_kind and (mark in whole or mark != decimal_mark) and _are_groups(re.split("[.,]", digits)):
        return digits, "", ""
    return whole, mark, rest


def _are_groups(groups: list[str]) -> bool:
    """Whether these digits are set apart as thousands: by three, or by two before the last three (India)."""
    first, *inner, last = groups
    if len(last) != 3 or not 1 <= len(first) <= 3 or first == "0":
        return False
    lengths = {len(group) for group in inner}
    return lengths <= {3} or (lengths == {2} and len(first) <= 2)


def quantities(
    text: str, style: Style = "point", apart: Iterable[tuple[int, int]] = ()
) -> Iterator[Quantity]:
    """Yield the quantities of a text in order. What is glued to letters (``20-F``, ``Q3``) is none.

    Numbers within the spans ``apart``, which are in order, are not read.
    """
    read = plain(text)
    written = _in_digits(read, text, style, apart)
    if read.isascii():
        return written
    return merge(written, _in_characters(read), key=attrgetter("start"))


def _in_characters(read: str) -> Iterator[Quantity]:
    """Yield what is written in characters and has a myriad, a unit or a currency: ``三千二百万円``."""
    for value, places, scale, start, end in numerals(read):
        back = behind(read, end)
        if scale or back.unit or back.currency:
            yield Quantity(value, places, scale, back.unit, back.currency, False, start, end + back.length)


def _in_digits(read: str, text: str, style: Style, apart: Iterable[tuple[int, int]]) -> Iterator[Quantity]:
    last = 0
    spans = iter(apart)
    first, behind_span = next(spans, _NOWHERE)
    for match in _NUMBER.finditer(read):
        places = (match.span(),) if " " not in match[0] else _numbers(read, text, match, style)
        for start, end in places:
            while behind_span <= start:
                first, behind_span = next(spans, _NOWHERE)
            if first <= start and end <= behind_span:
                continue
            if start >= last and (quantity := _quantity(read, start, end, style)):
                quantity = _compound(read, quantity)
                last = quantity.end
                yield quantity


def _compound(read: str, quantity: Quantity) -> Quantity:
    """Return the quantity with what goes on in a smaller scale: ``12億3,400万円`` is 12.3400億円."""
    while quantity.scale and read[quantity.end - 1] in _MYRIADS and not quantity.currency:
        match = _SMALLER.match(read, quantity.end)
        back = behind(read, match.end()) if match else None
        if match is None or back is None or back.unit or (back.scale or 0) >= quantity.scale:
            break
        places = quantity.scale - (back.scale or 0)
        smaller = Decimal(match[1].replace(",", "")).scaleb(-places).copy_sign(quantity.value)
        quantity = quantity._replace(
            value=(quantity.value + smaller).quantize(Decimal(1).scaleb(-places)),
            places=places,
            currency=back.currency,
            end=match.end() + back.length,
        )
        if back.scale is None:
            break
    return quantity


def _numbers(read: str, text: str, match: re.Match[str], style: Style) -> Iterator[tuple[int, int]]:
    """Yield the places of the numbers of a match: one where its blanks set thousands apart, else each."""
    start, end = match.span()
    parts = match[0].split(" ")
    if parts[0].isdecimal() and len(parts[0]) <= 3 and _is_one(read, text, start, end, style):
        yield start, end
        return
    for part in parts:
        yield start, start + len(part)
        start += len(part) + 1


def _is_one(read: str, text: str, start: int, end: int, style: Style) -> bool:
    """Whether blanks set thousands apart: a blank that does not break lines, a currency or a unit tells.

    So does a word behind it where a comma parts decimals ("9 517 salariés"), and a text of nothing else.
    """
    if read[start - 1 : start] == "/":  # the end of a period: "2022/23 845,7 Mio."
        return False
    if any(read[at] == " " != text[at] for at in range(start, end)):
        return True
    if _is_all(read, start, end) or (style == "comma" and _WORD_BEHIND.match(read, end)):
        return True
    return bool(before(read, start).currency) or behind(read, end).length > 0


def _is_all(text: str, start: int, end: int) -> bool:
    """Whether nothing but brackets and signs stands around a number."""
    return len(text) - (end - start) <= len("-( )") and not (text[:start] + text[end:]).strip(" ()-")


def _spells(character: str) -> bool:
    """Whether a letter or digit glued to a number makes it a name; scripts without blanks do not."""
    return character.isalnum() and character < _WITHOUT_BLANKS


def _is_glued(read: str, end: int) -> bool:
    """Whether what stands right behind a number makes it a name: a letter, or a sign that joins."""
    following = read[end : end + 1]
    if _spells(following):
        return not _GLUED_UNIT.match(read, end)
    return following in _GLUE and bool(_GLUED_BEHIND.match(read, end))


def _quantity(read: str, start: int, end: int, style: Style) -> Quantity | None:
    parsed = number(read[start:end], style)
    if parsed is None:
        return None
    if read[start - 1 : start] in _GLUE and _LETTER_GLUED.search(read, max(0, start - 2), start):
        return None
    front = before(read, start)
    if not front.length and start and _spells(read[start - 1]):
        return None
    back = behind(read, end, has_currency=bool(front.currency))
    if not back.length and _is_glued(read, end):
        return None
    value, places = parsed
    first, last = start - front.length, end + back.length
    if last == end and read[first - 1 : first] == "[" and read[end : end + 1] == "]":
        outside = behind(read, end + 1)
        if outside.unit or outside.scale is not None:  # "[99] million"
            back, first, last = outside, first - 1, end + 1 + outside.length
    closed = _CLOSED.match(read, last) if front.bracket else None
    if closed and last == end:  # "(1,234) million", "(5.1)%"
        back = behind(read, closed.end(), has_currency=bool(front.currency))
        last = closed.end() + back.length
    elif closed:
        last = closed.end()
    return Quantity(
        -value if front.minus or closed else value,
        places,
        front.scale if back.scale is None else back.scale,
        back.unit,
        front.currency or back.currency,
        bool(closed),
        first if closed or not front.bracket else start,
        last,
    )
