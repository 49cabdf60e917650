"""Which examples are trained on and which validate: by what they speak of, never by chance.

All rows of a group go to one side. A group is what hangs together by source documents and strategies; a row
without sources belongs to its user, and one without a user stands for itself. A keyed hash puts a group on
its side, so a group stays there when the data grows or is exported again.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from finrisk_rules.digests import digest

from ..errors import FinriskError
from .digests import DigestIndex, Unions

VALIDATION_LIMIT = 5_000
"""Most validation examples that Vertex AI takes."""


class Ties:
    """Collects, row by row, what ties rows together."""

    def __init__(self) -> None:
        """Start empty."""
        self._nodes = DigestIndex()
        self._ends = array("Q")
        self._of_rows = array(
            "I"
        )  # each row's nodes: its strategy, then its sources (best first) or its user

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._ends)

    def add(self, documents: Sequence[str], user: str | None, strategy: str) -> None:
        """Add one row, with the ids of its sources (best first), its user, and its folded strategy."""
        digests = [digest("strategy", strategy)]
        if documents:
            digests += [digest("document", name) for name in documents]
        elif user:
            digests.append(digest("user", user))
        self._of_rows.extend(self._nodes.number(value) for value in digests)
        self._ends.append(len(self._of_rows))

    def validation(self, rows: Sequence[int], train_split: float) -> tuple[set[int], str]:
        """Return those of the rows to validate with, and what keeps the two sides apart.

        The rules are tried from the strictest: when so many rows hang together by their sources that less
        than half of the share can be set apart, they are told apart by the best source alone, and at last by
        the strategy. FinriskError when nothing can be split.
        """
        unions = self._unions(rows)
        digests = self._nodes.digests
        rules: list[tuple[str, Callable[[int], int]]] = [
            ("source documents, users and strategies", lambda row: digests[unions.find(self._own(row)[0])]),
            ("best source documents and users", lambda row: digests[self._own(row)[:2][-1]]),
            ("strategies", lambda row: digests[self._own(row)[0]]),
        ]
        strictest: tuple[set[int], str] | None = None
        for name, key in rules:
            groups = _choose(lambda key=key: map(key, rows), len(rows), 1 - train_split)  # type: ignore[misc]
            apart = {row for row in rows if key(row) in groups}
            if len(apart) >= _enough(len(rows), 1 - train_split):
                return apart, name
            if apart and strictest is None:
                strictest = apart, name
        if strictest:
            return strictest
        raise FinriskError(
            f"{len(rows)} usable examples cannot be split into a training and a validation set: "
            "at least two different strategies are needed; collect more, then export again"
        )

    def _own(self, row: int) -> array[int]:
        return self._of_rows[self._ends[row - 1] if row else 0 : self._ends[row]]

    def _unions(self, rows: Iterable[int]) -> Unions:
        unions = Unions(len(self._nodes))
        for row in rows:
            first, *others = self._own(row)
            for node in others:
                unions.join(first, node)
        return unions


def _enough(total: int, share: float) -> int:
    """Fewest rows that make a validation set of the share: half of it, within the limits."""
    return max(1, min(VALIDATION_LIMIT, total // 2, math.ceil(share * total / 2)))


def _choose(keys: Callable[[], Iterable[int]], total: int, share: float) -> set[int]:
    """Return the groups (64-bit hashes, one for each row in ``keys``) that validate.

    Together they hold about ``share`` of the rows, no more than the limit and half of all, and at least half
    of the share when groups that small exist. Groups are counted below a hash only, to keep memory small.
    """
    room = min(VALIDATION_LIMIT, total // 2)
    enough = _enough(total, share)
    reach = share
    while True:
        border = int(reach * (1 << 64))
        sizes = Counter(key for key in keys() if key < border)
        groups, count = set(), 0
        for group, size in sorted(sizes.items()):
            if (group < share * (1 << 64) or count < enough) and count + size <= room:
                groups.add(group)
                count += size
        if count >= enough or reach >= 1:
            return groups
        reach = min(1.0, reach * 2)
