"""How a text may read to somebody who looks through its disguise."""

import base64
import binascii
import codecs
import html
import re
from collections.abc import Iterator
from string import ascii_letters, ascii_lowercase, digits
from urllib.parse import unquote

from finrisk_rules.lookalikes import skeleton
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import Signs, latin_words

_DIGITS_AS_LETTERS = str.maketrans("013457$@", "oieastsa")
_LEET = pattern_of(
    r"(?<![\w$@])(?=[\w$@]*[a-z])(?=[\w$@]*[013457$@])[a-z013457$@]{3,}(?![\w$@])", re.IGNORECASE
)
_SPACED = pattern_of(r"(?<![^\W_])[^\W\d_]([ .*_-])(?:[^\W\d_]\1){2,}[^\W\d_](?![^\W_])")
_BASE64 = pattern_of(r"(?<![\w+/])[A-Za-z0-9+/]{24,4096}={0,2}(?![\w+/])")
_BASE64_LEAST = b"x" * 24
_ENTITY = pattern_of(r"&(?:#\w{2,7}|[a-z]{2,8});")
_TAG = pattern_of(r"</?[a-z][^<>\n]{0,60}>", re.IGNORECASE)
_PERCENT = pattern_of(r"%[0-9A-Fa-f]{2}")
_GIVEAWAYS = ("instruction", "prompt", "guidelines", "previous", "disregard")  # an order has one of them
_BACKWARDS = [word[::-1] for word in _GIVEAWAYS]
_BY_13 = [codecs.encode(word, "rot13") for word in _GIVEAWAYS]
_TURNED, _ROTATED = Signs((), _BACKWARDS), Signs((), _BY_13)
REVERSALS = (*_BACKWARDS, *_BY_13)
"""Letters of which a text that is written backwards, or rotated by 13, has some together."""


def _shapes(shapes: dict[str, str]) -> bytes:
    """A table by which each ASCII sign becomes that of its kind; a sign of no kind becomes a blank."""
    kinds = {sign: kind for kind, signs in shapes.items() for sign in signs}
    return bytes(ord(kinds.get(chr(code), " ")) for code in range(256))


_LETTERS_AND_DIGITS = _shapes({"a": ascii_letters, "1": "013457$@"})
_LETTERS_AND_BLANKS = _shapes({"a": f"{ascii_letters}?", ".": " .*_-"})  # "?": any letter that is not ASCII
_ADJACENT = re.compile(rb"1(?:(?<=a1)|a)")  # begins with the sign that is rare
_LETTERS = frozenset(ascii_lowercase)
_BASE64_SIGNS = _shapes({"x": f"{ascii_letters}{digits}+/"})


def appearances(text: str) -> Iterator[str]:
    """The text with invisible characters and look-alikes resolved, then each other reading that it has.

    Digits for letters, letters with signs between them, character references, percent and Base64 encoding,
    without tags, letters rotated by 13, and the text backwards.
    """
    plain = skeleton(text)
    yield plain
    words = latin_words(plain)
    signs = plain.encode("ascii", "replace")
    if _may_be_leet(signs) and _LEET.search(plain):
        yield _LEET.sub(lambda match: match[0].translate(_DIGITS_AS_LETTERS), plain)
    if (not plain.isascii() or _may_be_spaced(signs, words)) and _SPACED.search(plain):
        yield _SPACED.sub(lambda match: match[0].replace(match[1], ""), plain)
    if _is_encoded(plain):
        yield skeleton(html.unescape(unquote(plain)))
    if "<" in plain and _TAG.search(plain):
        yield _TAG.sub("", plain)
    if _may_be_base64(signs):
        yield from filter(None, map(_decoded, _BASE64.findall(plain)))
    if _ROTATED.among(words):
        yield codecs.encode(plain, "rot13")
    if _TURNED.among(words):
        yield plain[::-1]


def is_undisguised(text: str, words: frozenset[str]) -> bool:
    """Whether a text in ASCII with these ``latin_words`` has no other reading, nor has any of its lines.

    None of ``REVERSALS`` stands in the words.
    """
    signs = text.encode()
    return not (
        "<" in text
        or _is_encoded(text)
        or _may_be_leet(signs)
        or _may_be_spaced(signs, words)
        or _may_be_base64(signs)
    )


def _may_be_leet(signs: bytes) -> bool:
    return _ADJACENT.search(signs.translate(_LETTERS_AND_DIGITS)) is not None


def _may_be_spaced(signs: bytes, words: frozenset[str]) -> bool:
    """Whether letters stand alone, as in a word with signs between its letters."""
    return not words.isdisjoint(_LETTERS) and b".a.a." in signs.translate(_LETTERS_AND_BLANKS)


def _is_encoded(plain: str) -> bool:
    return bool(("&" in plain and _ENTITY.search(plain)) or ("%" in plain and _PERCENT.search(plain)))


def _may_be_base64(signs: bytes) -> bool:
    return _BASE64_LEAST in signs.translate(_BASE64_SIGNS)


def _decoded(letters: str) -> str | None:
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
