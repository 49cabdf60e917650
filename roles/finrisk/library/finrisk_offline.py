#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Compare a tuned model with base on the validation set, before users meet it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_offline
short_description: Compare a tuned model with base on the validation set, before users meet it
version_added: "0.1.0"
description:
  - Base, the tuned model, and base with the nearest training examples before its prompt answer the same
    questions of the validation set, by the service's own C(finrisk answer), whose prompt, settings and judge
    are those of the service. The differences decide whether the tuned model is proven worse.
  - Writes C(offline_<time>.json), the evidence without texts, into O(evaluation_dir), and into O(output_dir)
    C(offline_answers_<validation set>.jsonl), so that nothing is asked twice, and a page with the worst
    regressions. When the evidence is that of an earlier run, nothing changes.
extends_documentation_fragment: [place.reached, tuning.records, gate.rules]
options:
  environment_name:
    description: Name of the environment, for the evaluation.
    type: str
    required: true
  evaluation_dir:
    description: Folder of evaluations; made when it is missing, readable by its owner alone.
    type: path
    required: true
  model:
    description: The tuned model, by its full name, display name or job; C(newest) is the newest one.
    type: str
    default: newest
  dataset_metadata:
    description: The C(dataset_metadata_*.json) of a dataset; empty means the one that the model was tuned on.
    type: str
    default: ""
  limit:
    description: Most questions, drawn the same way every time; 0 means the whole validation set.
    type: int
    default: 200
  examples:
    description: Training examples before base's prompt in the third column; 0 leaves that column out.
    type: int
    default: 3
  prices:
    description: US dollars for a million tokens of prompts and of answers, by base model.
    type: dict
    default: {}
  max_cost:
    description: Most US dollars that the answers may cost by estimate; 0 sets no limit.
    type: float
    default: 0
  repository:
    description: Folder of the repository, where the service's code is.
    type: path
    required: true
  config_map:
    description: The rendered ConfigMap, whose settings the service has.
    type: dict
    required: true
  credentials:
    description: The service's credentials, by their keys.
    type: dict
    required: true
  progress_file:
    description: Where to write how far it is; set by the action plugin, which draws a bar.
    type: path
    default: ""
attributes:
  check_mode:
    description: Says how many calls a run would make and what they may cost, and asks no model.
    support: full
  diff_mode:
    description: Names what would be written.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Compare the newest tuned model with base
  finrisk_offline:
    environment_name: staging
    evaluation_dir: evaluations/staging
    output_dir: training_data/staging
    repository: "{{ finrisk_repository }}"
    config_map: "{{ lookup('ansible.builtin.template', 'configmap.yml.j2') | from_yaml }}"
    credentials:
      GOOGLE_APPLICATION_CREDENTIALS: "{{ finrisk_google_credentials_file }}"
    gate_rules: {}
"""

RETURN = r"""
verdict:
  description:
    - C(worse), which is proven, C(better), C(not_worse), C(open) or C(unknown), of too few questions; empty
      when none was made.
  returned: success
  type: str
reason:
  description: Why, in words.
  returned: success
  type: str
evaluation_file:
  description: Full path of the evidence that was written or kept.
  returned: success
  type: str
report_file:
  description: Full path of the page for a browser.
  returned: success
  type: str
calls:
  description: Questions to models that this run made, or would make.
  returned: success
  type: int
report:
  description: The page as C(text), a list of lines, those in a colour as C(colours), and the file as C(data).
  returned: success
  type: dict
"""

import os
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.machine import progress
from finrisk_ops.offline import offline, page
from finrisk_ops.offline.asking import Service

ARGUMENTS: dict[str, Any] = {
    "environment_name": {"type": "str", "required": True},
    "evaluation_dir": {"type": "path", "required": True},
    "model": {"type": "str", "default": "newest"},
    "dataset_metadata": {"type": "str", "default": ""},
    "limit": {"type": "int", "default": 200},
    "examples": {"type": "int", "default": 3},
    "prices": {"type": "dict", "default": {}},
    "max_cost": {"type": "float", "default": 0.0},
    "repository": {"type": "path", "required": True},
    "config_map": {"type": "dict", "required": True},
    "credentials": {"type": "dict", "required": True, "no_log": True},
    "progress_file": {"type": "path", "default": ""},
    **options.PLACE_REACHED,
    **options.TUNING_RECORDS,
    **options.GATE_RULES,
}


def request(parameters: dict[str, Any], url: str) -> offline.Request:
    """Return what is asked for; ``url`` is the database as it is reached from here."""
    return offline.Request(
        environment=parameters["environment_name"],
        model=parameters["model"].strip(),
        dataset_metadata=parameters["dataset_metadata"],
        output_dir=Path(os.path.abspath(parameters["output_dir"])),
        evaluation_dir=Path(os.path.abspath(parameters["evaluation_dir"])),
        database_url=url,
        limit=parameters["limit"],
        examples=parameters["examples"],
        prices=parameters["prices"],
        max_cost=parameters["max_cost"],
        rules=options.gate_rules(parameters),
        service=Service(
            Path(parameters["repository"]),
            {name: str(value) for name, value in parameters["config_map"].get("data", {}).items()},
            {name: str(value or "") for name, value in parameters["credentials"].items()},
        ),
        tell=progress.teller(parameters["progress_file"]),
    )


def work(call: Call) -> dict[str, Any]:
    """Compare, and return the evaluation as data and as a page; in check mode what it would take."""
    given = call.options
    with options.reachable(given, given["database_url"], must=False) as url:
        outcome = offline.run(request(given, url), check=call.check)
    for warning in outcome.warnings:
        call.warn(warning)
    result = {
        "calls": outcome.cost.calls,
        "verdict": "",
        "reason": "",
        "evaluation_file": "",
        "report_file": "",
    }
    kept = outcome.kept
    if kept is None or outcome.page is None:
        told = {"calls": outcome.cost.calls, "dollars": outcome.cost.dollars}
        return result | {"changed": True, "report": {"text": outcome.lines, "colours": {}, "data": told}}
    lines = page.lines(kept.content, kept.path, outcome.page)
    names = f"{kept.path}\n{outcome.page}\n"
    return result | {
        "changed": kept.is_new,
        "verdict": kept.content["verdict"],
        "reason": kept.content["reason"],
        "evaluation_file": str(kept.path),
        "report_file": str(outcome.page),
        "diff": {"before": "", "after": names} if kept.is_new else {},
        "report": {
            "text": [*outcome.lines, "", *(line.text for line in lines)],
            "colours": {line.text: line.colour for line in lines if line.colour},
            "data": dict(kept.content),
        },
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
