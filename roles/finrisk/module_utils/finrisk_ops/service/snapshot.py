"""What a running service shows from outside, alike for every target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Snapshot:
    """What was seen of the service: its pods, its log, and what they count since they started."""

    pods: list[dict[str, Any]]
    recent: dict[str, Any]
    database: str | None  # ok, down, or None when no pod says
    rejected: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    problem: str = ""  # what is wrong with the configuration
    drift: list[dict[str, str]] = field(default_factory=list)  # field, manager, when


def total(counters: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return counters of several pods as one."""
    counts: dict[str, int] = {}
    for counter in counters:
        for name, count in counter.items():
            counts[name] = counts.get(name, 0) + count
    return counts
