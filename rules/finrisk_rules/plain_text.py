"""The plain form of a text: one character for each variant of a digit, a blank, a dash or a width."""

import re
import unicodedata

from finrisk_rules.patterns import pattern_of

_BLANKS = "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_MINUS_SIGNS = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
_APOSTROPHES = "\u02bc\u2018\u2019\uff07"
_ARABIC = {0x066A: "%", 0x066B: ".", 0x066C: ","}


def _variants() -> dict[int, str]:
    variants = {ord(blank): " " for blank in _BLANKS}
    for code in range(
        0x80, 0x1FC00, 8
    ):  # of the ten digits of a script, which stand side by side, one is met
        if chr(code).isdecimal():
            zero = code - unicodedata.digit(chr(code))
            variants |= {zero + digit: str(digit) for digit in range(10)}
    for code in range(0xFE50, 0xFFF0):
        compatible = unicodedata.normalize("NFKC", chr(code))
        if len(compatible) == 1 and compatible.isascii():
            variants[code] = compatible
    variants |= {ord(sign): "-" for sign in _MINUS_SIGNS}
    variants |= {ord(mark): "'" for mark in _APOSTROPHES}
    return variants | _ARABIC


_VARIANTS = _variants()
_MAYBE_VARIANTS = pattern_of(r"[^\0-\x08\n-\x7f]+")


def plain(text: str) -> str:
    """Return the text in its plain form; every character keeps its place, so offsets hold in both."""
    return text if text.isascii() else _MAYBE_VARIANTS.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    return match[0].translate(_VARIANTS)
