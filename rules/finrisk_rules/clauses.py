"""Clauses of an answer, and whether one states something: what tells an answer from talk about answering."""

from collections.abc import Iterator

from finrisk_rules.judge.citations import citations_of, without_citations
from finrisk_rules.judge.wording import content
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import quantities

_SENTENCE_END = pattern_of(r"(?<=[.!?\u061f])[*_)\"']{0,4}\s+|[\u3002\uff01\uff1f]|\n+")
_CLAUSE_END = pattern_of(
    r"[,;:][*_]{0,3}\s+|[\uff0c\u3001\uff1b\uff1a]|\s[\u2013\u2014-]\s|(?<=\uc9c0\ub9cc)\s"
)
_DIGIT = pattern_of(r"\d")
_TOKEN = pattern_of(r"[^\W\d_]+")
LONGEST = 600
"""Characters of a clause that are looked at: who declines or reports a failure says so sooner."""

_LEAST_WORDS = 2
_LEAST_BARE = 1000
"""A number without a unit from which it is no count, code of an error or number of a list."""

_YEARS = range(1900, 2100)


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of an answer, blank ones left out; an abbreviation may end one."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if part := text[start : end.start()].strip():
            yield part
        start = end.end()
    if part := text[start:].strip():
        yield part


def clauses(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence, blank ones left out."""
    return (part for part in map(str.strip, _CLAUSE_END.split(sentence)) if part)


def tokens(clause: str) -> frozenset[str]:
    """Return the words of a folded clause as they are, those of grammar too: "don't" is "don" and "t"."""
    return frozenset(_TOKEN.findall(clause))


def cites(clause: str) -> bool:
    """Whether a clause names a source."""
    return bool(citations_of(clause))


def states(clause: str) -> bool:
    """Whether a clause states something: words and a source or a figure, or a figure with its source."""
    head = clause[:LONGEST]
    said = len(content(without_citations(head))) if _DIGIT.search(head) else 0
    if said >= _LEAST_WORDS:
        return cites(clause) or measures(clause)
    return cites(clause) and measures(clause)


def measures(clause: str) -> bool:
    """Whether a clause has a figure with a unit, decimals, or more digits than a code or a count has."""
    return any(
        each.unit
        or each.currency
        or each.scale
        or each.places
        or (abs(each.value) >= _LEAST_BARE and each.value not in _YEARS)
        for each in quantities(clause[:LONGEST])
    )
