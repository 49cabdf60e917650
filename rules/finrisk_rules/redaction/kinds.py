"""How a kind of identifier is looked for: a cheap hint first, then its pattern, then the proof."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from finrisk_rules.redaction.reading import STEM, Reading, Span

Proof = Callable[[re.Match[str]], Span | None]
"""Where in a match the identifier stands, None where the match is none."""


def proved(check: Callable[[re.Match[str]], bool] | None = None, group: int = 0) -> Proof:
    """A group of a match, where the match passes the check."""

    def proof(match: re.Match[str]) -> Span | None:
        return match.span(group) if check is None or check(match) else None

    return proof


_WHOLE, _FIRST_GROUP = proved(), proved(group=1)


@dataclass(frozen=True)
class Seen:
    """A kind that is seen wherever it stands, in a text that has the hint."""

    name: str
    hint: Callable[[Reading], object]
    spans: Callable[[Reading], Iterable[Span | None]]


@dataclass(frozen=True)
class Numbered(Seen):
    """A kind that is seen where digits stand together: ``spans`` is called with a text that has some."""


@dataclass(frozen=True)
class Several:
    """A search for several kinds, which tells the kind of each span that it finds."""

    names: tuple[str, ...]
    hint: Callable[[Reading], object]
    spans: Callable[[Reading], Iterable[tuple[Span, str]]]


@dataclass(frozen=True)
class Said:
    """A kind that a word tells, which begins its pattern.

    ``words`` are the beginnings of all words that may begin the pattern, in lower case; those of ``inside``
    may stand within a longer word.
    """

    name: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    proof: Proof = _FIRST_GROUP
    inside: tuple[str, ...] = ()


def anywhere(pattern: re.Pattern[str], proof: Proof = _WHOLE) -> Callable[[Reading], Iterable[Span | None]]:
    """All that a pattern finds and the proof lets pass."""
    return lambda reading: map(proof, pattern.finditer(reading.text))


def among_runs(
    pattern: re.Pattern[str], length: int, proof: Proof = _WHOLE
) -> Callable[[Reading], Iterator[Span | None]]:
    """All that a pattern without blanks finds where so many characters stand together, as ``anywhere``."""

    def spans(reading: Reading) -> Iterator[Span | None]:
        for run in reading.runs(length):
            yield from map(proof, pattern.finditer(reading.text, *run))

    return spans


def among_digits(name: str, pattern: re.Pattern[str], proof: Proof = _WHOLE) -> Numbered:
    """A kind whose pattern is looked for only where digits stand together."""

    def spans(reading: Reading) -> Iterator[Span | None]:
        for window in reading.digits:
            yield from map(proof, pattern.finditer(reading.text, *window))

    return Numbered(name, _digits, spans)


def numbered(name: str, spans: Callable[[Reading], Iterable[Span | None]]) -> Numbered:
    """A kind that has a search of its own, in a text where digits stand together."""
    return Numbered(name, _digits, spans)


def _digits(reading: Reading) -> object:
    return reading.digits


_Word = tuple[int, str, Said]
_FIRST = re.compile(r"[\W\d_]")


class Search:
    """The search for several kinds in one reading."""

    def __init__(self, kinds: Sequence[Seen | Said], several: Sequence[Several] = ()) -> None:
        """Sort the kinds by what tells that a text may have them; what ``several`` find comes last."""
        self._kinds = kinds
        self._several = several
        self._seen: list[tuple[int, Seen]] = []
        self._numbered: list[tuple[int, Seen]] = []
        self._stems: defaultdict[str, list[_Word]] = defaultdict(list)
        self._inside: list[_Word] = []
        self._foreign: defaultdict[str, list[_Word]] = defaultdict(list)
        # by first sign: of scripts that write no blanks between words
        for rank, kind in enumerate(kinds):
            if isinstance(kind, Seen):
                (self._numbered if isinstance(kind, Numbered) else self._seen).append((rank, kind))
                continue
            self._inside += [(rank, word, kind) for word in kind.inside]
            for word in kind.words:
                if word[0] >= "\u0900":
                    self._foreign[word[0]].append((rank, word, kind))
                else:
                    self._stems[_FIRST.split(word)[0][:STEM]].append((rank, word, kind))
        self._known = self._stems.keys()

    def spans(self, reading: Reading) -> list[tuple[Span, str]]:
        """Where identifiers stand and of which kind, those of earlier kinds first."""
        spans: list[tuple[int, Span]] = []
        for rank, kind in (*self._seen, *self._numbered) if reading.digits else self._seen:
            if kind.hint(reading):
                spans += [(rank, span) for span in kind.spans(reading) if span]
        lower = reading.lower
        words = [word for word in self._inside if word[1] in lower]
        for stem in self._known & reading.stems:
            words += self._stems[stem]
        for sign in self._foreign.keys() & reading.signs:
            words += self._foreign[sign]
        for rank, word, said in words:
            place = lower.find(word)
            while place >= 0:
                match = said.pattern.match(reading.text, place)
                if match and (span := said.proof(match)):
                    spans.append((rank, span))
                place = lower.find(word, place + 1)
        ranked = [(span, self._kinds[rank].name) for rank, span in sorted(spans)]
        for search in self._several:
            if search.hint(reading):
                ranked += search.spans(reading)
        return ranked
