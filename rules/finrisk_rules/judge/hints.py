"""Words of a sentence as they stand, and what it cannot say without one of them.

A cheap proof, made once for a sentence, spares its figures the rules that would look for nothing.
"""

from collections.abc import Iterable, Set

from finrisk_rules.patterns import pattern_of

_WORD = pattern_of("[a-z0-9]+")

Words = frozenset[str] | None
"""The words of a text in ASCII, in small letters; None of any other, of which they prove nothing."""


def words_of(text: str) -> Words:
    """Return the words of a text as they stand."""
    return frozenset(_WORD.findall(text.lower())) if text.isascii() else None


def cannot_say(words: Words, telling: Set[str]) -> bool:
    """Whether a text has none of the words without one of which it does not say what a rule looks for."""
    return words is not None and words.isdisjoint(telling)


def telling(phrases: Iterable[str]) -> frozenset[str]:
    """Return the longest word of each phrase, parted by blanks or "_": a text that says one has its word."""
    return frozenset(
        max(_WORD.findall(phrase), key=len)
        for phrase in (phrase.replace("_", " ").lower() for phrase in phrases)
        if phrase.isascii()
    )
