"""What is known of a model before users meet it: its offline evaluation, and whether that forbids."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import FinriskError
from ..machine.files import read_json, stamped_files
from .permission import EXAMPLE, OFF, REQUIRE, Asking
from .plan import NEWEST, Plan, Running, ratio_now

PREFIX, SUFFIX = "offline", ".json"
PROVEN_WORSE = "worse"
COMMAND = "evaluate.yml -e finrisk_offline=true"


@dataclass(frozen=True)
class Trial:
    """An offline evaluation: its verdict and reason, of when (ISO 8601), its file and the SHA-256 in it."""

    verdict: str
    reason: str
    at: str
    file: str
    sha256: str

    def content(self) -> dict[str, Any]:
        """Return it for the record of the release."""
        return asdict(self)

    def line(self) -> str:
        """Return it as people read it."""
        return f"Before traffic: {self.verdict.replace('_', ' ')}. {self.reason}"


def sha256(content: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of an offline evaluation: of its JSON with sorted keys, without ``sha256``."""
    told = {key: value for key, value in content.items() if key != "sha256"}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def known(folder: Path, model: str) -> Trial | None:
    """Return the newest offline evaluation of the model in the folder; None where there is none.

    Where harm was proven, it is the proof, until an evaluation of as many questions says otherwise.

    Raises:
        FinriskError: One was changed since it was written, so that nobody knows what it said.
    """
    newest, most = None, 0
    for path in reversed(stamped_files(folder, PREFIX, SUFFIX)):
        content = read_json(path)
        if not isinstance(content, dict) or content.get("model") != model:
            continue
        told, questions = _trial(path, content), len(content.get("questions") or ())
        if told.verdict == PROVEN_WORSE and questions > most:
            return told
        newest, most = newest or told, max(most, questions)
    return newest


def _trial(path: Path, content: Mapping[str, Any]) -> Trial:
    if content.get("sha256") != sha256(content):
        raise FinriskError(
            f"{path} was changed since it was written: its SHA-256 is {sha256(content)}, it says "
            f"{content.get('sha256')}; restore it, or remove it and run playbooks/{COMMAND}"
        )
    verdict, reason, at = (str(content.get(key)) for key in ("verdict", "reason", "at"))
    return Trial(verdict, reason, at, str(path), str(content["sha256"]))


@dataclass(frozen=True)
class Advice:
    """What is said of a plan's model before more users meet it, and the evaluation that says so, if any."""

    line: str
    trial: Trial | None = None

    def content(self, asking: Asking) -> dict[str, Any]:
        """Return it for the record of the release, beside what the gate said."""
        return {"mode": asking.mode, "before_traffic": self.trial.content()} if self.trial else {}


def advice(
    folder: Path, asking: Asking, plan: Plan, running: Running, play: Callable[[str], str]
) -> Advice | None:
    """Return what is known of the plan's model; None where no more users than now would get it.

    Raises:
        FinriskError: It is proven worse and verdicts are required, with the commands that go on as
            ``summary``; or its evaluation was changed.
    """
    if asking.mode == OFF or not plan.model or plan.ratio <= ratio_now(plan, running):
        return None
    found = known(folder, plan.model)
    if found is None:
        return Advice(f"Before traffic: {plan.name} was not compared with base: {play(COMMAND)}")
    if found.verdict == PROVEN_WORSE and asking.mode == REQUIRE:
        raise FinriskError(
            f"{plan.name} is proven worse than base before any user met it: {found.reason} Nothing was "
            f"changed; the evidence is {found.file}, the commands that go on stand below",
            summary=ways_on(asking, plan, play),
        )
    return Advice(found.line(), found)


def ways_on(asking: Asking, plan: Plan, play: Callable[[str], str]) -> list[str]:
    """Return the commands that go on: another model, or this one all the same."""
    named = "" if asking.model == NEWEST else f" -e finrisk_model={shlex.quote(asking.model)}"
    override = f"deploy.yml{named} -e finrisk_ab_ratio={plan.ratio} -e {shlex.quote(json.dumps(EXAMPLE))}"
    return [f"another model: {play('tune.yml')}", f"{plan.ratio} % all the same: {play(override)}"]
