"""Text from outside as PostgreSQL, JSON and UTF-8 can hold it: no NUL, no half of a surrogate pair."""

import unicodedata
from typing import TypeVar

from finrisk_rules.patterns import pattern_of

_FIRST_HALF = pattern_of("[\ud800-\udbff]\x00*\\Z")

Json = TypeVar("Json")


def is_storable(text: str) -> bool:
    """Whether the text can be held as it is."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_one_line(text: str) -> bool:
    """Whether nothing in the text could begin a new line of a prompt or a log: no control, no line break."""
    return not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def storable(text: str) -> str:
    """The text without NUL, its pairs of surrogates as one character, each half alone as U+FFFD."""
    if is_storable(text):
        return text
    return text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class StorableText:
    """A text that comes in pieces, each made storable; a pair cut between two of them comes with the later.

    The pieces and the rest together are ``storable`` of the whole text.
    """

    def __init__(self) -> None:
        self._half = ""

    def add(self, piece: str) -> str:
        """What can be told of the text after this piece."""
        text = self._half + piece
        half = _FIRST_HALF.search(text)
        self._half = half[0] if half else ""
        return storable(text[: half.start()] if half else text)

    def rest(self) -> str:
        """What is left at the end of the text: half a pair whose other half never came."""
        rest, self._half = storable(self._half), ""
        return rest


def storable_json(value: Json) -> Json:
    """A JSON value whose every text, names included, is storable."""
    if isinstance(value, str):
        return storable(value)  # type: ignore[return-value]  # a str is the Json it came as
    if isinstance(value, dict):
        return {storable(str(name)): storable_json(each) for name, each in value.items()}  # type: ignore[return-value]  # as above
    if isinstance(value, list):
        return [storable_json(each) for each in value]  # type: ignore[return-value]  # as above
    return value
