"""How export and prepare tell of rows that ask the same question on the same sources."""

from __future__ import annotations

from collections.abc import Mapping

DUPLICATE = "duplicate"


def duplicates_told(rejected: Mapping[str, int]) -> list[str]:
    """Return the line that counts the duplicates, none without one."""
    count = rejected.get(DUPLICATE, 0)
    rows = "row asks" if count == 1 else "rows ask"
    what = "a question again on the same sources: the best-scored answer is trained on"
    return [f"{count:,} {DUPLICATE} {rows} {what}"] if count else []


def without_duplicates(rejected: Mapping[str, int]) -> dict[str, int]:
    """Return the other reasons with their counts."""
    return {reason: count for reason, count in rejected.items() if reason != DUPLICATE}
