"""Which rows nearly repeat each other: the same figures, and nearly the same words around them.

Words alone cannot tell a repetition from the same question of another year, so rows are compared only where
their figures are equal. A sketch (one-permutation MinHash over runs of words) stands for the words: the share
of places in which two sketches agree estimates the share of runs that two texts have in common. Short texts
have few runs, and lose most of them when they are reworded: there words of content are compared.

Who rewords a text moves words or changes several; who asks the same of another firm, measure or direction
puts one word in the place of another, or gives another name: such rows are two, however like they are. Who
asks of another subject says its word in the question, and the answer says it too.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold
from finrisk_rules.judge.directions import directions
from finrisk_rules.judge.languages import COMMON_WORDS
from finrisk_rules.judge.wording import words as content
from finrisk_rules.units import CURRENCIES

from .digests import Unions

PLACES = 64
"""Numbers of a sketch."""

_ALIKE = 0.6  # share of places from which two rows are alike: texts with 0.7 of their runs in common reach it
_BAND = 2  # places that must agree for two rows to be compared
_RUN = 3  # words
_EMPTY = 0xFFFF
_SHORT = 1_200  # characters of a row up to which its words of content are compared
_REWORDED = 0.5  # share of the words of content that two short rows have in common
_ASKED = 0.4  # the same of their questions: one answer may serve two questions
_FRAME = 0.88  # the same of rows in whose frame one word for another is another subject
_LEAST_WORDS = 8  # of content, by which short rows come to be compared
_DENIALS = frozenset(
    "no not never t none cannot nicht kein keine ne pas aucun non nao não niet geen nie не нет".split()
)
_WITHOUT = frozenset("without ohne sans sin sem senza zonder без".split())
_GRAMMAR = COMMON_WORDS | frozenset(
    "的了是在和与與及因为為如何怎么麼样樣将將仍请請吗嗎呢对對于於其也都就把被从從这這那之而所"
)
_NAME = re.compile(r"(?:(?<=[^\W_A-Z] )|(?<=, ))([A-ZÀ-ÞА-Я][^\W_]+)")
_LOSS = re.compile(r"(?<![^\s(|:;=])[-\u2212\u2013](?=[$€£¥]?\d)")
_DOLLARS = re.compile(r"\b(A|AU|C|CA|HK|NZ|S|NT|R|MX)\$")
_SAME = {"$": "USD", "¥": "JPY"}
_UNIT_SIGNS = {"%": "%"} | {
    sign: _SAME.get(sign, code) for sign, code in CURRENCIES.items() if len(sign) == 1
}
_UNIT_WORDS = {"percent": "%", "prozent": "%"} | {
    word: _SAME.get(code, code)
    for word, code in CURRENCIES.items()
    if re.fullmatch("[a-z]{3,}", word) and word not in ("try", "pen", "mad", "cop", "ron", "won", "all")
}
_PARTS = 64  # in which rows are sorted one after the other: numbers in a list take five times their bytes
_NUMBER, _DIGIT = re.compile(r"\d[\d.]*"), re.compile("[0-9]")
_FIGURE_SIGNS = bytes(code if chr(code) in "0123456789." else ord(" ") for code in range(256))
_CITATION = re.compile(r"\[\d{1,3}(?:, ?\d{1,3})*\]")
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)

Places = Sequence[int]


class Sketch(NamedTuple):
    """What a question and its answer are compared by.

    Attributes:
        places: their sketches, one after the other.
        order: 16 bits of each word of both but those of grammar, the last set of a name.
        asked: 16 bits of each word of content of the question; empty for texts that are not short.
        said: the same of the answer.
        denies: whether the answer says no.
        denials: how often the question says no or without, and the answer; 0 for texts that are not short.
        spoken: 16 bits of each word of the question without digits, and of the answer; as ``asked``.
        losses: how many numbers have a minus sign.
        units: how often each currency is named, and per cent.
        turns: how often the question says rise and fall, and the answer; empty for texts that are not short.
    """

    places: array[int]
    order: array[int]
    asked: frozenset[int]
    said: frozenset[int]
    denies: bool
    denials: tuple[int, int]
    spoken: tuple[frozenset[int], frozenset[int]]
    losses: int
    units: Mapping[str, int]
    turns: tuple[tuple[int, int], ...]


def figures_digest(strategy: str, analysis: str) -> int:
    """32 bits of the numbers of a question and those of its answer, in any order; citations are none."""
    return digest("figures", _numbers(strategy), _numbers(analysis)) >> 32


def _numbers(text: str) -> str:
    bare = _CITATION.sub(" ", text)
    if bare.isascii():
        signs = bare.encode().translate(_FIGURE_SIGNS, b",").split()
        return b" ".join(sorted(filter(None, (sign.strip(b".") for sign in signs)))).decode()
    return " ".join(sorted(number.rstrip(".") for number in _NUMBER.findall(bare.replace(",", ""))))


def pair_sketch(strategy: str, analysis: str) -> Sketch:
    """The sketch of a question and its answer."""
    asked, said = words(strategy), words(analysis)
    length = len(strategy) + len(analysis)
    is_short = length <= _SHORT and _DIGIT.search(analysis) is not None
    return Sketch(
        _sketch(asked, _RUN) + _sketch(said, _RUN),
        _order(asked + said, strategy, analysis),
        _contents(strategy) if is_short else frozenset(),
        _contents(analysis) if is_short else frozenset(),
        not _DENIALS.isdisjoint(said),
        (_denials(asked), _denials(said)) if is_short else (0, 0),
        (_spoken(asked), _spoken(said)) if is_short else (frozenset(), frozenset()),
        len(_LOSS.findall(f"{strategy}\n{analysis}")),
        _units(f"{strategy}\n{analysis}", asked + said),
        (_turns(strategy), _turns(analysis)) if is_short else (),
    )


def is_repeated(one: Sketch, other: Sketch) -> bool:
    """Whether two rows of the same figures are alike, and differ by no word, name, sign or unit."""
    is_short = bool(one.said and other.said)
    if likeness(one.places, other.places) < _ALIKE and not (is_short and _is_reworded(one, other)):
        return False
    if is_short and (one.denies != other.denies or any(map(_is_contrary, one.turns, other.turns))):
        return False
    if is_short and _is_of_another_subject(one, other):
        return False
    if (one.losses != other.losses and _loses(one) != _loses(other)) or _is_measured_otherwise(
        one.units, other.units
    ):
        return False
    return not _is_another(one.order, other.order, is_short)


def _loses(sketch: Sketch) -> int:
    """How often a row says a loss or a fall: by a minus sign, or by a word where its words are compared."""
    return sketch.losses + sum(falls for _, falls in sketch.turns)


def _is_measured_otherwise(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether each text names a unit more often than the other."""
    changes = [one.get(unit, 0) - other.get(unit, 0) for unit in {*one, *other}]
    return min(changes, default=0) < 0 < max(changes, default=0)


