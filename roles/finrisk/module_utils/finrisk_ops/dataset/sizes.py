"""Smallest, mean, 95th percentile and largest of many lengths."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The measures that the dataset's metadata shows, in characters."""

    least: int
    mean: float
    p95: int
    most: int

    @classmethod
    def of(cls, lengths: Iterable[int]) -> Sizes:
        """Measure the lengths; the percentile is the smallest length that 95 % of them do not exceed."""
        counts = array("I")
        number = total = 0
        for length in lengths:
            if length >= len(counts):
                counts.extend([0] * (length + 1 - len(counts)))
            counts[length] += 1
            number += 1
            total += length
        if not number:
            return cls(0, 0.0, 0, 0)
        cumulative = 0
        p95 = len(counts) - 1
        for length, count in enumerate(counts):
            cumulative += count
            if cumulative * 100 >= number * 95:
                p95 = length
                break
        least = next(length for length, count in enumerate(counts) if count)
        return cls(least, total / number, p95, len(counts) - 1)

    def content(self) -> dict[str, float]:
        """Return them as the metadata names them."""
        return {"min": self.least, "mean": round(self.mean, 1), "p95": self.p95, "max": self.most}
