"""What reviewers said of the answers of an experiment, and whether it corrects the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .labels import FEWEST_LABELS, Labels

ARMS = ("base", "tuned")


def content(
    stages: Sequence[Mapping[str, Any]], reviewers: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return ``reviews`` of an evaluation; nothing where no reviewer said anything.

    ``drawn`` and ``others`` are labels of answers that were drawn at random for review, and of others,
    ``corrected`` the drawn ones of the stages whose quality they correct; ``reviewers`` are how many scored
    drawn ones, ``skipped`` by arm the drawn ones that they could not score.
    """
    arms = [(arm["reviews"], stage) for stage in stages for arm in stage["arms"].values() if "reviews" in arm]
    if not arms and not reviewers:
        return {}
    return {
        "reviews": {
            "drawn": sum(of["drawn"] for of, _ in arms),
            "others": sum(of["others"] for of, _ in arms),
            "corrected": sum(of["drawn"] for of, stage in arms if _corrects(stage)),
        }
        | ({"reviewers": reviewers["number"], "skipped": reviewers["skipped"]} if reviewers else {})
    }


def told(reviews: Mapping[str, Any]) -> str:
    """Return it in words."""
    by = _by_whom(reviews)
    skipped = reviews.get("skipped", {})
    last = (
        [f"skipped: {', '.join(f'{skipped[arm]:,} of {arm}' for arm in ARMS)}"]
        if any(skipped.values())
        else []
    )
    others = "; ".join([*last, f"{reviews['others']:,} others are reported only"])
    if not reviews["corrected"]:
        return (
            f"quality is the judge's: {reviews['drawn']:,} labels drawn at random{by}, and both arms need "
            f"them of {FEWEST_LABELS} users in a stage; {others}"
        )
    short = reviews["drawn"] - reviews["corrected"]
    few = f"; {short:,} more are of stages with too few" if short else ""
    return f"quality is corrected by {reviews['corrected']:,} labels drawn at random{by}{few}; {others}"


def _by_whom(reviews: Mapping[str, Any]) -> str:
    """Say how many reviewers scored what was drawn; nothing where none did, or the evidence does not know."""
    if not reviews.get("reviewers"):
        return ""
    return ", of one reviewer" if reviews["reviewers"] == 1 else f", of {reviews['reviewers']:,} reviewers"


def _corrects(stage: Mapping[str, Any]) -> bool:
    """Say whether both arms of a stage have labels enough."""
    metrics = (stage["arms"].get(arm, {}).get("metrics", {}) for arm in ARMS)
    return all(Labels.of(each.get("quality", {}).get("labels")) for each in metrics)
