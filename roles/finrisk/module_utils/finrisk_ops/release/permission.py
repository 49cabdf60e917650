"""Whether the gate lets a plan bring the tuned model to more users, by the evidence of this moment."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import FinriskError
from ..gate.verdict import PROMOTE, ROLL_BACK
from .opinion import Opinion
from .plan import NEWEST, Plan, Running, ratio_now

REQUIRE, ADVISE, OFF, OVERRIDE = "require", "advise", "off", "override"
ACT = "act"
"""The mode of a release that nobody typed: an evaluation led to it."""
MODES = (REQUIRE, ADVISE, OFF, OVERRIDE)
EXAMPLE = {"finrisk_gate": OVERRIDE, "finrisk_why": "ticket RISK-4711, agreed with the risk desk"}

Play = Callable[[str], str]
"""Writes the command of a playbook, as it is typed."""


@dataclass(frozen=True)
class Asking:
    """How the gate is asked: mode, why it may be overridden, first stage in percent, model as it is named."""

    mode: str
    why: str
    first_stage: int
    model: str = NEWEST


@dataclass(frozen=True)
class Permission:
    """What the gate said to a plan that goes on, and by which mode it does."""

    mode: str
    verdict: str
    reason: str
    at: str

    def content(self) -> dict[str, Any]:
        """Return it for the record of the release."""
        return asdict(self)

    def line(self) -> str:
        """Return it as people read it."""
        return f"Gate: {self.verdict} (finrisk_gate: {self.mode}). {self.reason}"


def permission(
    asking: Asking, plan: Plan, running: Running, opinion: Callable[[], Opinion], play: Play
) -> Permission | None:
    """Return what the gate says to the plan; None where it is not asked, and ``opinion`` is not called.

    It is asked when more users get the model than now, and than the first stage gives it.

    Raises:
        FinriskError: The gate forbids it, with the commands that go on as ``summary``; or it is overridden
            without a reason.
    """
    if asking.mode == OVERRIDE and not asking.why.strip():
        raise FinriskError(
            "finrisk_gate is override and finrisk_why is empty: say why, such as "
            f"-e {shlex.quote(json.dumps(EXAMPLE))}"
        )
    if asking.mode == OFF or plan.ratio <= max(asking.first_stage, ratio_now(plan, running)):
        return None
    told = opinion()
    if asking.mode == REQUIRE and told.verdict != PROMOTE:
        raise FinriskError(
            f"the gate does not let {plan.ratio} % of the users have the tuned model: {told.reason} "
            "Nothing was changed; the commands that go on stand below",
            summary=ways_on(asking, plan, running, told, play),
        )
    return Permission(asking.mode, told.verdict, told.reason, told.at)


def ways_on(asking: Asking, plan: Plan, running: Running, told: Opinion, play: Play) -> list[str]:
    """Return the three commands that go on: less or as much as now, look at the evidence, override."""
    now = ratio_now(plan, running)
    stay, what = (now, "as now") if now > asking.first_stage else (asking.first_stage, "the first stage")
    first = (
        ("to base", play("rollback.yml"))
        if told.verdict == ROLL_BACK
        else (f"{stay} %, {what}", play(deploying(asking, stay)))
    )
    override = f"{deploying(asking, plan.ratio)} -e {shlex.quote(json.dumps(EXAMPLE))}"
    ways = [first, ("the evidence", play("evaluate.yml")), (f"{plan.ratio} % all the same", play(override))]
    return [f"{label}: {command}" for label, command in ways]


def deploying(asking: Asking, ratio: int) -> str:
    """Return what follows a play's name to deploy at a ratio the model that was asked for."""
    named = "" if asking.model == NEWEST else f" -e finrisk_model={shlex.quote(asking.model)}"
    return f"deploy.yml{named} -e finrisk_ab_ratio={ratio}"


def of_evaluation(evaluation: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Return what the record of a release keeps of the evaluation that led to it, all of its file with it.

    A file of a pod goes with the pod, and one of a machine may be deleted; the record stays.
    """
    known = {key: evaluation[key] for key in ("verdict", "reason", "at", "sha256")}
    return {"mode": ACT, **known, "file": file, "evaluation": dict(evaluation)}
