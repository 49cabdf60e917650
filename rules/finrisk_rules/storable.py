"""Text from outside as PostgreSQL, JSON and UTF-8 can hold it: no NUL, no half of a surrogate pair."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FIRST_HALF = re.compile("[\ud800-\udbff]\x00*\\Z")

Json = TypeVar("Json")


def storable(text: str) -> str:
    """The text without NUL, its pairs of surrogates as one character, each half alone as U+FFFD."""
    if not _UNSTORABLE.search(text):
        return text
    return text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def storable_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces of one text, each storable; a pair that was cut between two of them comes with the later.

    Together they are ``storable`` of the whole text. A piece that becomes empty is left out.
    """
    waiting = ""
    for piece in pieces:
        text = waiting + piece
        half = _FIRST_HALF.search(text)
        waiting = half[0] if half else ""
        whole = storable(text[: half.start()] if half else text)
        if whole:
            yield whole
    if waiting:
        yield storable(waiting)


def storable_json(value: Json) -> Json:
    """A JSON value whose every text, names included, is storable."""
    if isinstance(value, str):
        return storable(value)  # type: ignore[return-value]  # a str is the Json it came as
    if isinstance(value, dict):
        return {storable(str(name)): storable_json(each) for name, each in value.items()}  # type: ignore[return-value]  # as above
    if isinstance(value, list):
        return [storable_json(each) for each in value]  # type: ignore[return-value]  # as above
    return value
