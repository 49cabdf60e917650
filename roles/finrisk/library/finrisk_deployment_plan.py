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
extends_documentation_fragment: [place.reached, tuning.records, retirements, record, modes.reads]
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
  list_only:
    description: List the known jobs and what would be deployed; a refusal is then shown, not a failure.
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
"""

RETURN = r"""
plan:
  description: >-
    What to deploy: C(model), C(ratio), C(experiment), C(dataset), C(name), C(why_model), C(why_ratio),
    C(warm_up), C(base_unknown), C(ends). Empty when O(list_only) and nothing can be deployed.
  returned: success
  type: dict
jobs:
  description: The known jobs, newest first.
  returned: success
  type: list
  elements: dict
"""

import contextlib
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.release.plan import (
    Known,
    Plan,
    Running,
    Wish,
    known_jobs,
    listing,
    make_plan,
)
from ansible.module_utils.finrisk_ops.tuning.jobs import Job
from ansible.module_utils.finrisk_ops.tuning.retirement import retirements

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
    "list_only": {"type": "bool", "default": False},
    **options.PLACE_REACHED,
    **options.TUNING_RECORDS,
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


def overview(jobs: list[Job], plan: Plan | None, reason: str) -> dict[str, Any]:
    """Return the result of a listing."""
    contents = [job.content() for job in jobs]
    data = {"jobs": contents, "plan": plan.content() if plan else None, "reason": reason}
    return {
        "plan": plan.content() if plan else {},
        "jobs": contents,
        "report": {"text": listing(jobs, plan, reason), "data": data},
    }


def read_known(parameters: dict[str, Any]) -> Known:
    """Return the known jobs, also when there is no way to the database."""
    folder, unreachable = Path(parameters["output_dir"]), ""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(options.reachable(parameters, parameters["database_url"]))
        except FinriskError as error:
            url, unreachable = "", error.message
        return known_jobs(folder, url, unreachable)


def work(call: Call) -> dict[str, Any]:
    """Return the plan, or with ``list_only`` the models and why there is none."""
    parameters = call.options
    known = read_known(parameters)
    if known.unread:
        call.warn(known.unread)
    try:
        plan = make_plan(wish(parameters), running(parameters["running"]), known)
    except FinriskError as error:
        if parameters["list_only"]:
            return {"changed": False, **overview(known.jobs, None, error.message)}
        raise
    if parameters["list_only"]:
        return {"changed": False, **overview(known.jobs, plan, "")}
    return {
        "changed": False,
        "plan": plan.content(),
        "jobs": [job.content() for job in known.jobs],
        "summary": plan.lines(),
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
