"""Numbers for digests, in a few bytes each: what keeps a million rows apart in flat memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator


class DigestIndex:
    """Gives each distinct digest a number, 0, 1, 2 ... in the order of arrival.

    Open addressing over arrays: 16 to 24 bytes a digest, where a dict of integers takes over 100.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.digests = array("Q")
        self._slots = array("I", bytes(4 << 10))
        self._mask = (1 << 10) - 1

    def __len__(self) -> int:
        """Return the number of distinct digests."""
        return len(self.digests)

    def number(self, value: int) -> int:
        """Return the digest's number; it is the former length when the digest is new."""
        digests, slots, mask = self.digests, self._slots, self._mask
        at = value & mask
        while entry := slots[at]:
            if digests[entry - 1] == value:
                return entry - 1
            at = (at + 1) & mask
        digests.append(value)
        slots[at] = len(digests)
        if len(digests) * 3 > mask * 2:
            self._grow()
        return len(digests) - 1

    def _grow(self) -> None:
        self._mask = mask = self._mask * 2 + 1
        del self._slots  # before the new ones take twice its memory
        self._slots = slots = array("I", [0]) * (mask + 1)
        for entry, value in enumerate(self.digests, start=1):
            at = value & mask
            while slots[at]:
                at = (at + 1) & mask
            slots[at] = entry


class DigestCount:
    """Says how many different digests there were, at 8 bytes each and no look at any while they come."""

    def __init__(self) -> None:
        """Start empty."""
        self._parts = [array("Q") for _ in range(256)]

    def add(self, value: int) -> None:
        """Take a digest of 64 bits in."""
        self._parts[value & 255].append(value)

    def __len__(self) -> int:
        """Return how many came."""
        return sum(map(len, self._parts))

    def different(self) -> int:
        """Return the number of distinct digests."""
        return sum(len(set(part)) for part in self._parts)


class Unions:
    """Joins numbers into groups (union-find); a group goes by its least number."""

    def __init__(self, size: int) -> None:
        """Start with the numbers below ``size``, each alone."""
        self._parents = array("I", range(size))

    def find(self, number: int) -> int:
        """Return the least number of the number's group."""
        parents = self._parents
        while (parent := parents[number]) != number:
            parents[number] = parents[parent]
            number = parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        low, high = sorted((self.find(one), self.find(other)))
        self._parents[high] = low

    def joined(self) -> Iterator[int]:
        """Yield, ascending, the numbers of groups that are not the least of theirs."""
        return (number for number, parent in enumerate(self._parents) if number != parent)
