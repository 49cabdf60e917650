"""Distinctions: the words by which a sentence of a source tells its figures apart, and another has them.

Of "net retention was 111 %, and gross retention 94 %", who says "gross retention was 111 %" has the word of
the other figure and none of its own.
"""

from collections.abc import Iterator, Mapping, Sequence

from finrisk_rules.judge.comparison_words import WORDS_OF_BASE
from finrisk_rules.judge.directions import says_direction
from finrisk_rules.judge.fits import BESIDE
from finrisk_rules.judge.languages import language_of
from finrisk_rules.judge.phrasing import Phrase
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.swaps import MOST_FIGURES, are_listed
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.wording import STEMS_ABOUT_SOURCES

LEAST_SHARE = 0.5
"""Share of the words of a claim, but those of its own figure, that another figure has."""

_STEMS_OF_BASE = stems_of_name(" ".join(WORDS_OF_BASE))


def of_another_word(text: str, traced: Sequence[Traced]) -> Iterator[tuple[int, Trace]]:
    """Yield the claims of prose that have words of another figure and none of their own, with its place.

    Only in English: elsewhere more words may part two figures than those that do.
    """
    if all(trace is None or trace.table for _, trace in traced) or language_of(text) not in ("", "en"):
        return
    for n, (claim, trace) in enumerate(traced):
        if trace is None or trace.table is not None or claim.phrase.is_base:
            continue
        statement, at = trace.evidence.statements[trace.spot[1]], trace.spot[2][0]
        if len(statement.figures) < 2 or at >= MOST_FIGURES:
            continue
        phrases = statement.phrases(trace.text)[:MOST_FIGURES]
        if phrases[at].is_base:
            continue
        said = _beside(claim.phrase.words)
        for other, phrase in enumerate(phrases):
            is_alike = statement.figures[other][2:4] == statement.figures[at][2:4]
            if (
                is_alike
                and not are_listed(trace, at, other)
                and not phrase.is_base
                and _is_of_other(said, phrases[at], phrase)
            ):
                spot = statement.spots[other]
                yield n, Trace(trace.source, trace.text, trace.evidence, spot, 0.0, "", trace.row_fit, None)
                break


def _is_of_other(said: frozenset[str], own: Phrase, other: Phrase) -> bool:
    """Whether a claim's words are those by which a sentence tells another figure from its own."""
    mine, its = _beside(own.words), _beside(other.words)
    alone = mine - its
    if not alone or not alone.isdisjoint(said):
        return False
    left = said - mine
    told = left & {word for word in its if own.words.get(word, 0.0) < BESIDE / 2}
    return bool(told) and len(told) >= LEAST_SHARE * len(left)


def _beside(words: Mapping[str, float]) -> frozenset[str]:
    """Return the telling words beside a figure, but those of rise, of comparison and of sources."""
    near = {word for word, weight in words.items() if weight >= BESIDE and not says_direction(word)}
    return frozenset(near - _STEMS_OF_BASE - STEMS_ABOUT_SOURCES)
