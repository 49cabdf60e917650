"""The last evaluation, as a part of the page: what the gate said, how long ago, and of what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..gate import lack
from ..gate.verdict import HOLD, PROMOTE, ROLL_BACK
from .text import BAD, DOUBT, GOOD, Line, plain, wrap

VERDICTS = {PROMOTE: ("promote", GOOD), HOLD: ("hold", DOUBT), ROLL_BACK: ("roll back", BAD)}
NEVER = "never asked: playbooks/evaluate.yml"


def summary(path: Path, evaluation: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a status says of an evaluation; ``age_seconds`` is counted from the database's clock."""
    stage = evaluation["stage"] or {}
    age = now - datetime.fromisoformat(evaluation["at"])
    return {
        "verdict": evaluation["verdict"],
        "reason": evaluation["reason"],
        "at": evaluation["at"],
        "age_seconds": max(0, round(age.total_seconds())),
        "needed": evaluation["needed"],
        "present_rate": evaluation["inputs"].get("present_rate"),
        "revision": stage.get("revision"),
        "split": stage.get("split"),
        "file": str(path),
    }


def lines(gate: Mapping[str, Any] | None, running: str | None) -> list[Line]:
    """Return the lines of the page; ``running`` is the revision that runs now."""
    if gate is None:
        return [Line(NEVER)]
    word, colour = VERDICTS[gate["verdict"]]
    is_of_now = gate["revision"] in (None, running)
    told = f"{word}, {age(gate['age_seconds'])} ago"
    if not is_of_now:
        told += f" of {gate['revision']}, which runs no more"
    open_still = []
    if gate["verdict"] == HOLD and gate["needed"]["requests"] and gate["present_rate"]:
        open_still = wrap(f"needed then: {lack.told(gate, gate['present_rate'])}")
    return plain([*wrap(f"{told}: {gate['reason']}"), *open_still], colour if is_of_now else DOUBT)


def age(seconds: float) -> str:
    """Return an age of so many seconds in its largest fitting unit."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:,.0f} {unit}"
    return f"{seconds:.0f} seconds"
