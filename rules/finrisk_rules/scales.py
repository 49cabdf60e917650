"""What a caption, a head or a label says of the figures below it: power of ten, currency, percentages."""

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from finrisk_rules.judge.stems import stems
from finrisk_rules.patterns import pattern_of
from finrisk_rules.plain_text import plain
from finrisk_rules.units import BASIS_POINTS, CODES, CURRENCIES, SCALES, Unit, any_of

_SIGNS = any_of(word for word in CURRENCIES if not word.isalpha() or len(word) == 3)
_SCALE = any_of(SCALES)
_COIN = any_of(
    {*map(str.lower, CODES), *(word for word in CURRENCIES if not word[-1].isalpha())}, whole=False
)
_LETTER = r"(?:mm?|mn|bn?|k)(?!-?[^\W_])"
_OF_YEAR = r"(?:(?<!\d)(?<!\d )|(?<=(?:19|20)\d\d ))"
"""Before a unit that is no figure's: no number but a year, "2017 %"."""

_SAID = pattern_of(
    rf"(?<![\d.,])(?<!\d )(?:(?<![^\W_])(?P<currency>{_SIGNS}) ?)?"
    rf"(?:(?:(?<![^\W_])(?:in|en|i) |\( ?|^ ?|単位:? ?)(?:(?P<inner>{_SIGNS}) ?(?:in )?)?(?P<scale>{_SCALE})"
    rf"|(?<=[$€£¥₹]) ?(?P<beside>{_SCALE})|(?<=[$€£¥₹])(?P<short>m|mm|k|bn|b|mn)(?![^\W_])"
    rf"|(?P<zeros>'?000(?:'?s)?)(?![\d.,]))"
    rf"(?:(?: of| d'| de|)? ?(?P<behind>{any_of(CURRENCIES)}))?"
    rf"|{_OF_YEAR}(?<![^\W_])(?P<first>{_SCALE})(?: of| d'| de)? ?(?P<after>{any_of(CURRENCIES)})"
    rf"|(?<![^\W_])(?P<coin>{_COIN}) ?(?P<letter>{_LETTER})"
    rf"|{_OF_YEAR}(?<![^\W_])(?P<glued>t€|teur|keur|meur|m€|k€|mio|mrd)(?![^\W_])",
    re.MULTILINE,
)
_WORDS_WITH_SIGN = any_of(word for word in CURRENCIES if word[-1] in "$€£¥₹₩")
_CODES = any_of(word.upper() for word in CURRENCIES if len(word) == 3 and word.isascii() and word.isalpha())
_NAMED_CURRENCY = pattern_of(rf"(?<![^\W_])(?:(?i:{_WORDS_WITH_SIGN})|{_CODES})")
_ABBREVIATED = any_of(word for word in CURRENCIES if word.endswith("."))
_HINT = pattern_of(
    "|".join([any_of(SCALES), "000|t€|m€|k€", *(re.escape(sign) + "[mkb]" for sign in "$€£¥₹")])
    + rf"|(?<=[^\w\s,;:.] ){_LETTER}|(?<=[^\w\s,;:.]){_LETTER}|{_ABBREVIATED} ?{_LETTER}"
)
_AT_CODE = pattern_of(rf"(?<![^\W_])(?P<code>[a-z]{{3}}) ?{_LETTER}")

_POWERS = {"m": 6, "mm": 6, "mn": 6, "k": 3, "b": 9, "bn": 9, "t€": 3, "teur": 3, "keur": 3, "k€": 3,
           "meur": 6, "m€": 6, "mio": 6, "mrd": 9}  # fmt: skip
_PERCENT = pattern_of(
    rf"{_OF_YEAR}%"
    r"|(?<![^\W_])(?:per ?cent|percentages?|prozent|pour cent|pourcentage|in pct)(?![^\W_])"
)
_IN_BASIS_POINTS = pattern_of(
    rf"{_OF_YEAR}(?<!per )(?<!one )(?<!a )(?<![^\W_]){any_of(BASIS_POINTS)}(?=\s*(?:[),]|\Z|(?:19|20)\d\d))"
)
_SIGNS_OF_PERCENT = ("%", "cent", "zent", "pct")
_SIGNS_OF_BASIS_POINTS = ("bp", "bas", "bás", "ベーシス")
"""What every word for them has."""