def _is_contrary(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether one text says rise more often than the other, and fall less often."""
    return (one[0] - other[0]) * (one[1] - other[1]) < 0


def _is_of_another_subject(one: Sketch, other: Sketch) -> bool:
    """Whether question and answer of one row share a word of content that the other row has nowhere.

    A word of grammar must stand for another one, "before" and "after"; a "not" may be one more in
    both. The rows have the same frame: who rewords a text changes many words.
    """
    if _overlap(one.asked | one.said, other.asked | other.said) < _FRAME:
        return False
    if (
        _is_denied(one.denials, other.denials)
        or _subjects(one) - other.asked - other.said
        or _subjects(other) - one.asked - one.said
    ):
        return True
    (asked, said), (asked_other, said_other) = one.spoken, other.spoken
    return bool(
        (asked & said) - asked_other - said_other - _OF_PERIODS
        and (asked_other & said_other) - asked - said - _OF_PERIODS
    )


def _subjects(sketch: Sketch) -> frozenset[int]:
    return (sketch.asked & sketch.said) - _OF_PERIODS


def _is_denied(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether both the question and the answer of one row say no more often than the other's."""
    return (one[0] - other[0]) * (one[1] - other[1]) > 0


def _is_reworded(one: Sketch, other: Sketch) -> bool:
    """Whether short texts have most words of content in common, and their questions some."""
    all_one, all_other = one.asked | one.said, other.asked | other.said
    return _overlap(all_one, all_other) >= _REWORDED and _overlap(one.asked, other.asked) >= _ASKED


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 1.0


def _is_another(one: Sequence[int], other: Sequence[int], is_short: bool) -> bool:
    """Whether each text has names that the other lacks, or one has a word in the place of another's.

    Where all other words stand as they did, one word for another is enough in a short text; a long one must
    have it twice. Words that change places are another statement too.
    """
    names, others = {code for code in one if code & 1}, {code for code in other if code & 1}
    if names - set(other) - {code | 1 for code in other} and others - set(one) - {code | 1 for code in one}:
        return True
    if len(one) != len(other):
        return False
    places = Counter(
        (left | 1, right | 1) for left, right in zip(one, other, strict=True) if left | 1 != right | 1
    )
    if not places:
        return False
    is_exchange = all((right, left) in places for left, right in places)
    return is_exchange or (len(places) == 1 and (is_short or places.total() > 1))


def likeness(one: Places, other: Places) -> float:
    """The share of places, of those that either sketch fills, in which both agree; 0 to 1.

    Of several texts sketched one after the other: of those that are least alike.
    """
    return min(
        _share(one[start : start + PLACES], other[start : start + PLACES])
        for start in range(0, len(one), PLACES)
    )


def _share(one: Places, other: Places) -> float:
    filled = agreed = 0
    for left, right in zip(one, other, strict=True):
        if left != _EMPTY or right != _EMPTY:
            filled += 1
            agreed += left == right
    return agreed / filled if filled else 0.0


class Kin:
    """Joins rows that are alike, as their sketches come; each is compared with the first of its bands.

    Kept are the rows, and of those of one kind a sketch and ``PLACES / 2`` band numbers.
    """

    def __init__(self, size: int) -> None:
        """Start with ``size`` rows, each alone."""
        self._unions = Unions(size)
        self._rows = array("I")
        self._kind = 0
        self._sketches: dict[int, Sketch] = {}
        self._first: dict[int, int] = {}

    def add(self, row: int, sketch: Sketch, kind: int = 0) -> None:
        """Add a row; it is compared with those of its kind that came just before, one after the other."""
        if kind != self._kind:
            self._kind = kind
            self._sketches.clear()
            self._first.clear()
        self._rows.append(row)
        self._sketches[row] = sketch
        compared: set[int] = set()
        for band in _bands(sketch, kind):
            first = self._first.setdefault(band, row)
            if first != row and first not in compared:
                compared.add(first)
                if is_repeated(self._sketches[first], sketch):
                    self._unions.join(first, row)

    def of(self, row: int) -> int:
        """The number of the row's group: its least row."""
        return self._unions.find(row)

    def groups(self) -> Iterator[list[int]]:
        """The groups of more than one row, each ascending."""
        joined = ((group, row) for row in self._rows if (group := self.of(row)) != row)
        return ([group, *others] for group, others in _by_value(joined))


def sharing(rows: Iterable[int], values: Sequence[int]) -> array[int]:
    """The rows whose value (32 bits) another one has too, those of one value together and in their order."""
    together = array("I")
    for _, equal in _by_value((values[row], row) for row in rows):
        if len(equal) > 1:
            together.extend(equal)
    return together


def _by_value(rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """Each value (32 bits) with its rows, ascending."""
    parts = [array("Q") for _ in range(_PARTS)]
    for value, row in rows:
        parts[value % _PARTS].append(value << 32 | row)
    for part in parts:
        for value, entries in groupby(sorted(part), key=lambda each: each >> 32):
            yield value, [each & 0xFFFF_FFFF for each in entries]


def words(text: str) -> list[str]:
    """The words of a text, folded; a sign of a script without blanks is one."""
    return _WORD.findall(fold(text))


def _sketch(said: Sequence[str], run: int) -> array[int]:
    sketch = array("H", [_EMPTY]) * PLACES
    for hashed in {crc32(" ".join(said[at : at + run]).encode()) for at in range(len(said) - run + 1)}:
        place, value = hashed % PLACES, hashed >> 16
        if value < sketch[place]:
            sketch[place] = value
    return sketch


def _order(said: Sequence[str], strategy: str, analysis: str) -> array[int]:
    """The codes of all names, and of all words but those of grammar.

    A name is what has a capital letter within a sentence, or a sign of Chinese.
    """
    names = {fold(name) for text in (strategy, analysis) for name in _NAME.findall(text)}
    return array(
        "H",
        [
            _code(word.removesuffix("s")) | (word in names or "\u30a0" < word < "\ua000")
            for word in said
            if word in names or word not in _GRAMMAR
        ],
    )


def _units(text: str, said: Iterable[str]) -> Mapping[str, int]:
    """How often each currency, and per cent, is named; a dollar of no country is one of the USA."""
    named = Counter(_UNIT_WORDS[word] for word in said if word in _UNIT_WORDS)
    for sign, code in _UNIT_SIGNS.items():
        if count := text.count(sign):
            named[code] += count
    for country in _DOLLARS.findall(text) if "$" in text else ():
        named["USD"] -= 1
        named[country.upper()] += 1
    return named


def _turns(text: str) -> tuple[int, int]:
    """How often a text says rise, and how often fall."""
    rises = [direction.rises for direction in directions(text)]
    return sum(rises), len(rises) - sum(rises)


@lru_cache(maxsize=1 << 14)
def _code(word: str) -> int:
    return crc32(word.encode()) >> 16 & 0xFFFE


_OF_PERIODS = frozenset(map(_code, content("fiscal year fy")))
"""Words of a period, which may be written shorter; its year is among the figures."""


def _spoken(said: Iterable[str]) -> frozenset[int]:
    return frozenset(_code(word) for word in said if not _DIGIT.search(word))


def _denials(said: Iterable[str]) -> int:
    return sum(word in _DENIALS or word in _WITHOUT for word in said)


def _contents(text: str) -> frozenset[int]:
    return frozenset(map(_code, content(text)))


def _bands(sketch: Sketch, kind: int) -> Iterator[int]:
    """The bands of the last text that the places are of, and the least words of content."""
    places = sketch.places
    for at in range(len(places) - PLACES, len(places), _BAND):
        band = tuple(places[at : at + _BAND])
        if any(value != _EMPTY for value in band):
            yield hash((kind, at, *band))  # of integers alone: equal in every process
    for code in sorted(sketch.asked | sketch.said)[:_LEAST_WORDS]:
        yield hash((kind, -1, code))
