"""Which examples are trained on and which validate: by what they speak of, never by chance.

A keyed hash of a row's primary source document decides alone, so a row keeps its side when the export grows.
A row without sources goes with the rows that quote the same document, one without such rows with its user.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold

from ..errors import FinriskError
from .digests import Unions
from .document_names import spelled
from .quotes import Quotes, quotes_of

VALIDATION_LIMIT = 5_000
"""Most validation examples that Vertex AI takes."""


_HASHES = 1 << 64
_LEAST_PART = 1 / 16
"""Of all hashes: what is counted in one pass over the rows."""


class Tie(NamedTuple):
    """What decides on one row's side."""

    key: int  # of the primary source; else of the user; else of the strategy
    strategy: int
    user: int  # 32 bits, 0: nobody
    quotes: array[int] | None  # of a row without sources

    @classmethod
    def of(cls, documents: Sequence[str], user: str | None, strategy: str, analysis: str) -> Tie:
        """Make it of the ids of a row's sources (best first), its user and its texts."""
        by_strategy = digest("strategy", fold(strategy))
        by_user = _named("user", user) if user else 0
        if documents:
            return cls(_of_document(documents[0]), by_strategy, by_user >> 32, None)
        return cls(by_user or by_strategy, by_strategy, by_user >> 32, quotes_of(strategy, analysis))


@lru_cache(maxsize=1 << 14)
def _named(kind: str, name: str) -> int:
    """Return the digest of a document or a user: remembered, since many rows have the same."""
    return digest(kind, name)


@lru_cache(maxsize=1 << 14)
def _of_document(name: str) -> int:
    """Return the digest of a document, however its id is spelled: remembered as above."""
    return digest("document", spelled(name))


class Ties:
    """Collects, row by row, what decides on a row's side."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys = array("Q")
        self._strategies = array("Q")
        self._users = array("I")
        self._sourceless = array("I")
        self._quotes = Quotes()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._keys)

    def add(self, tie: Tie) -> None:
        """Add one row."""
        self.extend([tie.key], [tie.strategy], [tie.user], {} if tie.quotes is None else {0: tie.quotes})

    def extend(
        self,
        keys: Iterable[int],
        strategies: Iterable[int],
        users: Iterable[int],
        quotes: Mapping[int, array[int]],
    ) -> None:
        """Add rows; ``quotes`` are those of rows without sources, by their place among all, ascending."""
        first = len(self._keys)
        for place, quoted in quotes.items():
            self._sourceless.append(first + place)
            self._quotes.add(first + place, quoted)
        self._keys.extend(keys)
        self._strategies.extend(strategies)
        self._users.extend(users)

    def validation(self, rows: Sequence[int], train_split: float) -> tuple[set[int], str]:
        """Return those of the rows to validate with, and what keeps the two sides apart.

        Where so many rows have one source that none can be set apart, they are told apart by their strategy.
        FinriskError when nothing can be split.
        """
        keys = self._grouped(rows)
        rules: list[tuple[str, Callable[[int], int]]] = [
            ("primary source documents", lambda row: keys.get(row, self._keys[row])),
            ("strategies", lambda row: self._strategies[row]),
        ]
        for name, key in rules:
            groups = _choose(lambda key=key: map(key, rows), len(rows), 1 - train_split)  # type: ignore[misc]
            if groups:
                return {row for row in rows if key(row) in groups}, name
        raise FinriskError(
            f"{len(rows)} usable examples cannot be split into a training and a validation set: "
            "at least two different strategies are needed; collect more, then export again"
        )

    def users_on_both_sides(self, rows: Iterable[int], validation: set[int]) -> int:
        """Return the number of users that have rows on both sides."""
        validate = {self._users[row] for row in validation} - {0}
        return len({user for row in rows if row not in validation and (user := self._users[row]) in validate})

    def _grouped(self, rows: Iterable[int]) -> dict[int, int]:
        """Return the keys of the rows without sources that ask what others ask, or quote what they quote.

        The least strategy of a group is its key, so a group keeps its side for as long as that row is there.
        """
        if not self._sourceless:
            return {}
        wanted = set(rows).intersection(self._sourceless)
        unions = Unions(len(self._keys))
        first: dict[int, int] = {}
        for row in sorted(wanted):
            unions.join(first.setdefault(self._strategies[row], row), row)
        for holders in self._quotes.holders(wanted):
            for row in holders[1:]:
                unions.join(holders[0], row)
        sizes = Counter(map(unions.find, wanted))
        least: dict[int, int] = {}
        for row in wanted:
            group = unions.find(row)
            least[group] = min(least.get(group, self._strategies[row]), self._strategies[row])
        keys = {group: digest("topic", str(key)) for group, key in least.items()}  # a least hash is small
        return {row: keys[group] for row in wanted if sizes[group := unions.find(row)] > 1}


def _enough(total: int, share: float) -> int:
    """Fewest rows that make a validation set of the share: half of it, within the limits."""
    return max(1, min(VALIDATION_LIMIT, total // 2, math.ceil(share * total / 2)))


def _choose(keys: Callable[[], Iterable[int]], total: int, share: float) -> set[int]:
    """Return the groups (64-bit hashes, one for each row in ``keys``) that validate.

    Together they hold about ``share`` of the rows, twice the share at most, and no more than the limit; at
    least half of the share when groups that small exist. Where only larger groups are left, half of all.
    """
    groups: set[int] = set()
    for most in (math.ceil(2 * share * total), total // 2):
        groups, count = _filled(keys, min(VALIDATION_LIMIT, total // 2, most), _enough(total, share), share)
        if count >= _enough(total, share):
            break
    return groups


def _filled(keys: Callable[[], Iterable[int]], room: int, enough: int, share: float) -> tuple[set[int], int]:
    """Return the groups below ``share`` of all hashes that find room, others until enough do; and their rows.

    Groups are counted between two hashes only, to keep memory small.
    """
    groups: set[int] = set()
    count, low = 0, 0
    while low < _HASHES and (count < enough or low < share * _HASHES):
        high = low + int(max(share, _LEAST_PART) * _HASHES)
        sizes = Counter(key for key in keys() if low <= key < high)
        for group, size in sorted(sizes.items()):
            if (group < share * _HASHES or count < enough) and count + size <= room:
                groups.add(group)
                count += size
        low = high
    return groups, count
