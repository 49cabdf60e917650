"""What is found of models that end: the base arm's, and the one that the tuned model was made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ..tuning import retirement
from ..tuning.retirement import Retirement
from .finding import Finding, Play


def known(entries: Sequence[Retirement], today: date) -> list[dict[str, Any]]:
    """Return the models that end, for the JSON; ``days_left`` is negative after a model's end."""
    return [
        {
            "name": each.name,
            "date": each.day.isoformat(),
            "successor": each.successor,
            "days_left": each.days_left(today),
        }
        for each in entries
    ]


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return a finding for each model in use that ends within 90 days, or has ended."""
    today = date.fromisoformat(data["at"][:10])
    entries = [
        Retirement(each["name"], date.fromisoformat(each["date"]), each["successor"])
        for each in data["retirements"]
    ]
    return [
        _finding(each, today, play)
        for each in retirement.of_models(entries, _models(data))
        if each.days_left(today) <= retirement.WARNING_DAYS
    ]


def _models(data: dict[str, Any]) -> list[str]:
    """Return the base models of both arms."""
    configuration = data["configuration"]
    tuned = configuration.get("FINETUNED_MODEL_NAME")
    made_from = [job["base_model"] for job in data["tuning"]["jobs"] if tuned and job["model"] == tuned]
    return [configuration.get("BASE_MODEL") or "", *made_from]


def _finding(each: Retirement, today: date, play: Play) -> Finding:
    causes = ["a tuned model ends with the base that it was made from; the same dataset tunes the successor"]
    command = play(f"tune.yml -e finrisk_base_model={each.successor}")
    return Finding("retirement", f"{each.sentence(today)}.", command, causes)
