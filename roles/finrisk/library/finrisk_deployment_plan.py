#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Decide which model is deployed at which ratio."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_deployment_plan
short_description: Decide which model is deployed at which ratio
version_added: "0.1.0"
description:
  - Reads the known tuning jobs and what runs, and says which model and ratio hold and why. Changes nothing.
  - A ratio is taken from O(ratio), else O(environment_ratio), else the next of O(stages) when O(next), else
    it stays as it runs; a model that does not run yet begins at the first of O(stages).
  - Where more users would get the model than now, and than the first of O(stages) gives it, the gate is asked
    by the evidence of this moment. What lowers the ratio, begins or repeats it never asks.
  - Where O(approvals) ask for persons, they agree to every step that gives more users the model than now.
extends_documentation_fragment:
  - place.reached
  - tuning.records
  - gate.rules
  - gate.approvals
  - retirements
  - record
  - commands
  - modes.reads
options:
  model:
    description: A tuned model's name, V(newest), or empty for base only.
    type: str
    default: newest
  ratio:
    description: Percentage of the users who get the tuned model, as the operator gives it, if at all.
    type: raw
  environment_ratio:
    description: The ratio as E(AB_TEST_RATIO) gives it, if at all.
    type: raw
  next:
    description: Go to the next of O(stages).
    type: bool
    default: false
  stages:
    description: Ratios of a roll-out, rising.
    type: list
    elements: raw
    default: [25, 50, 75, 100]
  running:
    description: The C(current) of M(finrisk_release_info).
    type: dict
    required: true
  base_model:
    description: The base model that the service serves.
    type: str
    required: true
  allow_base_mismatch:
    description: Deploy a model that was tuned from another base model all the same.
    type: bool
    default: false
  dataset:
    description: SHA-256 of the dataset that the release asks for; empty for any.
    type: str
    default: ""
  evaluation_dir:
    description:
      - Folder of evaluations. A model that a C(offline_*.json) of it proves worse, and no later one of as
        many questions clears, is refused under O(gate=require) before any user meets it; that there is none
        is said. Empty does not look.
    type: path
    default: ""
  gate:
    description:
      - What the gate's verdict is worth. V(require) fails unless it is to promote, V(advise) says it and goes
        on, V(off) asks nobody, V(override) goes on against it and needs O(why).
    type: str
    choices: [require, advise, "off", override]
    default: require
  why:
    description: Why the gate is overridden.
    type: str
    default: ""
  list_only:
    description:
      - List the known jobs, what would be deployed, and what its experiment will need; a refusal is then
        shown, not a failure.
    type: bool
    default: false
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Choose model and ratio
  finrisk_deployment_plan:
    output_dir: "{{ finrisk_output_dir }}"
    ratio: 25
    running: "{{ finrisk_running['current'] }}"
    base_model: gemini-3.5-flash-lite
    gate_rules: {}
"""

RETURN = r"""
plan:
  description: >-
    What to deploy: C(model), C(ratio), C(experiment), C(dataset), C(name), C(why_model), C(why_ratio),
    C(warm_up), C(base_unknown), C(ends). Empty when O(list_only) and nothing can be deployed.
  returned: success
  type: dict
gate:
  description:
    - What the gate said, C(mode), C(verdict), C(reason) and C(at); empty where it was not asked. With
      C(before_traffic) where an offline evaluation of the model is known.
  returned: unless O(list_only)
  type: dict
approvals:
  description: >-
    Who agreed, each with C(principal), C(key) (its fingerprint), and the C(text) and C(signature) that
    prove it.
  returned: unless O(list_only)
  type: list
  elements: dict
jobs:
  description: The known jobs, newest first.
  returned: success
  type: list
  elements: dict
