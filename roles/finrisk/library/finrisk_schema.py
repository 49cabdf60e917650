#!/usr/bin/python
"""Bring the database schema up to date."""

from __future__ import annotations

from ansible.module_utils.finrisk_ops import database

DOCUMENTATION = r"""
module: finrisk_schema
short_description: Bring the database schema up to date
description:
  - Applies the migrations that the database does not have yet, by C(finrisk migrate) under an advisory lock.
  - On a cluster a Job does this with the release's image, once for each schema version, image and database.
  - A database that does not answer is passed over with a warning, since the service starts without one. One
    that refuses, or a migration that fails, fails the task.
options:
  database_url:
    description: Address of the database, C(postgresql://USER:PASSWORD@HOST:PORT/DATABASE).
    type: str
    required: true
  repository:
    description: Folder of this repository, which holds the service.
    type: path
    required: true
  job:
    description: The rendered migration Job; required when I(target=kubernetes).
    type: dict
  timeout:
    description: Seconds until the Job has to have ended.
    type: int
    default: 300
  target:
    description: What the environment runs on.
    type: str
    choices: [process, kubernetes]
    default: process
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
    description: Says what a run would do and changes nothing.
    support: full
  diff_mode:
    description: Shows what changes; a secret appears as C(sha256:) and 12 hex digits.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Bring the schema up to date
  finrisk_schema:
    database_url: "{{ finrisk_database_url }}"
    repository: "{{ finrisk_repository }}"
"""

RETURN = r"""
applied:
  description: Migrations that this run applied; on a cluster the Job knows them.
  returned: success
  type: list
  elements: str
pending:
  description: Migrations that still wait; in check mode those that a run would apply.
  returned: success
  type: list
  elements: str
job:
  description: Name of the Job on a cluster; empty on a process.
  returned: success
  type: str
unanswered:
  description: Why the schema was neither checked nor changed; empty when the database answered.
  returned: success
  type: str
summary:
  description: Lines about a database that did not answer; the output plugin prints them at the end.
  returned: success
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.kube import schema as kube_schema
from ansible.module_utils.finrisk_ops.process import schema

ARGUMENTS: dict[str, Any] = {
    "database_url": {"type": "str", "required": True, "no_log": True},
    "repository": {"type": "path", "required": True},
    "job": {"type": "dict"},
    "timeout": {"type": "int", "default": 300},
    **options.REACHED,
}
REQUIRED_IF = [("target", "kubernetes", ["kubernetes", "job"])]


def migrate_here(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Apply the migrations from this machine, and return the module's result."""
    done = schema.migrate(parameters["database_url"], Path(parameters["repository"]), check=check)
    new = done.pending if check else done.applied
    return {
        "changed": bool(new),
        "applied": done.applied,
        "pending": done.pending,
        "job": "",
        "unanswered": done.unanswered,
        "diff": {"before": {"migrations": []}, "after": {"migrations": new}},
    }


def migrate_in_cluster(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Let the Job apply the migrations, and return the module's result."""
    done = kube_schema.migrate(
        options.cluster(parameters),
        parameters["job"],
        parameters["database_url"],
        timeout=parameters["timeout"],
        check=check,
    )
    diff = {"before": {f"Job {done.name}": done.before}, "after": {f"Job {done.name}": done.after}}
    return {
        "changed": done.changed,
        "applied": [],
        "pending": [],
        "job": done.name,
        "unanswered": done.unanswered,
        "diff": diff if done.changed else {},
    }


def migrated(call: Call) -> dict[str, Any]:
    """Bring the schema up to date; a database that nobody could ask is said, and no failure."""
    migrate = migrate_in_cluster if call.options["target"] == "kubernetes" else migrate_here
    result = migrate(call.options, check=call.check)
    told = [database.not_checked(result["unanswered"])] if result["unanswered"] else []
    for line in told:
        call.warn(line)
    return result | {"summary": told}


def main() -> None:
    """Run the module."""
    run(migrated, argument_spec=ARGUMENTS, required_if=REQUIRED_IF)


if __name__ == "__main__":
    main()
