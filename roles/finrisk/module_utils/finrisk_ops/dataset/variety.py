"""A smaller dataset that is as varied as the whole: what is kept when there are more examples than wanted.

Examples of one kind have company, topic, length and language in common. Every kind gives its best, then every
kind its second best, and so on, until there are enough: a frequent kind gives up most.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold
from finrisk_rules.judge.languages import language_of

_HEADING = re.compile(r"^#{1,6} ++(.++)(?=\s+[^#\s])", re.MULTILINE)  # what stands above another is a title
_SHORT = 500  # characters of an answer; each further class is twice as long


class Traits(NamedTuple):
    """What an example has in common with others of its kind."""

    companies: tuple[str, ...]
    topic: str  # the answer's first heading that text stands under; "" without one
    language: str  # as ``language_of`` names it
    length: int  # class of the answer's length

    @classmethod
    def of(cls, companies: Sequence[str], analysis: str) -> Traits:
        """Read them from an answer and the companies of its sources."""
        heading = _HEADING.search(analysis)
        length = (len(analysis) // _SHORT).bit_length()
        return cls(tuple(companies), heading[1] if heading else "", language_of(analysis), length)

    @property
    def kind(self) -> int:
        """Return them in 32 bits."""
        return _kind(self.companies, self.topic, self.length, self.language)


@lru_cache(maxsize=4096)
def _kind(companies: tuple[str, ...], topic: str, length: int, language: str) -> int:
    """Remembered, since many examples are of one kind."""
    return digest("kind", *sorted(companies), fold(topic), str(length), language) >> 32


def varied(
    rows: Sequence[int], kinds: Sequence[int], rank: Sequence[tuple[float, float]], limit: int
) -> array[int]:
    """Return at most ``limit`` of the rows, in their order.

    ``kinds`` and ``rank`` (the greater the better; of equal ones the first row) are those of each row. Of the
    kinds that give a last example, those with the best one do.
    """
    by_kind: dict[int, list[int]] = {}
    for row in sorted(rows, key=lambda row: (*(-each for each in rank[row]), row)):
        by_kind.setdefault(kinds[row], []).append(row)
    turns = chain.from_iterable(
        ([(turn, place, row) for turn, row in enumerate(own)]) for place, own in enumerate(by_kind.values())
    )
    return array("I", sorted(row for _, _, row in sorted(turns)[:limit]))
