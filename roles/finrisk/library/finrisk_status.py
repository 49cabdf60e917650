#!/usr/bin/python
"""Look at everything that an operator wants to know of an environment."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_status
short_description: Look at everything that an operator wants to know of an environment
description:
  - Reads configuration, collection, database, tuning jobs, traffic by arm, the running service and its log,
    and says what is wrong with the command that mends it. Works with the database or the service down.
options:
  environment_name:
    description: Name of the environment, for the commands in the findings.
    type: str
    required: true
  output_dir:
    description: Folder of the C(finetuning_job) files.
    type: path
    required: true
  database_url:
    description: Address of the database; it may be down.
    type: str
    default: ""
  target_examples:
    description: Examples that collection aims at.
    type: int
    default: 1000
  refused_producers:
    description: Producers whose answers are not trained on.
    type: list
    elements: str
    default: []
  tuned_rows:
    description: Whether answers of a tuned model are trained on.
    type: bool
    default: false
  target:
    description: What the environment runs on.
    type: str
    choices: [process, kubernetes]
    default: process
  process:
    description: Where the service of this machine lives; required when I(target=process).
    type: dict
    suboptions:
      var_dir:
        description: Folder of the run state.
        type: path
        required: true
      repository:
        description: Folder of this repository, which holds the service.
        type: path
        required: true
      api_port:
        description: Port of the API on 127.0.0.1.
        type: int
        default: 8000
      ops_port:
        description: Port of health pages and metrics on 127.0.0.1.
        type: int
        default: 9090
  kubernetes:
    description: Which cluster; required when I(target=kubernetes).
    type: dict
    suboptions:
      kubeconfig:
        description: Path of the kubeconfig; empty means C(KUBECONFIG) or C(~/.kube/config).
        type: str
        default: ""
      context:
        description: Name of the context in it; the current one is never taken by accident.
        type: str
        required: true
      namespace:
        description: Namespace of FinRisk.
        type: str
        required: true
attributes:
  check_mode:
    description: Reads only.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Look at everything
  finrisk_status:
    environment_name: local
    output_dir: "{{ finrisk_output_dir }}"
    database_url: "{{ finrisk_database_url }}"
    process:
      var_dir: "{{ finrisk_var_dir }}"
      repository: "{{ finrisk_repository }}"
"""

RETURN = r"""
report:
  description: The page as I(text), a list of lines, and the same as I(data).
  returned: success
  type: dict
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.status import report
from ansible.module_utils.finrisk_ops.status.facts import Asked
from ansible.module_utils.finrisk_ops.status.page import page

ARGUMENTS: dict[str, Any] = {
    "environment_name": {"type": "str", "required": True},
    "output_dir": {"type": "path", "required": True},
    "database_url": {"type": "str", "default": "", "no_log": True},
    "target_examples": {"type": "int", "default": 1000},
    "refused_producers": {"type": "list", "elements": "str", "default": []},
    "tuned_rows": {"type": "bool", "default": False},
    **options.OPTIONS,
}


def question(parameters: dict[str, Any], database_url: str) -> report.Question:
    """Return what is asked about."""
    asked = Asked(parameters["target_examples"], parameters["refused_producers"], parameters["tuned_rows"])
    return report.Question(
        parameters["environment_name"], Path(parameters["output_dir"]), database_url, asked
    )


def read(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the report, also when there is no way to the database."""
    target, url = options.chosen(parameters), parameters["database_url"]
    target.check_usable()
    with ExitStack() as stack:
        try:
            lent, unreachable = stack.enter_context(options.reachable(parameters, url)), ""
        except FinriskError as error:
            lent, unreachable = url, error.message
        data: dict[str, Any] = report.read(target, question(parameters, lent), unreachable)
        return data


def reported(call: Call) -> dict[str, Any]:
    """Return the status as data and as a page."""
    data = read(call.options)
    return {"changed": False, "report": {"text": page(data), "data": data}}


def main() -> None:
    """Run the module."""
    run(reported, argument_spec=ARGUMENTS, required_if=options.REQUIRED_IF)


if __name__ == "__main__":
    main()
