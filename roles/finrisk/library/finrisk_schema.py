#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Bring the database schema up to date."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_schema
short_description: Bring the database schema up to date
version_added: "0.1.0"
description:
  - Applies the migrations that the database does not have yet, by C(finrisk migrate) under an advisory lock.
  - On a cluster a Job does this with the release's image, once for each schema version, image and database,
    and again when the service's pods do not find the schema any more, or no pod says what it finds.
  - A database that does not answer, or whose tables are there by half, is passed over with a warning, since
    the service starts without one. One that refuses, or a migration that fails, fails the task.
extends_documentation_fragment: [place, record, modes.changes]
options:
  database_url:
    description: Address of the database, C(postgresql://USER:PASSWORD@HOST:PORT/DATABASE).
    type: str
    required: true
  job:
    description: The rendered migration Job; required on a cluster.
    type: dict
  timeout:
    description: Seconds until the Job has to have ended.
    type: int
    default: 300
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Bring the schema up to date
  finrisk_schema:
    database_url: "{{ finrisk_database_url }}"
    place:
      process:
        var_dir: "{{ finrisk_var_dir }}"
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
  description:
    - Lines about a database that did not answer, and credentials that were gone and are back; the output
      plugin prints them at the end.
  returned: success
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import database, options
from finrisk_ops.kube import credentials as kube_credentials
from finrisk_ops.kube import schema as kube_schema
from finrisk_ops.kube.deployed import Deployed
from finrisk_ops.process import schema

ARGUMENTS: dict[str, Any] = {
    "database_url": {"type": "str", "required": True, "no_log": True},
    "job": {"type": "dict"},
    "timeout": {"type": "int", "default": 300},
    **options.PLACE,
    **options.RECORD,
}


def migrate_here(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Apply the migrations from this machine, and return the module's result."""
    repository = Path(parameters["place"]["process"]["repository"])
    result = schema.migrate(parameters["database_url"], repository, check=check)
    new = result.pending if check else result.applied
    return {
        "changed": bool(new),
        "applied": result.applied,
        "pending": result.pending,
        "job": "",
        "unanswered": result.unanswered,
        "diff": {"before": {"migrations": []}, "after": {"migrations": new}},
    }


def migrate_in_cluster(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Let the Job apply the migrations, and return the module's result."""
    migration = kube_schema.migrate(
        Deployed(options.cluster(parameters)),
        options.manifest(parameters, "job"),
        parameters["database_url"],
        timeout=parameters["timeout"],
        check=check,
    )
    diff = {
        "before": {f"Job {migration.name}": migration.before},
        "after": {f"Job {migration.name}": migration.after},
    }
    return {
        "changed": migration.changed or bool(migration.restored),
        "applied": [],
        "pending": [],
        "job": migration.name,
        "unanswered": migration.unanswered,
        "diff": diff if migration.changed else {},
        "summary": [kube_credentials.is_back(migration.restored)] if migration.restored else [],
    }


def work(call: Call) -> dict[str, Any]:
    """Bring the schema up to date; a database that nobody could ask is said, and no failure."""
    migrate = migrate_in_cluster if options.on_cluster(call.options) else migrate_here
    result = migrate(call.options, check=call.check)
    lines = [database.not_checked(result["unanswered"])] if result["unanswered"] else []
    for line in lines:
        call.warn(line)
    return result | {"summary": [*result.get("summary", []), *lines]}


def main() -> None:
    """Run the module."""
    run(work, record_refusal=options.record_refusal, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
