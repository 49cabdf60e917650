"""What a caption, a head or a label says of the figures below it: their power of ten, currency, percent."""

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from finrisk_rules.judge.stems import stems
from finrisk_rules.plain_text import plain
from finrisk_rules.units import CURRENCIES, SCALES, any_of

_SIGNS = any_of(word for word in CURRENCIES if not word.isalpha() or len(word) == 3)
_SCALE = any_of(SCALES)
_SAID = re.compile(
    rf"(?<![\d.,])(?<!\d )(?:(?<![^\W_])(?P<currency>{_SIGNS}) ?)?"
    rf"(?:(?:(?<![^\W_])(?:in|en|i) |\( ?|^ ?|単位:? ?)(?:(?P<inner>{_SIGNS}) ?(?:in )?)?(?P<scale>{_SCALE})"
    rf"|(?<=[$€£¥₹]) ?(?P<beside>{_SCALE})|(?<=[$€£¥₹])(?P<short>m|mm|k|bn|b|mn)(?![^\W_])"
    rf"|(?P<zeros>'?000(?:'?s)?)(?![\d.,]))"
    rf"(?:(?: of| d'| de|)? ?(?P<behind>{any_of(CURRENCIES)}))?"
    rf"|(?<![^\W_])(?P<first>{_SCALE})(?: of| d'| de)? ?(?P<after>{any_of(CURRENCIES)})"
    rf"|(?<![^\W_])(?P<glued>t€|teur|keur|meur|m€|k€|mio|mrd)(?![^\W_])",
    re.MULTILINE,
)
_WORDS_WITH_SIGN = any_of(word for word in CURRENCIES if word[-1] in "$€£¥₹₩")
_CODES = any_of(word.upper() for word in CURRENCIES if len(word) == 3 and word.isascii() and word.isalpha())
_NAMED_CURRENCY = re.compile(rf"(?<![^\W_])(?:(?i:{_WORDS_WITH_SIGN})|{_CODES})")
_HINT = re.compile(
    "|".join([any_of(SCALES), "000|t€|m€|k€", *(re.escape(sign) + "[mkb]" for sign in "$€£¥₹")])
)
"""What says a scale has a word of scale, three zeros, or a letter at a sign."""

_POWERS = {"m": 6, "mm": 6, "mn": 6, "k": 3, "b": 9, "bn": 9, "t€": 3, "teur": 3, "keur": 3, "k€": 3,
           "meur": 6, "m€": 6, "mio": 6, "mrd": 9}  # fmt: skip
_PERCENT = re.compile(
    r"(?<!\d)(?<!\d )%|(?<![^\W_])(?:per ?cent|percentages?|prozent|pour cent|pourcentage|in pct)(?![^\W_])"
)
_EXCEPTED = re.compile(r"\b(?:except|ausser|außer|sauf|excepto|eccetto)\b(?P<names>[^.;:()\n|]{0,80})")
_PARTS = re.compile(r",|&|\b(?:and|or|und|et|y|e)\b")
_PER = re.compile(r".*\b(?:per|je|par|por)\b")
_NO_NAMES = stems(
    "for data amounts figures counts numbers information where otherwise stated noted indicated"
)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a text says: ``power`` of ten or None, ``currency`` or "", ``percent``, ``excepted``.

    ``excepted`` are the words of what the scale does not count for ("in millions, except per share amounts").
    """

    power: int | None = None
    currency: str = ""
    percent: bool = False
    excepted: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def scale_said(text: str) -> Scale:
    """Return what a text says of the figures below it; the last word counts where it says several.

    A scale that belongs to a figure of the text itself ("$45 million") says nothing of others.
    """
    read = plain(text).lower()
    percent, excepted = bool(_PERCENT.search(read)), _excepted(read)
    said = deque(_SAID.finditer(read) if _HINT.search(read) else (), maxlen=1)
    if not said:
        return Scale(percent=percent, excepted=excepted)
    last = said[0]
    word = last["scale"] or last["beside"] or last["first"] or last["short"] or last["glued"] or ""
    power = 3 if last["zeros"] else SCALES.get(word) or _POWERS[word]
    currency = next((last[name] for name in ("currency", "inner", "behind", "after") if last[name]), "")
    return Scale(
        power,
        CURRENCIES.get(currency, "EUR" if "eur" in word or "€" in word else ""),
        percent,
        excepted,
    )


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
