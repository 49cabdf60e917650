#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the release that an environment runs and proved as the release of the next one."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_promotion
short_description: Write the release that an environment runs and proved as the release of the next one
version_added: "0.1.0"
description:
  - Reads the current revision and fails unless it is proven, unchanged since, runs everywhere, and serves the
    model that it names; and while the status of the environment has a finding against that model, or one that
    sends to a rollback. Where the figures cannot be read it warns, and says so in the file.
  - Writes model, image and dataset into the release file of the next environment, with the tuning job, the
    figures of that moment, and who promoted it when. A file that has this release of this revision stays.
  - Leaves a record, as a release does; a refused promotion too.
extends_documentation_fragment: [place, tuning.records, gate.rules, modes.changes]
options:
  environment_name:
    description: Name of the environment that is read.
    type: str
    required: true
  promote_to:
    description: Name of the environment that the release is for.
    type: str
    required: true
  file:
    description: The release file of that environment.
    type: path
    required: true
  why:
    description: Why this is promoted, for people who read the file later.
    type: str
    default: ""
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Write the release of production
  finrisk_promotion:
    environment_name: staging
    promote_to: production
    file: inventory/production/group_vars/finrisk/release.yml
    output_dir: training_data/staging
    gate_rules:
      margins: "{{ finrisk_margins }}"
    place:
      kubernetes:
        context: finrisk-staging
        namespace: finrisk-ai
"""

RETURN = r"""
release:
  description: The part of the release that travels, C(model), C(image) and C(dataset).
  returned: success
  type: dict
revision:
  description: Name of the revision.
  returned: success
  type: str
summary:
  description: Lines for the end of the play, the last one the full path of the release file.
  returned: success
  type: list
  elements: str
"""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import files, identity
from finrisk_ops.release import promotion, recording, records
from finrisk_ops.release.target import Target
from finrisk_ops.status import commands, facts, releases, report
from finrisk_ops.text import read_text
from finrisk_ops.tuning import jobs

FILE_MODE = 0o644
ARGUMENTS: dict[str, Any] = {
    "environment_name": {"type": "str", "required": True},
    "promote_to": {"type": "str", "required": True},
    "file": {"type": "path", "required": True},
    "why": {"type": "str", "default": ""},
    **options.PLACE,
    **options.TUNING_RECORDS,
    **options.GATE_RULES,
}


def candidate(parameters: dict[str, Any], target: Target) -> promotion.Promotable:
    """Return what can be promoted; FinriskError when nothing can."""
    environment, to = parameters["environment_name"], parameters["promote_to"]
    if environment == to:
        raise FinriskError(
            f"{environment} cannot be promoted to itself: run this on the environment that proves releases, "
            f"{commands.player({'environment': 'staging'})('promote.yml')}"
        )
    promotable: promotion.Promotable = promotion.promotable(target, environment)
    return promotable


def proof(call: Call, target: Target, model: str) -> promotion.Proof:
    """Return what speaks for the model, as the status of this moment has it; warn of figures not known.

    Raises FinriskError while a finding speaks against the model, or sends to a rollback.
    """
    parameters = call.options
    folder, url = Path(parameters["output_dir"]), parameters["database_url"]
    with ExitStack() as stack:
        try:
            lent, unreachable = stack.enter_context(options.reachable(parameters, url)), ""
        except FinriskError as error:
            lent, unreachable = url, error.message
        question = report.Question(
            parameters["environment_name"], folder, lent, facts.Goal(0), options.gate_rules(parameters)
        )
        data = report.read(target, question, unreachable)
        known = jobs.known_jobs(folder, "" if unreachable else lent)
    environment = parameters["environment_name"]
    if model and (objection := promotion.objection(data["findings"], model)):
        raise FinriskError(
            f"{environment} {objection}. Nothing was written; look at playbooks/status.yml there"
        )
    if model and data["experiment"] is None:
        call.warn(
            f"The figures of {environment} cannot be read, so whether {model} does worse than base is not "
            f"known: {data['database']['error']}"
        )
    made = next((job for job in known if job.tuned_model_name == model), None) if model else None
    who = (options.ledger(parameters).identity() or {}).get("username") or identity.who()
    why = records.safe(parameters["why"])
    return promotion.Proof(made, releases.shown(data), str(who), identity.now(), why)


def draft(call: Call, target: Target) -> promotion.Draft:
    """Return the release file as it is and as it becomes; FinriskError when nothing can be promoted."""
    promotable = candidate(call.options, target)
    file = Path(call.options["file"])
    before = read_text(file) if file.exists() else ""
    told = proof(call, target, promotable.release["model"])
    return promotion.Draft(promotable, before, promotion.release_file(promotable, told, before))


def write(file: Path, text: str) -> None:
    """Write the file, readable as the rest of the checkout is."""
    with files.replacing(file) as stream:
        stream.write(text.encode())
    os.chmod(file, FILE_MODE)


def desk(call: Call) -> recording.Desk:
    """Return where this promotion is written down."""
    parameters = call.options
    return recording.Desk(
        ledger=options.ledger(parameters),
        environment=parameters["environment_name"],
        database=lambda: options.reachable(parameters, parameters["database_url"]),
        figures=releases.figures,
        warn=call.warn,
    )


def work(call: Call) -> dict[str, Any]:
    """Write the release of the next environment, and who promoted it."""
    parameters, target = call.options, options.target(call.options)
    if call.check:
        made = draft(call, target)
    else:
        with recording.promotion(desk(call), target, parameters["why"]) as entry:
            made = draft(call, target)
            if made.changed:
                write(Path(parameters["file"]), made.after)
                entry.end(records.DONE, revision_after=made.promotable.revision.name)
    play = commands.player({"environment": parameters["promote_to"], "confirms": True})
    header = {"before_header": parameters["file"], "after_header": parameters["file"]}
    return {
        "changed": made.changed,
        "release": made.promotable.release,
        "revision": made.promotable.revision.name,
        "diff": header | {"before": made.before, "after": made.after} if made.changed else {},
        "summary": [
            made.promotable.summary,
            f"Review it with git diff and commit it; then, in steps, {play('deploy.yml')}",
            parameters["file"],
        ],
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