_LONGEST_FIGURE = 24
_FIGURE_BEFORE = pattern_of(r"(?:\A|[\s(])(?!(?:19|20)\d\d \Z)-?(?:\d{3}|\d+[.,]\d)[\d.,]* \Z")
_EXCEPTED = pattern_of(r"\b(?:except|ausser|außer|sauf|excepto|eccetto)\b(?P<names>[^.;:()\n|]{0,80})")
_PARTS = pattern_of(r",|&|\b(?:and|or|und|et|y|e)\b")
_PER = pattern_of(r".*\b(?:per|je|par|por)\b")
_NO_NAMES = stems(
    "for data amounts figures counts numbers information where otherwise stated noted indicated"
)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a text says: ``power`` of ten or None, ``currency`` or "", ``excepted``.

    ``excepted`` are the words of what the scale does not count for ("in millions, except per share amounts").
    """

    power: int | None = None
    currency: str = ""
    excepted: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def scale_said(text: str) -> Scale:
    """Return what a text says of the figures below it; the last word counts where it says several.

    A scale that belongs to a figure of the text itself ("$45 million") says nothing of others.
    """
    read = plain(text).lower()
    excepted = _excepted(read)
    found = _SAID.finditer(read) if may_say_scale(read) else ()
    said = deque((match for match in found if not (match["coin"] and _is_of_figure(match))), maxlen=1)
    if not said:
        return Scale(excepted=excepted)
    last = said[0]
    written = ("scale", "beside", "first", "short", "letter", "glued")
    word = next((last[name] for name in written if last[name]), "")
    power = 3 if last["zeros"] else SCALES.get(word) or _POWERS[word]
    currency = next(
        (last[name] for name in ("currency", "inner", "coin", "behind", "after") if last[name]), ""
    )
    code = CURRENCIES.get(currency, "EUR" if "eur" in word or "€" in word else "")
    return Scale(power, code, excepted)


def may_say_scale(read: str) -> bool:
    """Whether a text has a word of scale, three zeros, or a letter at a currency; what says a scale does."""
    return bool(_HINT.search(read)) or any(each["code"] in CURRENCIES for each in _AT_CODE.finditer(read))


def _is_of_figure(match: re.Match[str]) -> bool:
    """Whether an amount stands before a currency and its scale, "702 €m": no year, and no small number."""
    before = match.string[max(0, match.start() - _LONGEST_FIGURE) : match.start()]
    return before[-1:] == " " and bool(_FIGURE_BEFORE.search(before))


def unit_said(name: str) -> Unit:
    """Return whether a label or a head says that its figures are percentages or basis points."""
    read = plain(name).lower()
    if any(sign in read for sign in _SIGNS_OF_BASIS_POINTS) and _IN_BASIS_POINTS.search(read):
        return "basis_points"
    is_percent = any(sign in read for sign in _SIGNS_OF_PERCENT) and _PERCENT.search(read)
    return "percent" if is_percent else ""


@lru_cache(maxsize=8192)
def currency_named(name: str) -> str:
    """Return the code of the one currency that a head or a label names, "" for none or several.

    Signs and codes name one; words may be of something else: "pounds".
    """
    codes = {CURRENCIES[match[0].lower()] for match in _NAMED_CURRENCY.finditer(name)}
    return codes.pop() if len(codes) == 1 else ""


def _excepted(read: str) -> frozenset[str]:
    """Return the words that name what is excepted; of "sales per foot" those behind "per"."""
    match = _EXCEPTED.search(read)
    if match is None:
        return frozenset()
    return stems(" ".join(_PER.sub("", part) for part in _PARTS.split(match["names"]))) - _NO_NAMES
