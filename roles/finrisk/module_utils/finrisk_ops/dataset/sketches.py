"""What rows are compared by: sketches of their runs of words, and codes of words that tell subjects apart.

A sketch (one-permutation MinHash over runs of words) stands for the words: the share of places in which two
sketches agree estimates the share of runs that two texts have in common. Short texts have few runs, and lose
most of them when they are reworded: of them the words of content are kept too.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from finrisk_rules.examples import fold
from finrisk_rules.judge.directions import directions
from finrisk_rules.judge.languages import COMMON_WORDS
from finrisk_rules.judge.wording import words as content
from finrisk_rules.units import CURRENCIES

from .figures import SHORT_ROW

PLACES = 64
"""Numbers of a sketch."""

EMPTY = 0xFFFF
"""A place of a sketch that no run of words fills."""

_RUN = 3  # words
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
_DIGIT = re.compile("[0-9]")
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


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


def pair_sketch(strategy: str, analysis: str) -> Sketch:
    """The sketch of a question and its answer."""
    asked, said = words(strategy), words(analysis)
    length = len(strategy) + len(analysis)
    is_short = length <= SHORT_ROW and _DIGIT.search(analysis) is not None
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


def words(text: str) -> list[str]:
    """The words of a text, folded; a sign of a script without blanks is one."""
    return _WORD.findall(fold(text))


def _sketch(said: Sequence[str], run: int) -> array[int]:
    sketch = array("H", [EMPTY]) * PLACES
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
            word_code(word.removesuffix("s")) | (word in names or "\u30a0" < word < "\ua000")
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
def word_code(word: str) -> int:
    """16 bits of a word, the last unset."""
    return crc32(word.encode()) >> 16 & 0xFFFE


def _spoken(said: Iterable[str]) -> frozenset[int]:
    return frozenset(word_code(word) for word in said if not _DIGIT.search(word))


def _denials(said: Iterable[str]) -> int:
    return sum(word in _DENIALS or word in _WITHOUT for word in said)


def _contents(text: str) -> frozenset[int]:
    return frozenset(map(word_code, content(text)))
