#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Look at everything that an operator wants to know of an environment."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_status
short_description: Look at everything that an operator wants to know of an environment
version_added: "0.1.0"
description:
  - Reads configuration, collection, database, tuning jobs, traffic by arm, the running service and its log,
    and says what is wrong with the command that mends it. Works with the database or the service down.
extends_documentation_fragment: [place, tuning.records, retirements, gate.rules, commands, goal, modes.reads]
options:
  environment_name:
    description: Name of the environment, for the commands in the findings.
    type: str
    required: true
  evaluation_dir:
    description: Folder of evaluations, of which the newest is told; empty means without them.
    type: path
    default: ""
  fail_on:
    description: Whether a finding is a failure of the run, after the page was printed.
    type: str
    choices: [none, finding]
    default: none
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Look at everything
  finrisk_status:
    environment_name: local
    inventories: "{{ ansible_inventory_sources }}"
    repository: "{{ finrisk_repository }}"
    output_dir: "{{ finrisk_output_dir }}"
    database_url: "{{ finrisk_database_url }}"
    gate_rules:
      margins: "{{ finrisk_margins }}"
    place:
      process:
        var_dir: "{{ finrisk_var_dir }}"
        repository: "{{ finrisk_repository }}"
"""

RETURN = r"""
report:
  description: The page as C(text), a list of lines, those in a colour as C(colours), and the same as C(data).
  returned: success
  type: dict
"""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.counts import number_of
from finrisk_ops.errors import FinriskError
from finrisk_ops.evaluation import files
from finrisk_ops.status import audit, commands, gate, page, releases, report
from finrisk_ops.status.facts import Goal
from finrisk_ops.tuning.retirement import retirements

ARGUMENTS: dict[str, Any] = {
    "environment_name": {"type": "str", "required": True},
    "evaluation_dir": {"type": "path", "default": ""},
    "fail_on": {"type": "str", "choices": ["none", "finding"], "default": "none"},
    **options.PLACE,
    **options.TUNING_RECORDS,
    **options.RETIREMENTS,
    **options.GATE_RULES,
    **options.COMMANDS,
    **options.GOAL,
}


def question(parameters: dict[str, Any], database_url: str) -> report.Question:
    """Return what is asked about."""
    return report.Question(
        parameters["environment_name"],
        Path(parameters["output_dir"]),
        database_url,
        Goal.of(parameters),
        options.gate_rules(parameters),
        commands.inventories(parameters["inventories"], parameters["repository"]),
        parameters["confirms"],
        retirements(parameters["retirements"]),
    )


def read(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the report, also when there is no way to the database."""
    target, url = options.target(parameters), parameters["database_url"]
    target.check_usable()
    with ExitStack() as stack:
        try:
            lent, unreachable = stack.enter_context(options.reachable(parameters, url)), ""
        except FinriskError as error:
            lent, unreachable = url, error.message
        data: dict[str, Any] = report.read(target, question(parameters, lent), unreachable)
        known = lent if data["database"]["reachable_from_here"] else ""
        ledger = options.ledger(parameters)
        data["releases"] = releases.known(ledger, known, time.time())
        data["audit"] = audit.known(ledger, known)
    data["gate"] = last_evaluation(parameters["evaluation_dir"])
    data |= report.judgement(data)  # a broken chain is a finding
    return data


def last_evaluation(folder: str) -> dict[str, Any] | None:
    """Return what the gate said last; None where it was never asked, or no folder is named."""
    if not folder or not (newest := files.history(Path(folder), most=1)):
        return None
    said: dict[str, Any] = gate.summary(*newest[0], datetime.now(UTC))
    return said


def work(call: Call) -> dict[str, Any]:
    """Return the status as data and as a page."""
    data = read(call.options)
    shown = {"text": page.page(data), "colours": page.colours(data), "data": data}
    return {"changed": False, "report": shown} | failure(data["findings"], call.options["fail_on"])


def failure(findings: list[dict[str, Any]], fail_on: str) -> dict[str, Any]:
    """Return what makes the run fail, when a finding is to do that and there is one."""
    if fail_on == "none" or not findings:
        return {}
    return {"failed": True, "msg": f"{number_of(len(findings), 'finding')}, the first: {findings[0]['what']}"}


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