"""

import contextlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.errors import FinriskError
from finrisk_ops.evaluation import files
from finrisk_ops.machine import identity
from finrisk_ops.release import ahead, approval, opinion, trial
from finrisk_ops.release.permission import (
    MODES,
    REQUIRE,
    Asking,
    Permission,
    Play,
    deploying,
    permission,
)
from finrisk_ops.release.plan import (
    Known,
    Plan,
    Running,
    Wish,
    known_jobs,
    listing,
    make_plan,
)
from finrisk_ops.release.traffic import parse_stages
from finrisk_ops.status import commands
from finrisk_ops.tuning.retirement import retirements

Told = TypeVar("Told")
ARGUMENTS: dict[str, Any] = {
    "model": {"type": "str", "default": "newest"},
    "ratio": {"type": "raw"},
    "environment_ratio": {"type": "raw"},
    "next": {"type": "bool", "default": False},
    "stages": {"type": "list", "elements": "raw", "default": [25, 50, 75, 100]},
    "running": {"type": "dict", "required": True},
    "base_model": {"type": "str", "required": True},
    "allow_base_mismatch": {"type": "bool", "default": False},
    "dataset": {"type": "str", "default": ""},
    "evaluation_dir": {"type": "path", "default": ""},
    "gate": {"type": "str", "choices": list(MODES), "default": REQUIRE},
    "why": {"type": "str", "default": ""},
    "list_only": {"type": "bool", "default": False},
    **options.PLACE_REACHED,
    **options.TUNING_RECORDS,
    **options.GATE_RULES,
    **options.COMMANDS,
    **options.APPROVALS,
    **options.RECORD,
    **options.RETIREMENTS,
}


def wish(parameters: dict[str, Any]) -> Wish:
    """Return what the operator asks for."""
    return Wish(
        model=parameters["model"].strip(),
        ratio=parameters["ratio"],
        environment_ratio=parameters["environment_ratio"],
        following=parameters["next"],
        stages=parameters["stages"],
        base_model=parameters["base_model"],
        allow_base_mismatch=parameters["allow_base_mismatch"],
        dataset=parameters["dataset"],
        retirements=retirements(parameters["retirements"]),
    )


def running(current: dict[str, Any]) -> Running:
    """Return what runs now."""
    return Running(
        revision=str(current.get("revision") or ""),
        model=str(current.get("model") or ""),
        ratio=int(current.get("ratio") or 0),
        proven=bool(current.get("proven")),
        experiment=str(current.get("experiment") or ""),
        dataset=str(current.get("dataset") or ""),
        problem=str(current.get("problem") or ""),
    )


def read_known(parameters: dict[str, Any]) -> Known:
    """Return the known jobs, also when there is no way to the database."""
    folder, unreachable = Path(parameters["output_dir"]), ""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(options.reachable(parameters, parameters["database_url"]))
        except FinriskError as error:
            url, unreachable = "", error.message
        return known_jobs(folder, url, unreachable)


def with_database(call: Call, known: Known, ask: Callable[[str], Told]) -> Told:
    """Return what is asked of the database; FinriskError where it was not reached for the jobs already."""
    parameters = call.options
    if known.unread:
        raise FinriskError(known.unread)
    with options.reachable(parameters, parameters["database_url"]) as url:
        return ask(url)


def asking(parameters: dict[str, Any]) -> Asking:
    """Return how the gate is asked."""
    stages = parse_stages(parameters["stages"])
    return Asking(parameters["gate"], parameters["why"], stages[0], parameters["model"].strip())


def beginning(parameters: dict[str, Any]) -> tuple[int, str]:
    """Return the ratio of the first stage, and the command that begins it with the model that was named."""
    asked = asking(parameters)
    return asked.first_stage, player(parameters)(deploying(asked, asked.first_stage))


def environment(parameters: dict[str, Any]) -> str:
    """Return the environment's name; empty where nobody said it."""
    return str((parameters["record"] or {}).get("environment_name", ""))


def player(parameters: dict[str, Any]) -> Play:
    """Return the way to write the commands that go on."""
    used = commands.inventories(parameters["inventories"], parameters["repository"])
    known = {"environment": environment(parameters), "confirms": parameters["confirms"]}
    play: Play = commands.player({"inventories": used, **known})
    return play


def allowed(call: Call, known: Known, plan: Plan, runs: Running) -> Permission | None:
    """Return what the gate says to the plan; FinriskError when it forbids it."""
    parameters = call.options
    rules = options.gate_rules(parameters)

    def ask() -> opinion.Opinion:
        try:
            return with_database(call, known, lambda url: opinion.opinion(url, plan, runs, rules))
        except FinriskError as error:
            return opinion.unread(error.message)

    return permission(asking(parameters), plan, runs, ask, player(parameters))


