"""Many values as counts in ranges of one round width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Number = TypeVar("Number", bound=float)

_MOST = 20  # bins
_NEARLY_ALL = 0.99  # of the values: what lies far beyond them is counted and not drawn


@dataclass(frozen=True)
class Bins:
    """How many values lie in each of several ranges of one width, and how many above the last."""

    start: float
    step: float
    counts: Sequence[int]
    beyond: int = 0

    @classmethod
    def of(cls, counts: Mapping[Number, int], least_step: float) -> Bins:
        """Gather counted values in at most 20 bins that are no narrower than ``least_step``.

        A value on a border is in the upper bin, the largest of all in the last. Where the largest value is
        more than twice as far away as 99 % of them reach, the bins end there.
        """
        if not counts:
            return cls(0, least_step, ())
        least, most = min(counts), max(counts)
        nearly_all = _percentile(counts, _NEARLY_ALL)
        top = most if most - least <= 2 * (nearly_all - least) else nearly_all
        step = round_step((top - least) / (_MOST - 1), least_step)
        first, last = _place(least, step), _place(top, step)
        if last > first and abs(last * step - top) < 1e-9 and top == most:
            last -= 1
        bins = [0] * (last - first + 1)
        beyond = 0
        for value, count in counts.items():
            place = _place(value, step) - first
            if place < len(bins) or value == most == top:
                bins[min(place, len(bins) - 1)] += count
            else:
                beyond += count
        return cls(round(first * step, 6), step, tuple(bins), beyond)

    @property
    def borders(self) -> list[float]:
        """Return where the bins begin, and where the last ends."""
        return [round(self.start + number * self.step, 6) for number in range(len(self.counts) + 1)]

    def content(self) -> dict[str, Any]:
        """Return them as metadata names them."""
        return {"start": self.start, "step": self.step, "counts": list(self.counts), "beyond": self.beyond}

    @classmethod
    def read(cls, content: dict[str, Any]) -> Bins:
        """Return the bins of such metadata."""
        return cls(**content)


def round_step(width: float, least: float) -> float:
    """Return the least of 1, 2 and 5 times a power of ten that is no less than ``width`` and ``least``."""
    wanted = max(width, least) * (1 - 1e-9)
    power = 1e-3
    while True:
        for factor in (1, 2, 5):
            if factor * power >= wanted:
                return round(factor * power, 6)
        power *= 10


def _percentile(counts: Mapping[Number, int], share: float) -> float:
    """Return the least value that the share of all does not exceed."""
    room = share * sum(counts.values())
    for value in sorted(counts):
        room -= counts[value]
        if room <= 0:
            return value
    return max(counts)


def _place(value: float, step: float) -> int:
    return int(value / step + 1e-9)
