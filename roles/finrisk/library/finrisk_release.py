#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Make one revision what an environment runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_release
short_description: Make one revision what an environment runs
version_added: "0.1.0"
description:
  - Holds the release lock, makes a revision of the rendered objects at the asked ratio, lets the service
    check the settings, rolls it out, waits until every worker runs it, and labels it as proven.
  - When the service does not come to run it, the revision before is put back and serves, and the task fails
    with the reason.
  - A rollback takes the lock over from a run that is none, unless O(planned_on) is set, goes on with fewer
    pods where new ones find no room, and puts nothing back.
  - On a cluster a revision is an immutable ConfigMap and Secret and the Deployment that names them. They are
    applied server-side by the field manager C(finrisk); a field that somebody else took stops a deploy, which
    names who took what, and a rollback takes the pod template back.
extends_documentation_fragment: [place, modes.changes]
options:
  config_map:
    description: The rendered ConfigMap.
    type: dict
    required: true
  secret:
    description: The rendered Secret, which names its key with an empty value.
    type: dict
    required: true
  deployment:
    description: The rendered Deployment; required on a cluster.
    type: dict
  force_conflicts:
    description: On a cluster, whether to take back fields that somebody else changed.
    type: bool
    default: false
  progress_file:
    description: A file that gets a line of JSON whenever the roll-out gets further; none when empty.
    type: str
    default: ""
  model:
    description: Name of the tuned model; empty for base only.
    type: str
    default: ""
  ratio:
    description: Percentage of the users who get the tuned model, 0..100.
    type: int
    default: 0
  experiment:
    description: Salt of the assignment, constant from a model's first stage to its last.
    type: str
    default: ""
  image:
    description: Image of the service; recorded only on a process.
    type: str
    default: ""
  dataset:
    description: SHA-256 of the data that the model was tuned on.
    type: str
    default: ""
  why:
    description: Why this is released, for people who read the revision later.
    type: str
    default: ""
  action:
    description: Which playbook releases, for the record; V(rollback) whenever O(rollback_to) is set.
    type: str
    choices: [site, deploy, rollback]
    default: deploy
  environment_name:
    description: Name of the environment, for the record.
    type: str
    default: ""
  database_url:
    description:
      - PostgreSQL, where records of releases are kept for good. Nothing waits for it longer than three
        seconds in all; what it does not take now waits where it is for the next run.
    type: str
    default: ""
  gate:
    description:
      - What the gate said to this release, for the record; C(gate) of M(finrisk_deployment_plan) or of
        M(finrisk_evaluation).
    type: dict
    default: {}
  approvals:
    description: Who agreed to this release, for the record; C(approvals) of M(finrisk_deployment_plan).
    type: list
    elements: dict
    default: []
  planned_on:
    description:
      - The revision that was current when the ratio was chosen, or the rollback; another one now stops the
        task. A rollback that was planned takes no lock over, and fails while somebody releases.
    type: str
  rollback_to:
    description: V(base) or the name of a revision; empty deploys the rendered objects.
    type: str
    default: ""
  credentials_changed:
    description: In check mode, whether a run would have written new credentials before.
    type: bool
    default: false
  timeout:
    description: Seconds until every worker has to run the revision.
    type: int
    default: 60
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Deploy a quarter of the users to the tuned model
  finrisk_release:
    config_map: "{{ lookup('ansible.builtin.template', 'configmap.yml.j2') | from_yaml }}"
    secret: "{{ lookup('ansible.builtin.template', 'secret.yml.j2') | from_yaml }}"
    model: projects/p/locations/us-central1/endpoints/1
    ratio: 25
    place:
      process:
        var_dir: "{{ finrisk_var_dir }}"
        repository: "{{ finrisk_repository }}"
"""

RETURN = r"""
revision:
  description: Name of the revision that runs, or would run.
  returned: success
  type: str
previous:
  description: Name of the revision that was current before; empty before the first.
  returned: success
  type: str
ratio:
  description: Percentage of the users who get the tuned model.
  returned: success
  type: int
model:
  description: Name of the tuned model.
  returned: success
  type: str
actions:
  description: What was done, or would be.
  returned: success
  type: list
  elements: str
summary:
  description: Lines for the end of the play, the last ones the full paths of the revision's files.
  returned: success
  type: list
  elements: str
