"""One spelling for the same word: how texts, questions and names are compared."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from finrisk_rules.patterns import pattern_of
from finrisk_rules.plain_text import plain

_UNSEEN = pattern_of("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]")
_LATIN_MARK = pattern_of("[\u0300-\u036f](?<=[A-Za-z].)[\u0300-\u036f]*")
_WITHOUT_MARK = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"
}  # fmt: skip
_MARKED = pattern_of(f"[{''.join(_WITHOUT_MARK)}]")

_LETTERS = bytes(ord(chr(code).lower()) if chr(code).isalpha() else 32 for code in range(128)) + b" " * 128


@lru_cache(maxsize=4)
def latin_runs(text: str) -> Sequence[str]:
    """Return the runs of the letters a to z of a text, in lower case and in their order.

    Remembered for a moment, since rules ask for those of the same text.
    """
    if text.isascii():
        return text.encode().translate(_LETTERS).decode().split()
    return text.lower().encode("ascii", "replace").translate(_LETTERS).decode().split()


@lru_cache(maxsize=4)
def latin_words(text: str) -> frozenset[str]:
    """Return the words of a text, as ``latin_runs``: what rules ask for first; remembered as these."""
    return frozenset(latin_runs(text))


class Signs:
    """Words, and parts of words, of which a text must have one for a rule to say anything of it.

    Words without any are remembered: a text of nothing else is passed over by one comparison of sets.
    """

    _MOST = 1 << 16  # words that are remembered

    def __init__(self, words: Iterable[str], parts: Iterable[str] = ()) -> None:
        self._words, self._parts = frozenset(words), tuple(parts)
        self._silent: set[str] = set()

    def among(self, words: frozenset[str]) -> bool:
        """Whether one of the words is a sign."""
        if words <= self._silent:
            return False
        silent = {word for word in words - self._silent if not self._is_sign(word)}
        if len(self._silent) > self._MOST:
            self._silent.clear()
        self._silent |= silent
        return not words <= self._silent

    def _is_sign(self, word: str) -> bool:
        return word in self._words or any(map(word.__contains__, self._parts))


def folded(text: str) -> str:
    """Return a text as it is compared: case, width, ligatures and accents of Latin letters do not count.

    Soft hyphens and other unseen signs are gone, digits of every script are 0 to 9. Marks of other scripts
    stay: there they make another letter.
    """
    if text.isascii():
        return text.lower()
    compatible = unicodedata.normalize("NFKC", _UNSEEN.sub("", plain(text))).casefold()
    if compatible.isascii():
        return compatible
    bare = _MARKED.sub(lambda letter: _WITHOUT_MARK[letter[0]], compatible)
    return unicodedata.normalize("NFC", _LATIN_MARK.sub("", unicodedata.normalize("NFD", bare)))
