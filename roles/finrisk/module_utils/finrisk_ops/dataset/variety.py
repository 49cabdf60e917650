"""A smaller dataset that is as varied as the whole: what is kept when there are more examples than wanted.

Examples of one kind have company, topic, length and language in common. Every kind gives its best, then every
kind its second best, and so on, until there are enough: a frequent kind gives up most.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import chain

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold
from finrisk_rules.judge.languages import language_of

_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_SHORT = 500  # characters of an answer; each further class is twice as long


def kind_of(companies: Sequence[str], analysis: str) -> int:
    """64 bits of what an example has in common with others of its kind; the topic is the first heading."""
    heading = _HEADING.search(analysis)
    length = (len(analysis) // _SHORT).bit_length()
    return digest(
        "kind", *sorted(companies), fold(heading[1]) if heading else "", str(length), language_of(analysis)
    )


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
