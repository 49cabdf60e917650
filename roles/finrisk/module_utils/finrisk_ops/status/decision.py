"""The one decision that a status page stands for: the gate's verdict, unless a finding is in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..gate.verdict import HOLD, ROLL_BACK, Verdict
from .finding import Finding

IN_THE_WAY = ("disk", "service", "configuration", "rollback", "latency", "A/B test")
"""Subjects of findings with which nobody moves more users."""


@dataclass(frozen=True)
class Decision:
    """What to do with the tuned model now, and why."""

    decision: str
    reason: str

    def content(self) -> dict[str, str]:
        """Return it as JSON."""
        return asdict(self)


def decide(data: dict[str, Any], findings: Sequence[Finding], verdict: Verdict | None) -> Decision:
    """Return the decision; None is the verdict where the database cannot be read.

    It is ``promote`` only where no finding rolls back, so the two never stand together.
    """
    if verdict and verdict.verdict == ROLL_BACK:
        return Decision(ROLL_BACK, verdict.reason)
    if back := [finding for finding in findings if finding.rolls_back]:
        return Decision(ROLL_BACK, back[0].what)
    configuration = data["configuration"]
    if not configuration["revision"]:
        return Decision(HOLD, "Nothing is deployed here yet.")
    if configuration.get("proven") is False:  # and nobody broke off, which rolls back
        return Decision(HOLD, f"{configuration['revision']} is being released: wait for the end of that run.")
    if not data["traffic"]["split"]:
        return Decision(HOLD, _nobody(configuration))
    if blocking := [finding for finding in findings if finding.about in IN_THE_WAY]:
        return Decision(HOLD, blocking[0].what)
    if verdict is None:
        return Decision(
            HOLD, "What speaks for the tuned model is not known while the database cannot be read."
        )
    return Decision(verdict.verdict, verdict.reason)


def _nobody(configuration: dict[str, Any]) -> str:
    """Say that base serves everybody, and who took the tuned model away, when, and why."""
    told = "Nobody gets a tuned model."
    if not configuration.get("FINETUNED_MODEL_NAME"):
        return told
    return (
        f"Nobody gets the tuned model since {configuration['who']} took it back at {configuration['when']}: "
        f"{configuration['why']}."
    )
