#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Bring about exactly one tuning job for a dataset and its parameters, or cancel one."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_tuning_job
short_description: Bring about exactly one tuning job, or cancel one
version_added: "0.1.0"
description:
  - Checks the dataset and the parameters, looks for a job with the same ones, and submits one only when there
    is none. A running job is adopted, one that succeeded is reused, and one that failed stops the run unless
    O(retry) asks for another attempt.
  - The dataset is uploaded to C(gs://BUCKET/finrisk/ENVIRONMENT/datasets/SHA256/), where nothing is ever
    overwritten.
extends_documentation_fragment:
  - place.reached
  - google.account
  - google.platform
  - tuning.records
  - tuning.job
  - tuning.dataset
  - retirements
options:
  state:
    description: V(present) submits, adopts or reuses; V(cancelled) cancels the job O(job_name).
    type: str
    choices: [present, cancelled]
    default: present
  base_model:
    description: Model to start from; one of O(tunable_models). Required when O(state=present).
    type: str
  tunable_models:
    description: Models that the platform tunes.
    type: list
    elements: str
    default: []
  replaced_models:
    description: Beginnings of retired model names and the model to use instead.
    type: dict
    default: {}
  epochs:
    description: Passes over the training examples, 1..100.
    type: int
    default: 5
  learning_rate_multiplier:
    description: Factor on the platform's own learning rate, above 0.
    type: float
    default: 1.0
  adapter_size:
    description: Rank of the adapter, one of 1, 2, 4, 8, 16 and 32; 0 leaves it to the platform.
    type: int
    default: 0
  training_prices:
    description: US dollars for a million training tokens, by model.
    type: dict
    default: {}
  max_cost:
    description: Most US dollars that the job may cost by estimate; 0 sets no limit.
    type: float
    default: 0
  retry:
    description: Whether to submit another attempt when every job of the same spec ended badly.
    type: bool
    default: false
  watched:
    description: Whether M(finrisk_tuning_job_info) follows; the summary is then left to it.
    type: bool
    default: false
  bucket:
    description: Cloud Storage bucket for datasets, in the tuning region. Required when O(state=present).
    type: str
    default: ""
  environment_name:
    description: Name of the environment, a label of the job and a part of the dataset's path.
    type: str
    default: ""
  limits:
    description:
      - What the platform takes, C(tokens_per_example), C(file_bytes), C(training_examples) and
        C(validation_examples); checked before anything is sent. What is missing has no limit.
    type: dict
    default: {}
attributes:
  check_mode:
    description: Says whether a run would submit, adopt or reuse; sends nothing but look-ups.
    support: full
  diff_mode:
    description: Shows the spec of the job that is submitted.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Tune on the newest dataset
  finrisk_tuning_job:
    project: "{{ finrisk_google_project }}"
    location: "{{ finrisk_google_location }}"
    bucket: "{{ finrisk_bucket }}"
    environment_name: "{{ finrisk_environment }}"
    base_model: "{{ finrisk_base_model }}"
    tunable_models: "{{ finrisk_tunable_models }}"
    output_dir: "{{ finrisk_output_dir }}"

- name: Cancel the newest job
  finrisk_tuning_job:
    state: cancelled
    project: "{{ finrisk_google_project }}"
    location: "{{ finrisk_google_location }}"
    output_dir: "{{ finrisk_output_dir }}"
"""

RETURN = r"""
measured:
  description: What was measured of the dataset, for O(measured) of a later task; not when O(state=cancelled).
  returned: success
  type: dict
action:
  description: V(submit), V(adopt), V(reuse) or V(stop); V(cancel) or V(none) when O(state=cancelled).
  returned: success
  type: str
plan:
  description: Examples, tokens, cost and what is done, in lines for people.
  returned: success
  type: list
  elements: str
settled:
  description: Whether the job is ACTIVE and written down, so that nothing is left to do.
  returned: success
  type: bool
job:
  description: What stands in the job file; empty in check mode when there is no job yet.
  returned: success
  type: dict
path:
  description: Full path of the job file.
  returned: success
  type: str
"""

from dataclasses import replace
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops.options import (
    GOOGLE_ACCOUNT,
    GOOGLE_PLATFORM,
    PLACE_REACHED,
    RETIREMENTS,
    TUNING_DATASET,
    TUNING_JOB,
    TUNING_RECORDS,
    job_place,
    platform,
    reachable,
)
from finrisk_ops.tuning import report, states, submission, watch
from finrisk_ops.tuning.order import Order, order_of

ARGUMENTS: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "cancelled"], "default": "present"},
    "base_model": {"type": "str"},
    "tunable_models": {"type": "list", "elements": "str", "default": []},
    "replaced_models": {"type": "dict", "default": {}},
    "epochs": {"type": "int", "default": 5},
    "learning_rate_multiplier": {"type": "float", "default": 1.0},
    "adapter_size": {"type": "int", "default": 0},
    "training_prices": {"type": "dict", "default": {}},
    "max_cost": {"type": "float", "default": 0.0},
    "retry": {"type": "bool", "default": False},
    "watched": {"type": "bool", "default": False},
    "bucket": {"type": "str", "default": ""},
    "environment_name": {"type": "str", "default": ""},
    "limits": {"type": "dict", "default": {}},
    **PLACE_REACHED,
    **GOOGLE_ACCOUNT,
    **GOOGLE_PLATFORM,
    **TUNING_RECORDS,
    **TUNING_JOB,
    **TUNING_DATASET,
    **RETIREMENTS,
}


def present(call: Call) -> dict[str, Any]:
    """Submit, adopt or reuse; in check mode only look."""
    order, warnings = order_of(call.options, platform(call.options))
    for warning in warnings:
        call.warn(warning)
    if call.check:
        return preview(order)
    outcome = submission.submit(order)
    result = {
        "changed": outcome.changed,
        "action": outcome.plan.action,
        "plan": report.plan_lines(order, outcome.plan, outcome.notes),
        "settled": outcome.job.state == states.ACTIVE,
        "job": outcome.job.content(),
        "path": outcome.job.path,
        "diff": report.difference(order, outcome.plan),
        "measured": order.data.measured,
    }
    if outcome.job.state != states.CREATING or not call.options["watched"]:
        result["summary"] = report.closing_lines(outcome.job)
    else:
        result["interrupted"] = report.left_running(outcome.job)
    return result


def preview(order: Order) -> dict[str, Any]:
    """Say what a run would do."""
    plan, notes = submission.plan(order)
    result = {
        "changed": plan.job is None or not plan.job.path,
        "action": plan.action,
        "plan": report.plan_lines(order, plan, notes),
        "settled": plan.settled,
        "job": plan.job.content() if plan.job else {},
        "path": plan.job.path if plan.job else "",
        "diff": report.difference(order, plan),
        "measured": order.data.measured,
    }
    if plan.settled and plan.job:
        result["summary"] = report.closing_lines(plan.job)
    return result


def cancel(call: Call) -> dict[str, Any]:
    """Cancel a job that is not over."""
    job, changed = watch.cancel(
        job_place(call.options),
        call.options["job_name"],
        pretend=call.check,
        patience_seconds=call.options["patience"],
    )
    word = states.short(job.provider_state)
    return {
        "changed": changed,
        "action": "cancel" if changed else "none",
        "plan": [f"{'cancels' if changed else 'leaves'} {job.job_name}, which is {word}"],
        "settled": not changed,
        "job": job.content(),
        "path": job.path,
        "summary": report.cancel_lines(job, cancels=changed, pretend=call.check),
    }


def work(call: Call) -> dict[str, Any]:
    """Submit or cancel, with the database as it is reached from here."""
    with reachable(call.options, call.options["database_url"], must=False) as url:
        options = call.options | {"database_url": url}  # a copy: Ansible prints its own, and hides less
        return (present if options["state"] == "present" else cancel)(replace(call, options=options))


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS, required_if=[("state", "present", ["base_model", "bucket"])])


if __name__ == "__main__":
    main()
