"""Lexemes: what a text is searched by, made the same way at ingestion and for a question."""

from collections import Counter
from functools import lru_cache
from itertools import pairwise

from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

LONGEST_WORD = 64
"""Characters; longer words are cut, so that no input makes an index entry too large."""

_IDEOGRAPH = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_WORD = pattern_of(rf"{_IDEOGRAPH}|(?:(?!{_IDEOGRAPH})[^\W\d_])+|\d+(?:[.,]\d+)*")

_STOP_WORDS = frozenset(
    """a an and are as at be been being by for from had has have having if in into is it its may of on or so
    such than that the their then there these they this those to was were will with would also any can could
    did do does done during each how many much should what when where which who whom whose why
    about above below over under per company companies given""".split()
)

_CALCULATION_WORDS = frozenset(
    """amount average change decrease difference increase percent percentage portion proportion ratio
    respective respectively sum total value year""".split()
)
"""Words that say what to compute from the figures, seldom what the page that holds them is about."""

CALCULATION_WEIGHT = 0.4
"""Of a calculation word, and of a pair of two of them, in a question; every other lexeme has 1."""


def stem(word: str) -> str:
    """Return the word without an English plural ending; a stronger stemmer ranked worse in word pairs."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """Return the words of a text that count for search: lower case, stemmed, in order, stop words left out.

    Figures keep their separators (``1,234.5`` is one word); every ideograph is a word of its own.
    """
    matches = _WORD.findall(folded(text))
    return [lexeme for word in matches if (lexeme := _lexeme(word[:LONGEST_WORD]))]


@lru_cache(maxsize=65536)
def _lexeme(word: str) -> str:
    """Return what a word is searched by, "" where it is not."""
    return "" if word in _STOP_WORDS else stem(word)


def pairs(sequence: list[str]) -> list[str]:
    """Return each two neighbouring words as one lexeme."""
    return [f"{first} {second}" for first, second in pairwise(sequence)]


def query_lexemes(question: str) -> dict[str, float]:
    """Return the question's lexemes of one and two words with their weights."""
    sequence = words(question)
    weights: dict[str, float] = {}
    for word, count in Counter(sequence).items():
        weights[word] = count * (CALCULATION_WEIGHT if word in _CALCULATION_WORDS else 1.0)
    for pair, count in Counter(pairs(sequence)).items():
        first, second = pair.split(" ")
        computed = first in _CALCULATION_WORDS and second in _CALCULATION_WORDS
        weights[pair] = count * (CALCULATION_WEIGHT if computed else 1.0)
    return weights
