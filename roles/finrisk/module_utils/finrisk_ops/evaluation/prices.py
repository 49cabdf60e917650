"""What the answers of both arms cost, by the prices of the inventory: reported, and never decided by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..gate.verdict import ARMS


def content(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``cost`` of an evaluation: US dollars for 1,000 answers of each arm's own model over all stages.

    None without a price or an answer; nothing where the inputs do not know whose price it is.
    """
    if "base_model" not in inputs:
        return {}
    return {"cost": {arm: _per_thousand([stage["arms"][arm] for stage in inputs["stages"]]) for arm in ARMS}}


def told(evaluation: Mapping[str, Any]) -> str:
    """Return the cost in words."""
    cost = evaluation["cost"]
    if cost == dict.fromkeys(ARMS):
        base = evaluation["inputs"]["base_model"] or "the base model"
        return f"not known: no answer, or no price of {base} in finrisk_answer_prices"
    figures = (f"{arm} {'-' if cost[arm] is None else f'${cost[arm]:,.2f}'}" for arm in ARMS)
    return f"{', '.join(figures)} for 1,000 answers of the arm's own model"


def _per_thousand(arms: list[Mapping[str, Any]]) -> float | None:
    met = [arm for arm in arms if arm["answers"]]
    if not met or any(arm["cost"] is None for arm in met):
        return None
    dollars, answers = (sum(float(arm[key]) for arm in met) for key in ("cost", "answers"))
    return round(1000 * dollars / answers, 4)