def before_traffic(parameters: dict[str, Any], plan: Plan, runs: Running) -> trial.Advice | None:
    """Return what is known of the model before users meet it; FinriskError when that forbids the plan."""
    folder = parameters["evaluation_dir"]
    if not folder:
        return None
    return trial.advice(Path(folder), asking(parameters), plan, runs, player(parameters))


def told(parameters: dict[str, Any], gate: Permission | None, known: trial.Advice | None) -> dict[str, Any]:
    """Return what the record of the release keeps of the gate, and of the model before traffic."""
    return (known.content(asking(parameters)) if known else {}) | (gate.content() if gate else {})


def agreed(call: Call, plan: Plan, runs: Running) -> list[approval.Approval]:
    """Return who agreed to the plan; none where nobody has to. FinriskError when too few did."""
    parameters = call.options
    rule = options.approvals(parameters)
    if rule.number < 1:
        return []
    place = options.ledger(parameters).identity() if parameters["place"] else None
    who = identity.accounts() | {str((place or {}).get("username") or "")} - {""}
    asked = approval.case(
        asking(parameters),
        environment(parameters),
        plan,
        runs,
        files.evidence(rule.folder),
        who,
        datetime.now(UTC).date(),
    )
    return approval.approvals(rule, asked, player(parameters), write=not call.check) if asked else []


def experiment(call: Call, known: Known, plan: Plan, runs: Running) -> ahead.Ahead:
    """Return what lies before the plan's experiment; supposed where the database cannot be asked."""
    rules = options.gate_rules(call.options)

    def look(url: str) -> ahead.Ahead:
        return ahead.ahead(url, plan, runs, rules, lambda: beginning(call.options))

    try:
        return with_database(call, known, look)
    except FinriskError:
        return look("")


def overview(call: Call, known: Known) -> dict[str, Any]:
    """Return the models, what would be deployed or why nothing would, and what its experiment will need."""
    plan, trialled, gate, given, reason, ways = None, None, None, [], "", []
    next_ = ahead.Ahead([])
    runs = running(call.options["running"])
    try:
        made = make_plan(wish(call.options), runs, known)
        next_ = experiment(call, known, made, runs)
        trialled = before_traffic(call.options, made, runs)
        gate = allowed(call, known, made, runs)
        given = agreed(call, made, runs)
        plan = made
    except FinriskError as error:
        reason, ways = error.message, error.detail.get("summary", [])
    jobs = [job.content() for job in known.jobs]
    text = [
        *listing(known.jobs, plan, reason),
        *([trialled.line] if trialled else []),
        *([gate.line()] if gate else []),
        *([approval.line(given)] if given else []),
        *ways,
        *next_.lines,
    ]
    data = {
        "jobs": jobs,
        "plan": plan.content() if plan else None,
        "gate": told(call.options, gate, trialled) or None,
        "approvals": [asdict(each) for each in given],
        "outlook": next_.forecast.content() if next_.forecast else None,
        "needed": next_.needed,
        "reason": reason,
    }
    return {
        "changed": False,
        "plan": plan.content() if plan else {},
        "jobs": jobs,
        "report": {"text": text, "data": data},
    }


def work(call: Call) -> dict[str, Any]:
    """Return the plan, or with ``list_only`` the models and why there is none."""
    parameters = call.options
    known = read_known(parameters)
    if known.unread:
        call.warn(known.unread)
    if parameters["list_only"]:
        return overview(call, known)
    runs = running(parameters["running"])
    plan = make_plan(wish(parameters), runs, known)
    trialled = before_traffic(parameters, plan, runs)
    gate = allowed(call, known, plan, runs)
    given = agreed(call, plan, runs)
    return {
        "changed": False,
        "plan": plan.content(),
        "gate": told(parameters, gate, trialled),
        "approvals": [asdict(each) for each in given],
        "jobs": [job.content() for job in known.jobs],
        "summary": [
            *plan.lines(),
            *([trialled.line] if trialled else []),
            *([gate.line()] if gate else []),
            *([approval.line(given)] if given else []),
        ],
    }


def main() -> None:
    """Run the module."""
    run(work, record_refusal=options.record_refusal, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
