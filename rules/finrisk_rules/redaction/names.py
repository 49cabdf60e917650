"""The firm's own list of names: persons whom no word before them tells."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.reading import STEM, Reading, Span

BYTES_MAX = 100_000
"""Longest list, in UTF-8: the service gets it in a variable of its environment."""

_WORD = pattern_of(r"[^\W\d_]+")
_GAP = pattern_of(r"[\s.'’_-]{1,3}")
_REVERSED = pattern_of(r",\s{0,2}")
_UNSPACED = "\u0e00"
"""From this character on scripts write no blanks between words."""


class Names:
    """The names of a list, one a line; empty lines and those that begin with ``#`` say nothing.

    A name of several words is found in any case, with or without its accents, ``Roe, Jane`` for ``Jane Roe``,
    and with initials between its words; a name of one word as the list spells it.
    """

    def __init__(self, lines: str = "") -> None:
        """Take a list.

        Raises:
            ValueError: it is too long, or a line holds no name; the message has its number, never the name.
        """
        if len(lines.encode()) > BYTES_MAX:
            raise ValueError(
                f"the list of names has {len(lines.encode()):,} bytes, {BYTES_MAX:,} is the most"
            )
        self._unspaced: list[str] = []
        self._single: set[str] = set()
        self._names: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for number, line in enumerate(lines.splitlines(), start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                self._add(Reading(line.strip()).text, number)
        self._stems = {first[:STEM] for first in self._names}

    def _add(self, name: str, number: int) -> None:
        words = tuple(map(_folded, _WORD.findall(name.lower())))
        if sum(map(len, words)) < 2:
            raise ValueError(f"line {number} of the list of names holds no name of two letters or more")
        if name[0] >= _UNSPACED:
            self._unspaced.append(name)
            return
        if len(words) == 1:
            self._single.add(name)
        self._names[words[0]].add(words)
        if len(words) > 1:
            self._names[words[-1]].add(words)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._names or self._unspaced)

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Where names of the list stand in a text."""
        for name in self._unspaced:
            place = reading.text.find(name)
            while place >= 0:
                yield place, place + len(name)
                place = reading.text.find(name, place + len(name))
        if self._stems and not self._stems.isdisjoint(_folded_stems(reading)):
            yield from self._among_words(reading)

    def _among_words(self, reading: Reading) -> Iterator[Span]:
        places = [match.span() for match in _WORD.finditer(reading.lower)]
        words = [_folded(reading.lower[start:end]) for start, end in places]
        for first, word in enumerate(words):
            ends = [
                end
                for name in self._names.get(word, ())
                if (end := self._last(reading.text, name, first, words, places)) is not None
            ]
            if ends:
                yield places[first][0], places[max(ends)][1]

    def _last(
        self, text: str, name: tuple[str, ...], first: int, words: list[str], places: list[Span]
    ) -> int | None:
        """The last word of a name that begins at a word of the text; None where it does not."""
        if len(name) == 1:
            return first if text[slice(*places[first])] in self._single else None
        if words[first] == name[0]:
            at = _follow(text, name[1:], first, words, places)
            if at is not None:
                return at
        after = first + 1
        is_reversed = words[first] == name[-1] and words[after : after + 1] == [name[0]]
        if is_reversed and _REVERSED.fullmatch(text, places[first][1], places[after][0]):
            return _follow(text, name[1:-1], after, words, places)
        return None


def _follow(text: str, rest: tuple[str, ...], at: int, words: list[str], places: list[Span]) -> int | None:
    """The word of the text at which the rest of a name ends, initials between its words passed over."""
    for word in rest:
        end = places[at][1]
        at += 1
        while at < len(words) and words[at] != word and len(words[at]) == 1:
            at += 1
        if at >= len(words) or words[at] != word:
            return None
        between = _WORD.sub("", text[end : places[at][0]])
        if not _GAP.fullmatch(between) and not re.fullmatch(r"[\s.]{1,6}", between):
            return None
    return at


def _folded(word: str) -> str:
    """A word in lower case without its accents."""
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _folded_stems(reading: Reading) -> set[str]:
    return reading.stems if reading.text.isascii() else {_folded(stem)[:STEM] for stem in reading.stems}


NOBODY = Names()
"""The empty list."""
