"""A text as a person reads it: one sign for each blank, hyphen and digit, and nothing that is not seen."""

import unicodedata
from functools import cache

from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import latin_words

Span = tuple[int, int]
"""First character, and the one after the last."""

_UNSEEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u180e\ufeff"
    + "".join(
        map(
            chr,
            (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
        )
    )
)
_FOREIGN = pattern_of(r"[^\x00-\x7f]")
_DIGITS = pattern_of(r"\d(?:[ ()./+-]{0,3}\d){4,}")
_ASCII_DIGITS = pattern_of(_DIGITS.pattern.replace(r"\d", "[0-9]"))  # found in two thirds of the time
_ONES = bytes(ord("1") if chr(code).isdigit() and code < 128 else 32 for code in range(256))
_BETWEEN, _FIVE = b" ()./+-", b"11111"
_WORDS = pattern_of(
    r"[a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff]+"
    r"|[\u0370-\u037d\u037f-\u05f2\u05f5-\u060b\u060d-\u061a\u061c-\u061e\u0620-\u08ff]+"
)
"""Words of alphabets; between those of Greek, Hebrew and Arabic are the signs that part or close them."""

_INK = bytes(32 if chr(code).isspace() else ord("x") for code in range(256))
_LONG = b"x" * 16
_DIGIT = pattern_of(r"\d")
_SPACED_INK = b" x x x x x "
_SPACED = pattern_of(r"(?<!\S)[\w./@-](?: [\w./@-]){5,}(?!\S)")
_LEAST_SPACED = 6
STEM = 5
"""Letters of a word that are looked up."""

_BESIDE = 4
"""Characters beside digits that tell what they are."""

_SCRIPTS = (
    range(0x80, 0x3100),
    range(0xA000, 0xAC00),
    range(0xFE00, 0x10000),
    range(0x1D400, 0x1D800),
    range(0x1FBF0, 0x1FBFA),
)
"""Where Unicode has digits, blanks, hyphens and letters of another width."""


def _plain(character: str) -> str:
    """The ASCII character that is read, or the character itself."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Zs":
        return " "
    if category == "Pd" or character in "\u2212\u2043":
        return "-"
    if character == "\u0130":  # two characters in lower case
        return "I"
    same = unicodedata.normalize("NFKC", character)
    return same if len(same) == 1 and same.isascii() else character


def _may_have_digits(text: str) -> bool:
    """Whether five digits may stand together: those of a text in ASCII do, without the signs between them."""
    return not text.isascii() or _FIVE in text.encode().translate(_ONES, _BETWEEN)


def _digits(text: str) -> list[Span]:
    return [
        (max(0, match.start() - _BESIDE), match.end() + _BESIDE)
        for match in (_ASCII_DIGITS if text.isascii() else _DIGITS).finditer(text)
    ]


@cache
def _spelling() -> dict[str, str]:
    """All characters that are read as another one, and which one."""
    return {
        character: plain
        for codes in _SCRIPTS
        for character in map(chr, codes)
        if (plain := _plain(character)) != character
    }


class Reading:
    """A text in one spelling, with the place of each character in the text as it stood.

    Attributes:
        text: the text as it is read.
        lower: the text in lower case, character by character.
        signs: those beyond ASCII.
        stems: the first letters of each word, in lower case.
        runs: where 16 characters or more stand together without a blank.
        has_code: whether a digit is among them.
        digits: where five digits or more stand together, if with signs between them, and what is beside them.
    """

    __slots__ = ("_ink", "_places", "digits", "has_code", "lower", "runs", "signs", "stems", "text")

    def __init__(self, original: str) -> None:
        """Read a text."""
        self._places: list[int] | None = None  # None: all stand where they stood
        self.signs: set[str] = set()
        if original.isascii():
            self.text = original
        else:
            self.signs = set(_FOREIGN.findall(original))
            self.text = self._plain(original)
        self._ink = self.text.encode("ascii", "replace").translate(_INK)
        if _SPACED_INK in self._ink:
            self.text = self._closed(self.text)
            self._ink = self.text.encode("ascii", "replace").translate(_INK)
        self.runs = self._runs() if _LONG in self._ink else []
        self.has_code = any(_DIGIT.search(self.text, *run) for run in self.runs)
        self.lower = self.text.lower()
        if original.isascii():
            self.stems = {word[:STEM] for word in latin_words(self.text)}
        else:
            self.stems = {word[:STEM] for word in set(_WORDS.findall(self.lower))}
        self.digits = _digits(self.text) if _may_have_digits(self.text) else []

    def _plain(self, text: str) -> str:
        if not self.signs.isdisjoint(_UNSEEN):
            self._places = [place for place, sign in enumerate(text) if sign not in _UNSEEN]
            text = "".join(text[place] for place in self._places)
        spelling = _spelling()
        for sign in self.signs & spelling.keys():
            text = text.replace(sign, spelling[sign])
        return text

    def _closed(self, text: str) -> str:
        """The text without the blanks that a scanner put between the signs of a word."""
        blanks = {
            place
            for match in _SPACED.finditer(text)
            if sum(map(str.isalnum, match[0])) >= _LEAST_SPACED
            for place in range(match.start() + 1, match.end(), 2)
        }
        if not blanks:
            return text
        kept = [place for place in range(len(text)) if place not in blanks]
        self._places = kept if self._places is None else [self._places[place] for place in kept]
        return "".join(text[place] for place in kept)

    def _runs(self) -> list[Span]:
        runs = []
        place = self._ink.find(_LONG)
        while place >= 0:
            end = self._ink.find(b" ", place)
            end = len(self._ink) if end < 0 else end
            runs.append((place, end))
            place = self._ink.find(_LONG, end)
        return runs

    def original(self, span: Span) -> Span:
        """Where a span of this text stood."""
        if self._places is None:
            return span
        return self._places[span[0]], self._places[span[1] - 1] + 1
