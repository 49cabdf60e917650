#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Ask the gate what the evidence on the tuned model says."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_evaluation
short_description: Ask the gate what the evidence on the tuned model says
version_added: "0.1.0"
description:
  - Reads the sums that the service keeps of both arms, and says promote, hold or roll back, why, and what a
    decision still needs. Reads no request and no text.
  - Writes C(evaluation_<time>.json), with the evidence that it rests on, and a page for a browser; when
    evidence and verdict are those of the newest evaluation, that one stays and nothing changes.
extends_documentation_fragment: [place.reached, tuning.records, gate.rules, commands, goal]
options:
  environment_name:
    description: Name of the environment, for the evaluation and for commands.
    type: str
    required: true
  evaluation_dir:
    description: Folder of evaluations; made when it is missing, readable by its owner alone.
    type: path
    required: true
  evidence:
    description:
      - An evaluation's JSON file, to recompute from its inputs by its own rules, without a database; a file
        that disagrees fails. Empty asks the database.
    type: str
    default: ""
  expect:
    description: Verdict with which the run succeeds, after the page was printed; empty means any.
    type: str
    choices: ["", promote, hold, roll_back]
    default: ""
  acts_on:
    description:
      - Verdicts on which this run will act. Only what it acts on is then written, so that a run a minute
        fills no disk. Empty for a run that acts on none, which writes whatever is new.
    type: list
    elements: str
    choices: [promote, roll_back]
    default: []
  prices:
    description:
      - US dollars for a million tokens, by base model, each with C(prompt) and C(answer); a tuned model costs
        what its base model does. What an arm costs is reported, and decides nothing.
    type: dict
    default: {}
attributes:
  check_mode:
    description: Evaluates, and writes nothing.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Ask the gate
  finrisk_evaluation:
    environment_name: staging
    evaluation_dir: evaluations/staging
    output_dir: training_data/staging
    database_url: "{{ finrisk_database_url }}"
    gate_rules:
      margins: "{{ finrisk_margins }}"
    place:
      process:
        var_dir: "{{ finrisk_var_dir }}"
        repository: "{{ finrisk_repository }}"

- name: Recompute an evaluation
  finrisk_evaluation:
    environment_name: staging
    evaluation_dir: evaluations/staging
    output_dir: training_data/staging
    evidence: evaluations/staging/evaluation_20261129_040735.json
    gate_rules: {}
"""

RETURN = r"""
verdict:
  description: C(promote), C(hold) or C(roll_back).
  returned: success
  type: str
reason:
  description: Why, in words.
  returned: success
  type: str
evaluation_file:
  description: Full path of the evaluation that was written, kept or recomputed; empty when none was.
  returned: success
  type: str
sha256:
  description: SHA-256 of the inputs.
  returned: success
  type: str
revision:
  description: The revision that ran when the database was asked.
  returned: success
  type: str
way_back:
  description: >-
    Why a run that acts takes everybody back to base: harm, or a rollback that did not come to its end. Empty
    for neither.
  returned: success
  type: str
gate:
  description: >-
    What the record of a release keeps of it that follows from it: C(mode) is V(act), C(verdict), C(reason),
    C(at), C(file), C(sha256), and C(evaluation), all that the file holds.
  returned: success
  type: dict
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
from finrisk_ops.evaluation import files, inputs, page
from finrisk_ops.evaluation.evaluation import evaluate, recompute
from finrisk_ops.gate.verdict import PROMOTE, ROLL_BACK
from finrisk_ops.release import permission
from finrisk_ops.release.target import Target
from finrisk_ops.status import commands
from finrisk_ops.status.facts import Goal

