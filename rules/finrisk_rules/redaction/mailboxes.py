"""Addresses of mail."""

import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.kinds import Seen
from finrisk_rules.redaction.reading import STEM, Reading, Span

_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u109f\u1780-\u17d3"
"""Vowels and other marks, which are no letters to the library, and the blocks that are full of them."""

_LABEL = rf"[\w{_MARKS}-]{{1,63}}"
_SPELLED = {
    "at": "dot", "arroba": "punto|ponto", "arobase": "point", "chiocciola": "punto", "klammeraffe": "punkt",
    "apenstaartje": "punt", "małpa": "kropka", "собака": "точка",
}  # fmt: skip
"""The sign of an address in words, and the dot after it in the same language."""

_IN_WORDS = "|".join(
    f" {at} (?:{_LABEL} (?:{dot}) ){{1,8}}[^\\W\\d_]{{2,24}}" for at, dot in _SPELLED.items()
)
_AT = pattern_of(
    r"(?:(?:@| @ | ?[(\[{<] ?(?:at|@) ?[)\]}>] ?| at (?=[\w-]{1,63} dot ))"
    rf"(?:(?:{_LABEL}(?:\.| ?[(\[{{<] ?(?:dot|\.) ?[)\]}}>] ?| dot )){{1,8}}"
    rf"(?:xn--[a-z0-9-]{{2,59}}|[a-z]{{2,24}}(?![a-z0-9_-])|(?![a-z])(?:[^\W\d_]|[{_MARKS}]){{2,24}})"
    r"|\[(?:ipv6:)?[\da-f.:]{3,45}\])"
    rf"|{_IN_WORDS})",
    re.IGNORECASE,
)
_MARK = pattern_of(f"[{_MARKS}]")
_LOCAL_SIGNS = frozenset(".!#$%&'*+/=?^_`{|}~-")
_QUOTED = pattern_of(r'"[^"\n]{1,62}"$')
_LOCAL_MAX = 64


def emails(reading: Reading) -> Iterator[Span]:
    """Where addresses of mail stand."""
    text = reading.text
    for match in _AT.finditer(text):
        start = _local_start(text, match.start())
        if start < match.start():
            yield start, match.end()


def _local_start(text: str, end: int) -> int:
    """Where the name before the sign of an address begins; ``end`` if there is none."""
    quoted = _QUOTED.search(text, max(0, end - _LOCAL_MAX), end) if text[end - 1 : end] == '"' else None
    if quoted:
        return quoted.start()
    start = end
    is_latin = text[end - 1 : end] < "\u2e80"
    while start > max(0, end - _LOCAL_MAX):
        sign = text[start - 1]
        if not (sign.isalnum() or sign in _LOCAL_SIGNS or _MARK.match(sign)) or (
            is_latin and sign >= "\u2e80"
        ):
            break
        start -= 1
    while start < end and text[start] in _LOCAL_SIGNS:  # a name begins with none, the text before may end so
        start += 1
    return start


_AT_SIGNS = ("at)", "at]", "at}", "at>")
_AT_STEMS = frozenset({"dot"} | {word[:STEM] for word in _SPELLED if word != "at"})


def has_at(reading: Reading) -> bool:
    """Whether a text may hold an address of mail."""
    text = reading.text
    if "@" in text or not _AT_STEMS.isdisjoint(reading.stems):
        return True
    return "at" in reading.stems and any(map(reading.lower.__contains__, _AT_SIGNS))


KINDS = (Seen("email", has_at, emails),)
