"""Portions: a part that is said to be more than its whole: ``$1.1 billion, of which $1.9 billion``."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import Words, cannot_say, telling
from finrisk_rules.judge.vocabulary import part_in, whole
from finrisk_rules.patterns import pattern_of

_OF_THESE = "of_the of_its of_our of_their out_of von_den de_los de_las sur_les degli delle"
_LEAD = pattern_of(
    rf"(?:\A|[;:.]\s|,\s(?:and|und|et|y|e)\s)\W*{whole(_OF_THESE)}\s*(?:\w+\s){{0,2}}[^\w\s]?\Z",
    re.IGNORECASE,
)
"""What begins a clause with a whole: "Of the $5 million, Europe has 3"."""

_OF = pattern_of(
    r"\s+(?:out\s+)?of\s+(?:(?:the|its|our|their|a)\s+)?(?:total\s+(?:of\s+)?)?[^\w\s]?", re.IGNORECASE
)
"""Between a part and its whole: "$3 million of the $5 million"."""

_LONGEST_LEAD = 40
_WORDS = telling(_OF_THESE.split()) | {"of", "which", "davon", "dont", "cuales", "cui", "quais"}


def beyond_wholes(text: str, words: Words, claims: Sequence[Claim]) -> Iterator[int]:
    """Yield the numbers of the amounts of a sentence that are more than what they are said to be part of."""
    if len(claims) < 2 or cannot_say(words, _WORDS):
        return
    part = part_in(text, words)
    for n, (one, other) in enumerate(pairwise(claims)):
        first, second = one.quantity, other.quantity
        if not _are_amounts_alike(one, other):
            continue
        if part is not None and first.end <= part < second.start and second.amount > first.amount:
            yield n + 1
        elif _OF.fullmatch(text, first.end, second.start) and first.amount > second.amount:
            yield n
        elif second.amount <= first.amount or other.phrase.is_base:
            continue
        elif _LEAD.search(text, max(0, first.start - _LONGEST_LEAD), first.start):
            yield n + 1


def _are_amounts_alike(one: Claim, other: Claim) -> bool:
    first, second = one.quantity, other.quantity
    alike = (first.unit, first.currency) == (second.unit, second.currency) == ("", first.currency)
    is_scaled = bool(first.scale) == bool(second.scale) and min(first.value, second.value) > 0
    return alike and is_scaled and not (one.is_change or other.is_change) and not (one.bound or other.bound)
