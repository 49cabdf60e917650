"""The figures of a row: what rows must have in common before their words are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finrisk_rules.digests import digest
from finrisk_rules.periods import MONTHS
from finrisk_rules.plain_text import plain
from finrisk_rules.spelling import latin_runs
from finrisk_rules.units import CURRENCIES, SCALES

SHORT_ROW = 1_200
"""Characters of a row up to which its words of content and the spellings of its figures are compared."""

_NUMBER = re.compile(r"\d[\d.]*")
_FIGURE_SIGNS = bytes(code if chr(code) in "0123456789." else ord(" ") for code in range(256))
_CITATION = re.compile(r"\[\d{1,3}(?:, ?\d{1,3})*\]")
_SPELLED = re.compile(r"\d(?:\d{0,2}(?: \d{3})+(?!\d))?[\d.,'/-]*")
"""A number or a date in figures; blanks may set thousands apart."""

_FORM = re.compile(rf"({_SPELLED.pattern})((?: ?(?:[^\W\d_]+|[$\u20ac\u00a3\u00a5]))?)")
"""The same, and the word or sign behind it: ``1.2bn``, ``5 $``."""

_LESS = re.compile("[(\u2212-](?=[$\u20ac\u00a3\u00a5]?[0-9])")
"""Signs of what is negative, before a number."""

_PARTS = re.compile(r"\d[\d., ']*")
_SEPARATORS = re.compile("[., ']")
_DATE = re.compile(
    r"(?P<iso_year>(?:19|20)\d\d)-[01]?\d-(?P<iso_day>[0-3]?\d)"
    r"|(?P<first>[0-3]?\d)(?P<sign>[./])(?P<second>[0-3]?\d)(?P=sign)(?P<year>(?:19|20)\d\d)"
)
_CJK_MONTH = re.compile("1?\\d ?[\u6708\uc6d4](?= ?[0-3]?\\d ?[\u65e5\uc77c])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LAST_MONTH = 12
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = frozenset((*MONTHS, *SCALES, *CURRENCIES))
"""Words and signs that stand for a part of a figure or a date."""

_SIGNS = tuple(sign for sign in CURRENCIES if len(sign) == 1)


def figures_digest(strategy: str, analysis: str) -> int:
    """32 bits of the numbers of a question and those of its answer, in any order; citations are none."""
    return digest("figures", _numbers(strategy), _numbers(analysis)) >> 32


def values_digest(strategy: str, analysis: str) -> int:
    """32 bits that are equal where short rows have the same figures, however these and dates are written.

    The reverse does not hold: of a number its digits count, without separators and zeros around them
    ("1.250 Mio.", "1,25 Mrd."), and of a date in figures no month. 0 of a row that is not short, or has no
    figures but years.
    """
    if len(strategy) + len(analysis) > SHORT_ROW:
        return 0
    read = _CITATION.sub(" ", f"{strategy}\n{analysis}")
    if not read.isascii():
        read = _CJK_MONTH.sub("", plain(read))
    values = [value for written in _SPELLED.findall(read) for value in _parts(written.rstrip(".,'/-"))]
    if all(map(_YEAR.fullmatch, values)):
        return 0
    return digest("values", *sorted(_SEPARATORS.sub("", value).strip("0") for value in values)) >> 32


def form_digest(strategy: str, analysis: str) -> int:
    """32 bits of how the figures of a row are written: their digits, signs and words."""
    text = _CITATION.sub(" ", f"{strategy}\n{analysis}")
    numbers = [
        number + behind if behind[:1] != " " or behind[1:].lower() in _WORDS else number
        for number, behind in _FORM.findall(text)
    ]
    words = latin_runs(text) if text.isascii() else _WORD.findall(text.lower())
    signs = [sign for sign in _SIGNS if sign in text]
    return digest("form", *numbers, *_LESS.findall(text), *sorted(_WORDS.intersection(words)), *signs) >> 32


def _parts(written: str) -> Sequence[str]:
    """Return the numbers of what is written together: of a date that can be read in one way year and day."""
    date = _DATE.fullmatch(written)
    if date is None:
        return _PARTS.findall(written)
    if date["iso_year"]:
        return date["iso_year"], date["iso_day"]
    first, second = int(date["first"]), int(date["second"])
    if date["sign"] == "/" and first != second and max(first, second) <= _LAST_MONTH:
        return date["first"], date["second"], date["year"]
    return date["year"], str(second if second > _LAST_MONTH else first)


def _numbers(text: str) -> str:
    bare = _CITATION.sub(" ", text)
    if bare.isascii():
        signs = bare.encode().translate(_FIGURE_SIGNS, b",").split()
        return b" ".join(sorted(filter(None, (sign.strip(b".") for sign in signs)))).decode()
    return " ".join(sorted(number.rstrip(".") for number in _NUMBER.findall(bare.replace(",", ""))))
