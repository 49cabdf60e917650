"""Something that is wrong, how near it is to its cause, and the command that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FULL, UNFINISHED, CHANGED, GONE, ITSELF, SYMPTOM = range(6)
"""How near a finding is to its cause: a disk without room, a release that broke off, what somebody changed by
hand, something that is gone, what is wrong by itself, and what follows from one of the first four where there
is one."""

ROLLBACK, DEPLOY = "playbooks/rollback.yml", "playbooks/deploy.yml"
REVISION = "finrisk_revision="
STAYS = ("--check", REVISION)
"""What a rollback says that takes nobody back to base."""
AS_IT_WAS = "the command starts the same revision again: model and ratio stay as they are"

Play = Callable[[str], str]
"""The command that runs a playbook, from its file name and what follows it, with the inventory in use."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: where, what, why it may be so, what follows from it, and what mends it."""

    about: str
    what: str
    command: str
    causes: list[str] = field(default_factory=list)
    symptoms: list[str] = field(default_factory=list)
    cause: int = ITSELF
    of_tuned: bool = False
    """Whether it is that the tuned model does worse than base."""

    @property
    def rolls_back(self) -> bool:
        """Whether its command takes everybody back to base."""
        return ROLLBACK in self.command and not any(word in self.command for word in STAYS)

    def content(self) -> dict[str, Any]:
        """Return it as JSON."""
        content = asdict(self)
        del content["cause"]
        return content | {"roll_back": self.rolls_back}


def ordered(findings: Sequence[Finding], play: Play) -> list[Finding]:
    """Return the findings, causes first, what follows from a cause inside it, and one direction for all.

    A release that broke off explains all that is half made, and a full disk that it broke off. When one
    finding rolls back to base, no other deploys, or starts the same revision again: rolling back takes back
    what others changed as well.
    """
    unique = list({(finding.about, finding.what): finding for finding in findings}.values())
    ranked = sorted(unique, key=lambda finding: min(finding.cause, ITSELF))
    causes = [finding for finding in ranked if finding.cause < ITSELF]
    if causes and causes[0].cause == FULL:
        causes = [each for each in causes if each.cause != UNFINISHED]
    elif causes and causes[0].cause == UNFINISHED:
        causes = causes[:1]
    if causes:
        follows = [each for each in ranked if each.cause != ITSELF and each not in causes]
        first = replace(causes[0], symptoms=[*causes[0].symptoms, *(each.what for each in follows)])
        ranked = [first, *causes[1:], *(each for each in ranked if each.cause == ITSELF)]
    if any(finding.rolls_back for finding in ranked):
        back = play("rollback.yml")
        ranked = [_to_base(each, back) for each in ranked]
    return ranked


def _to_base(finding: Finding, back: str) -> Finding:
    """Return a finding that goes to base with the others, where it would deploy or start what runs again."""
    if not any(word in finding.command for word in (DEPLOY, REVISION)):
        return finding
    return replace(finding, command=back, causes=[cause for cause in finding.causes if cause != AS_IT_WAS])
