"""Why a row that asks what another asks is left out, and how that is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..counts import number_of

DUPLICATE = "duplicate"
NEAR_DUPLICATE = "near_duplicate"
NEAR_VALIDATION = "near_validation"

_TOLD = {
    DUPLICATE: "a question again on the same sources: the best answer is trained on",
    NEAR_DUPLICATE: "a question again in nearly the same words, with the same figures and sources",
    NEAR_VALIDATION: "what a row of the validation set asks, on other sources: not trained on",
}


def duplicates_told(rejected: Mapping[str, int]) -> list[str]:
    """Return a line for each kind of duplicates that there is, with their number."""
    lines = []
    for reason, what in _TOLD.items():
        if count := rejected.get(reason, 0):
            rows = "row asks" if count == 1 else "rows ask"
            lines.append(f"{count:,} {reason} {rows} {what}")
    return lines


def without_duplicates(rejected: Mapping[str, int]) -> dict[str, int]:
    """Return the other reasons with their counts."""
    return {reason: count for reason, count in rejected.items() if reason not in _TOLD}


def conflicts_told(conflicts: int) -> list[str]:
    """Return the line that counts questions with several answers, none without one."""
    return [f"{number_of(conflicts, 'row')} gave another answer than the one before"] if conflicts else []


def report(rejected: Mapping[str, int], conflicts: int) -> dict[str, Any]:
    """Return the counts of duplicates as the metadata names them."""
    return {
        "same": rejected.get(DUPLICATE, 0),
        "conflicts": conflicts,
        "near": rejected.get(NEAR_DUPLICATE, 0),
        "near_validation": rejected.get(NEAR_VALIDATION, 0),
    }