ARGUMENTS: dict[str, Any] = {
    "environment_name": {"type": "str", "required": True},
    "evaluation_dir": {"type": "path", "required": True},
    "evidence": {"type": "str", "default": ""},
    "expect": {"type": "str", "choices": ["", "promote", "hold", "roll_back"], "default": ""},
    "acts_on": {"type": "list", "elements": "str", "choices": ["promote", "roll_back"], "default": []},
    "prices": {"type": "dict", "default": {}},
    **options.PLACE_REACHED,
    **options.TUNING_RECORDS,
    **options.GATE_RULES,
    **options.COMMANDS,
    **options.GOAL,
}


def read(parameters: dict[str, Any], target: Target) -> dict[str, Any]:
    """Return the inputs as the database and the environment have them now."""
    rules = options.gate_rules(parameters)
    target.check_usable()
    with options.reachable(parameters, parameters["database_url"]) as url:
        question = inputs.Question(
            parameters["environment_name"],
            Path(parameters["output_dir"]),
            url,
            Goal.of(parameters),
            rules,
            parameters["prices"],
        )
        found: dict[str, Any] = inputs.read(target, question)
        return found


def work(call: Call) -> dict[str, Any]:
    """Return the evaluation as data and as a page."""
    given = call.options
    back = done = ""
    if given["evidence"]:
        content = recompute(Path(given["evidence"]))
        kept = files.Kept(Path(given["evidence"]), content["sha256"], is_new=False)
    else:
        target = options.target(given)
        content = evaluate(read(given, target))
        kept, back = keep(call, content), way_back(content, target)
        done = deed(call, content, back)
    used = commands.inventories(given["inventories"], given["repository"])
    known = {"environment": content["environment"], "confirms": given["confirms"]}
    lines = page.lines(content, commands.player({"inventories": used, **known}), kept, done)
    report = {
        "text": [line.text for line in lines],
        "colours": {line.text: line.colour for line in lines if line.colour},
        "data": content,
    }
    return {
        "changed": kept.is_new,
        "verdict": content["verdict"],
        "reason": content["reason"],
        "evaluation_file": str(kept.path or ""),
        "sha256": kept.sha256,
        "revision": content["inputs"]["running"]["revision"],
        "way_back": back,
        "gate": permission.of_evaluation(content, str(kept.path or "")),
        "report": report,
    } | failure(content, given["expect"])


def way_back(content: dict[str, Any], target: Target) -> str:
    """Return why everybody is to go back to base; empty where they need not, or are there.

    Nobody has the model as soon as base is asked for, so harm alone would leave a rollback half way.
    """
    if content["verdict"] == ROLL_BACK:
        return str(content["reason"])
    asks_for_base = content["inputs"]["experiment"] and content["inputs"]["running"]["split"] == 0
    return target.unfinished() if asks_for_base else ""


def deed(call: Call, content: dict[str, Any], back: str) -> str:
    """Return what this run goes on to do, in words; empty where it does nothing."""
    acts_on = call.options["acts_on"]
    if ROLL_BACK in acts_on and back:
        why = "" if content["verdict"] == ROLL_BACK else f"{back}; "
        does = "takes everybody back to base"
    elif PROMOTE in acts_on and content["verdict"] == PROMOTE and content["stage"]["split"] < 1:
        why, does = "", "goes on to bring the model to its next stage"
    else:
        return ""
    return f"{why}this run {does}" + (", without --check" if call.check else "")


def keep(call: Call, content: dict[str, Any]) -> files.Kept:
    """Write the evaluation where it is to be kept, and return where it lies."""
    given = call.options
    if given["acts_on"] and content["verdict"] not in given["acts_on"]:
        return files.Kept(None, content["sha256"], is_new=False)
    folder = Path(os.path.abspath(given["evaluation_dir"]))
    return files.keep(folder, content, check=call.check)


def failure(content: dict[str, Any], expected: str) -> dict[str, Any]:
    """Return what makes the run fail, when another verdict was expected."""
    if expected in ("", content["verdict"]):
        return {}
    msg = f"the verdict is {content['verdict']}, expected was {expected}: {content['reason']}"
    return {"failed": True, "msg": msg}


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
