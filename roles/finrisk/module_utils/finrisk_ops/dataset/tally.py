"""What an export counts of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .digests import DigestCount
from .repeats import DUPLICATE

BIN = 500
"""A bin of the histogram of qualities, in ten thousandths."""


@dataclass
class Tally:
    """What went into the file, and what did not; ``eligible`` are the usable rows: what prepare takes.

    ``questions`` are those of rows that can be trained on, ``rejected`` why the others cannot.
    """

    total: int = 0
    eligible: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    oldest: str | None = None
    newest: str | None = None
    qualities: Counter[int] = field(default_factory=Counter)
    quality_min: float = 1.0
    quality_sum: float = 0.0
    questions: DigestCount = field(default_factory=DigestCount)

    def announce(self, counts: Iterable[tuple[str | None, int, int, float, float, str, str]]) -> int:
        """Take the snapshot's own figures of its rows, and return how many are to come."""
        expected = 0
        for reason, quality, count, least, total, first, last in counts:
            if reason is not None:
                self.left_out[reason] += count
                continue
            expected += count
            self.qualities[quality] += count
            self.quality_min = min(self.quality_min, least)
            self.quality_sum += total
            self.oldest = min(self.oldest or first, first)
            self.newest = max(self.newest or last, last)
        return expected

    def close(self) -> None:
        """Count the rows that came, and tell duplicates: of rows that ask the same prepare takes the best."""
        self.total = len(self.questions) + self.rejected.total()
        self.eligible = self.questions.different()
        if duplicates := len(self.questions) - self.eligible:
            self.rejected[DUPLICATE] = duplicates

    def quality(self) -> dict[str, Any]:
        """Return the quality's least and mean value, and how many rows fall in each bin of 0.05."""
        if not self.total:
            return {"min": None, "mean": None, "histogram": {}}
        histogram = {f"{key * BIN / 10_000:.2f}": count for key, count in sorted(self.qualities.items())}
        mean = round(self.quality_sum / self.total, 4)
        return {"min": self.quality_min, "mean": mean, "histogram": histogram}

    def reasons(self) -> dict[str, int]:
        """Return how many rows cannot be trained on, by reason: exported ones and those left out."""
        return dict(sorted((self.rejected + self.left_out).items()))
