"""The plain form of a text: one character for each variant of a digit, a blank, a dash or a width."""

import re
import unicodedata

_BLANKS = "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_MINUS_SIGNS = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
_APOSTROPHES = "\u02bc\u2018\u2019\uff07"
_ARABIC = {0x066A: "%", 0x066B: ".", 0x066C: ","}


def _variants() -> dict[int, str]:
    variants = {ord(blank): " " for blank in _BLANKS}
    for code in range(0x80, 0x1FC00):
        character = chr(code)
        if unicodedata.category(character) == "Nd":
            variants[code] = str(unicodedata.digit(character))
        elif 0xFE50 <= code <= 0xFFEF:
            compatible = unicodedata.normalize("NFKC", character)
            if len(compatible) == 1 and compatible.isascii():
                variants[code] = compatible
    variants |= {ord(sign): "-" for sign in _MINUS_SIGNS}
    variants |= {ord(mark): "'" for mark in _APOSTROPHES}
    return variants | _ARABIC


_VARIANTS = _variants()
_MAYBE_VARIANTS = re.compile("[\t\u0080-\U0010ffff]+")


def plain(text: str) -> str:
    """Return the text in its plain form; every character keeps its place, so offsets hold in both."""
    return text if text.isascii() else _MAYBE_VARIANTS.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    return match[0].translate(_VARIANTS)
