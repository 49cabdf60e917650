"""Numbers by reason, in words."""

from __future__ import annotations

from collections.abc import Mapping


def breakdown(counts: Mapping[str, int]) -> str:
    """Return ``1,200 duplicate, 3 refusal``, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {reason}" for reason, count in ordered)