"""

from dataclasses import replace
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.kube.target import KubernetesTarget
from finrisk_ops.kube.template import with_deployment
from finrisk_ops.machine import progress
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import recording, release
from finrisk_ops.release.revision import Release
from finrisk_ops.release.target import Target
from finrisk_ops.release.traffic import describe
from finrisk_ops.status import releases

TEXT: dict[str, Any] = {"type": "str", "default": ""}
ARGUMENTS: dict[str, Any] = {
    "config_map": {"type": "dict", "required": True},
    "secret": {"type": "dict", "required": True, "no_log": False},
    "deployment": {"type": "dict"},
    "force_conflicts": {"type": "bool", "default": False},
    "progress_file": TEXT,
    "model": TEXT,
    "ratio": {"type": "int", "default": 0},
    "experiment": TEXT,
    "image": TEXT,
    "dataset": TEXT,
    "why": TEXT,
    "action": {"type": "str", "choices": ["site", "deploy", "rollback"], "default": "deploy"},
    "environment_name": TEXT,
    "database_url": TEXT | {"no_log": True},
    "gate": {"type": "dict", "default": {}},
    "approvals": {"type": "list", "elements": "dict", "default": []},
    "planned_on": {"type": "str"},
    "rollback_to": TEXT,
    "credentials_changed": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 60},
    **options.PLACE,
}


def rendered(parameters: dict[str, Any]) -> release.Rendered:
    """Return the objects and the release that the parameters name."""
    values = {key: parameters[key] for key in ("model", "ratio", "image", "dataset", "experiment", "why")}
    config = parameters["config_map"]
    if options.on_cluster(parameters):
        config = with_deployment(config, options.manifest(parameters, "deployment"))
    return release.Rendered(config, parameters["secret"], Release(**values))


def target_of(parameters: dict[str, Any], check: bool) -> ProcessTarget | KubernetesTarget:
    """Return the place where revisions run, as this run uses it."""
    target = options.target(parameters, options.rollout_timeout(parameters))
    follow = check and parameters["credentials_changed"]
    if isinstance(target, KubernetesTarget):
        return replace(
            target,
            credentials_follow=follow,
            force_conflicts=parameters["force_conflicts"],
            takes_back=bool(parameters["rollback_to"]),
            tell=progress.teller(parameters["progress_file"]),
        )
    return replace(target, credentials_follow=follow)


def summary(outcome: release.Outcome, target: ProcessTarget | KubernetesTarget, check: bool) -> list[str]:
    """Return the last lines of the play."""
    current = outcome.revision.release
    verb = ("would run" if check else "runs") if outcome.changed else "ran already, nothing changed"
    before = f", before {outcome.previous}" if outcome.previous not in ("", outcome.revision.name) else ""
    return [
        f"Revision {outcome.revision.name} {verb}{before}",
        f"Traffic: {describe(current.ratio)}" + (f" ({current.model})" if current.ratio else ""),
        *(f"Taken back: {drift}" for drift in getattr(target, "taken_back", [])),
        *getattr(target, "notes", []),
        *(["would run with:"] if check and outcome.changed else []),
        *target.paths(outcome.revision.name),
    ]


def desk(call: Call) -> recording.Desk:
    """Return where this release is written down."""
    options_given = call.options
    return recording.Desk(
        ledger=options.ledger(options_given),
        environment=options_given["environment_name"],
        database=lambda: options.reachable(options_given, options_given["database_url"]),
        figures=releases.figures,
        warn=call.warn,
        gate=options_given["gate"],
        approvals=options_given["approvals"],
    )


def act(parameters: dict[str, Any], target: Target, what: release.Rendered, check: bool) -> release.Outcome:
    """Deploy, or roll back."""
    if parameters["rollback_to"]:
        return release.roll_back(
            target, parameters["rollback_to"], what, planned_on=parameters["planned_on"], check=check
        )
    planned_on, action = parameters["planned_on"], parameters["action"]
    return release.deploy(target, what, planned_on=planned_on, check=check, action=action)


def work(call: Call) -> dict[str, Any]:
    """Release and write down who did it; a check is nothing to write down."""
    parameters, check = call.options, call.check
    target, what = target_of(parameters, check), rendered(parameters)
    action = "rollback" if parameters["rollback_to"] else parameters["action"]
    if check:
        outcome = act(parameters, target, what, check)
    else:
        outcome = recording.release(
            desk(call), target, action, what.release, lambda watched: act(parameters, watched, what, check)
        )
    return {
        "changed": outcome.changed,
        "revision": outcome.revision.name,
        "previous": outcome.previous,
        "ratio": outcome.revision.release.ratio,
        "model": outcome.revision.release.model,
        "actions": outcome.actions,
        "summary": summary(outcome, target, check),
        "diff": {"before": outcome.before, "after": outcome.after} if outcome.changed else {},
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
