"""Acronyms of an answer and the words of a source that they are the initials of: "LCR", "SG&A", "CET1"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.patterns import pattern_of

MOST_ACRONYMS = 16
"""Of an answer."""

WRITTEN = 0.5
"""What the words of an acronym count for where the source writes it itself."""

_CAPITALS = pattern_of(r"[A-Z][A-Z&]{1,4}[1-9]?")
_ACRONYM = pattern_of(r"(?<![\w&])[A-Z][A-Z&]*[A-Z1-9]s?(?![\w&])")
_LEFT_OUT = frozenset("and of on the for in to und et de".split())
_BETWEEN = rf"[\s,/-]{{1,3}}(?:(?:{'|'.join(sorted(_LEFT_OUT))}|&)[\s,]{{1,2}})?"
_WORD = pattern_of(r"[^\W_]+")


def acronyms_of(text: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Return the acronyms of a text that a source spells out: three letters, or fewer with "&" or a digit."""
    found = dict.fromkeys(
        match[0]
        for match in _CAPITALS.finditer(text)
        if match.end() - match.start() > 2 and _ACRONYM.match(text, match.start())
    )
    read = tuple(found)[:MOST_ACRONYMS]
    return tuple(each for each in read if any(_spelled_out(each, source) for source in sources))


@lru_cache(maxsize=1024)
def _spelled_out(acronym: str, text: str) -> frozenset[str]:
    """Return the words whose initials an acronym is, the first time a text has them in a row."""
    signs = [sign for sign in acronym if sign != "&"]
    if "".join(signs).lower() not in _initials(text):
        return frozenset()
    words = (sign if sign.isdecimal() else rf"{sign}[^\W_]*" for sign in signs)
    match = re.search(rf"(?<![^\W_]){_BETWEEN.join(words)}(?![^\W_])", text, re.IGNORECASE)
    return stems(match[0]) if match and len(match[0]) > 2 * len(acronym) else frozenset()


@lru_cache(maxsize=256)
def _initials(text: str) -> str:
    """Return the initials of all words of a text, and of those that no acronym leaves out: a first look."""
    words = _WORD.findall(text.lower())
    telling = (word[0] for word in words if word not in _LEFT_OUT)
    return f"{''.join(word[0] for word in words)} {''.join(telling)}"


def spelled_out(words: Mapping[str, float], acronyms: tuple[str, ...], text: str) -> Mapping[str, float]:
    """Return the words of a claim, with those of its acronyms in a source, but for one that names a row."""
    more = dict(_more(words, acronyms, text))
    return {**more, **words} if more else words


def _more(words: Mapping[str, float], acronyms: tuple[str, ...], text: str) -> Iterator[tuple[str, float]]:
    for acronym in acronyms:
        own = stems_of_name(acronym)
        if own and own <= words.keys() and f"| {acronym} |" not in text:
            weight = max(words[word] for word in own) * (WRITTEN if acronym in text else 1.0)
            for word in _spelled_out(acronym, text):
                yield word, weight
