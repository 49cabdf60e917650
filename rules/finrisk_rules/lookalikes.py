"""Text as a reader sees it: what is invisible is gone, what looks like a Latin letter is one."""

import re
import unicodedata
from functools import lru_cache

from finrisk_rules.patterns import pattern_of

_ALIKE = {
    "A": "\u0410\u0391\u13aa",
    "a": "\u0430\u03b1",
    "B": "\u0412\u0432\u0392\u042c\u13f4",
    "b": "\u044c",
    "C": "\u0421\u03f9\u13df",
    "c": "\u0441\u03f2",
    "D": "\u0500\u13a0",
    "d": "\u0501",
    "E": "\u0415\u0395\u13ac",
    "e": "\u0435\u03b5\u212e",
    "G": "\u050c\u13c0",
    "g": "\u050d",
    "H": "\u041d\u043d\u0397\u13bb",
    "h": "\u04ba\u04bb",
    "I": "\u0406\u0399\u04c0\u13a5",
    "i": "\u0456\u03b9",
    "J": "\u0408\u037f\u13ab",
    "j": "\u0458\u03f3",
    "K": "\u041a\u043a\u039a\u13e6",
    "k": "\u03ba",
    "L": "\u13de",
    "l": "\u04cf\u01c0",
    "M": "\u041c\u043c\u039c\u13b7",
    "N": "\u039d",
    "n": "\u03b7\u0578",
    "O": "\u041e\u039f\u0555",
    "o": "\u043e\u03bf\u03c3\u0585",
    "P": "\u0420\u03a1\u13e2",
    "p": "\u0440\u03c1",
    "Q": "\u051a",
    "q": "\u051b\u0566",
    "R": "\u13a1",
    "r": "\u0433",
    "S": "\u0405\u054f\u13da",
    "s": "\u0455",
    "T": "\u0422\u0442\u03a4\u13a2",
    "t": "\u03c4",
    "U": "\u054d",
    "u": "\u057d\u03c5",
    "V": "\u0474\u13d9",
    "v": "\u03bd\u0475",
    "W": "\u051c\u13b3",
    "w": "\u051d\u0461\u03c9",
    "X": "\u0425\u03a7",
    "x": "\u0445\u03c7",
    "Y": "\u0423\u03a5\u04ae",
    "y": "\u0443\u04af\u03b3",
    "Z": "\u0396\u13c3",
}
_LATIN = {alike: letter for letter, others in _ALIKE.items() for alike in others}
_NAMED = pattern_of(
    r"\b(?:LATIN|REGIONAL INDICATOR)\b(?:.* (?P<small>SMALL LETTER)|.*\b(?:LETTER|SYMBOL))"
    r"(?: SMALL CAPITAL| SCRIPT| DOTLESS| OPEN| LONG| LETTER)? (?P<letter>[A-Z])(?: WITH .*)?\Z"
)
_BRACKETS = {"Ps": "[", "Pe": "]"}
_SHAPELESS = {"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn"}
_BLANK = (
    "\u115f\u1160\u3164\uffa0\u2800"  # fillers and the empty Braille cell: letters and a symbol without ink
)
_TAGS = range(0xE0020, 0xE007F)
_LONGEST = 8  # of a decomposition; some Arabic ligatures are whole sentences
_PLAIN = bytes((*b"\t\n\r", *range(32, 127)))
_UNPLAIN = pattern_of(r"[^\t\n\r -~]+")


@lru_cache(maxsize=4)
def skeleton(text: str) -> str:
    """The text with what a reader takes for Latin letters and ASCII signs made just these, in its lines.

    Compatibility forms (full-width, mathematical, circled) are decomposed; accents, controls and all that
    has no shape are removed; tag characters become the ASCII that they stand for, brackets of any kind
    ``[`` and ``]``. Cyrillic, Greek, Armenian and Cherokee letters that look Latin become Latin (the pairs
    are of Unicode's UTS 39, ``confusables.txt``), and so does every letter that is named after a Latin one.
    Remembered for a moment, since rules ask for that of the same text.
    """
    if text.isascii() and not text.encode().translate(None, _PLAIN):
        return text
    return _UNPLAIN.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    return "".join(map(_shape, match[0]))


@lru_cache(maxsize=8192)
def _shape(character: str) -> str:
    if ord(character) in _TAGS:
        return chr(ord(character) - _TAGS.start + ord(" "))
    parts = unicodedata.normalize("NFKD", character)
    return "".join(map(_part, parts if len(parts) <= _LONGEST else character))


def _part(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    category = unicodedata.category(character)
    if category in _SHAPELESS or character in _BLANK:
        return ""
    if category == "Zs":
        return " "
    name = unicodedata.name(character, "")
    if category in _BRACKETS and "BRACKET" in name:
        return _BRACKETS[category]
    named = _NAMED.search(name)
    if named:
        return named["letter"].lower() if named["small"] else named["letter"]
    return _LATIN.get(character, character)
