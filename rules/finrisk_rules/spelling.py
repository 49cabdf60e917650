"""One spelling for the same word: how texts, questions and names are compared."""

import re
import unicodedata

from finrisk_rules.plain_text import plain

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]")
_LATIN_MARK = re.compile("[\u0300-\u036f](?<=[A-Za-z].)[\u0300-\u036f]*")
_WITHOUT_MARK = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"
}  # fmt: skip
_MARKED = re.compile(f"[{''.join(_WITHOUT_MARK)}]")


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
