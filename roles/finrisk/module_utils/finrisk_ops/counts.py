"""Numbers of things, and numbers by reason, in words."""

from __future__ import annotations

from collections.abc import Mapping


def number_of(count: int, noun: str) -> str:
    """Return ``1 rating`` or ``1,200 ratings``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def breakdown(counts: Mapping[str, int]) -> str:
    """Return ``1,200 duplicate, 3 refusal``, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {reason}" for reason, count in ordered)
