"""How a kind of identifier is looked for: a cheap hint first, then its pattern, then the proof."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.reading import STEM, Reading, Span
from finrisk_rules.spelling import Signs, latin_runs, latin_words

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
class Several:
    """A search for several kinds, which tells the kind of each span that it finds."""

    names: tuple[str, ...]
    hint: Callable[[Reading], object]
    spans: Callable[[Reading], Iterable[tuple[Span, str]]]


@dataclass(frozen=True)
class Said:
    """A kind that a word tells, which begins its pattern.

    ``words`` are the beginnings of all words that may begin the pattern, in lower case; those of ``inside``
    may stand within a longer word. ``of_digits`` where no value of it has fewer than five digits together: in
    a text without any it is not looked for.
    """

    name: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    proof: Proof = _FIRST_GROUP
    inside: tuple[str, ...] = ()
    of_digits: bool = False


def anywhere(pattern: re.Pattern[str], proof: Proof = _WHOLE) -> Callable[[Reading], Iterable[Span | None]]:
    """All that a pattern finds and the proof lets pass."""
    return lambda reading: map(proof, pattern.finditer(reading.text))


def among_runs(
    pattern: re.Pattern[str], length: int, proof: Proof = _WHOLE
) -> Callable[[Reading], Iterator[Span | None]]:
    """All that a pattern without blanks finds where so many characters stand together, as ``anywhere``."""

    def spans(reading: Reading) -> Iterator[Span | None]:
        for start, end in reading.runs:
            if end - start >= length:
                yield from map(proof, pattern.finditer(reading.text, start, end))

    return spans


def among_digits(name: str, pattern: re.Pattern[str], proof: Proof = _WHOLE) -> Seen:
    """A kind whose pattern is looked for only where digits stand together."""

    def spans(reading: Reading) -> Iterator[Span | None]:
        for window in reading.digits:
            yield from map(proof, pattern.finditer(reading.text, *window))

    return Seen(name, _digits, spans)


def numbered(name: str, spans: Callable[[Reading], Iterable[Span | None]]) -> Seen:
    """A kind that has a search of its own, in a text where digits stand together."""
    return Seen(name, _digits, spans)


_digits = attrgetter("digits")
LONG_WORD, LONG_CODE = attrgetter("runs"), attrgetter("has_code")
"""Hints, a long word and one with a digit: kinds that share one are asked for once."""


_Word = tuple[int, str, Said]
_Use = tuple[int, tuple[str, ...], re.Pattern[str], Proof]
"""The rank of a kind, its words of one stem, and how it is matched and proved."""

_Hint = Callable[[Reading], object]
_FIRST = pattern_of(r"[\W\d_]")
_LEAST_RUN = 3
"""Letters together by which a word that may stand within another is looked for in the words of a text."""


def _beginning(words: Collection[str]) -> str:
    """What all words begin with."""
    first, last = min(words), max(words)
    return first[: next((at for at, sign in enumerate(first) if last[at : at + 1] != sign), len(first))]


class Search:
    """The search for several kinds in one reading."""

    def __init__(self, kinds: Sequence[Seen | Said], several: Sequence[Several] = ()) -> None:
        """Sort the kinds by what tells that a text may have them; what ``several`` find comes last."""
        self._kinds = kinds
        self._several = several
        self._seen: defaultdict[_Hint, list[tuple[int, Seen]]] = defaultdict(list)
        stems: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._inside: list[_Word] = []
        self._foreign: defaultdict[str, list[_Word]] = defaultdict(list)
        # by first sign: of scripts that write no blanks between words
        for rank, kind in enumerate(kinds):
            if isinstance(kind, Seen):
                self._seen[kind.hint].append((rank, kind))
                continue
            self._inside += [(rank, word, kind) for word in kind.inside]
            for word in kind.words:
                if word[0] >= "\u0900":
                    self._foreign[word[0]].append((rank, word, kind))
                else:
                    stems[_FIRST.split(word)[0][:STEM]][rank].append(word)
        runs = {word: max(latin_runs(word[1]), key=len) for word in self._inside}
        self._inside_signs = Signs((), (run for run in runs.values() if len(run) >= _LEAST_RUN))
        self._inside_signless = [word for word, run in runs.items() if len(run) < _LEAST_RUN]
        self._stems = {stem: self._uses(ranks) for stem, ranks in stems.items()}
        self._undigited = {
            stem: self._uses(ranks)
            for stem, all_ranks in stems.items()
            if (ranks := {rank: words for rank, words in all_ranks.items() if not self._is_of_digits(rank)})
        }

    def _is_of_digits(self, rank: int) -> bool:
        kind = self._kinds[rank]
        return isinstance(kind, Said) and kind.of_digits

    def _uses(self, ranks: Mapping[int, Sequence[str]]) -> tuple[str, list[_Use]]:
        """What all words of a stem begin with, and what each kind of them is looked for by."""
        kinds = [kind for rank in ranks if isinstance(kind := self._kinds[rank], Said)]
        uses = [
            (rank, tuple(words), kind.pattern, kind.proof)
            for (rank, words), kind in zip(ranks.items(), kinds, strict=True)
        ]
        return _beginning({word for words in ranks.values() for word in words}), uses

    def spans(self, reading: Reading) -> list[tuple[Span, str]]:
        """Where identifiers stand and of which kind, those of earlier kinds first."""
        spans: list[tuple[int, Span]] = []
        for hint, kinds in self._seen.items():
            for rank, kind in kinds if hint(reading) else ():
                spans += [(rank, span) for span in kind.spans(reading) if span]
        text, lower = reading.text, reading.lower
        told = self._stems if reading.digits else self._undigited
        for stem in told.keys() & reading.stems:
            beginning, uses = told[stem]
            place = lower.find(beginning)
            while place >= 0:
                for rank, words, pattern, proof in uses:
                    if (
                        lower.startswith(words, place)
                        and (match := pattern.match(text, place))
                        and (span := proof(match))
                    ):
                        spans.append((rank, span))
                place = lower.find(beginning, place + 1)
        is_signed = self._inside_signs.among(latin_words(text))
        others = [word for word in (self._inside if is_signed else self._inside_signless) if word[1] in lower]
        for sign in self._foreign.keys() & reading.signs:
            others += self._foreign[sign]
        for rank, word, said in others:
            place = lower.find(word)
            while place >= 0:
                if (match := said.pattern.match(text, place)) and (span := said.proof(match)):
                    spans.append((rank, span))
                place = lower.find(word, place + 1)
        ranked = [(span, self._kinds[rank].name) for rank, span in sorted(spans)]
        for search in self._several:
            if search.hint(reading):
                ranked += search.spans(reading)
        return ranked
