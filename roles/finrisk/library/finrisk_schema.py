#!/usr/bin/python
"""Bring the database schema up to date."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_schema
short_description: Bring the database schema up to date
description:
  - Applies the migrations that the database does not have yet, by C(finrisk migrate) under an advisory lock.
options:
  database_url:
    description: Address of the database, C(postgresql://USER:PASSWORD@HOST:PORT/DATABASE).
    type: str
    required: true
  repository:
    description: Folder of this repository, which holds the service.
    type: path
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
  description: Migrations that this run applied.
  returned: success
  type: list
  elements: str
pending:
  description: Migrations that still wait; in check mode those that a run would apply.
  returned: success
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.schema import migrate

ARGUMENTS: dict[str, Any] = {
    "database_url": {"type": "str", "required": True, "no_log": True},
    "repository": {"type": "path", "required": True},
}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        schema = migrate(
            module.params["database_url"], Path(module.params["repository"]), check=module.check_mode
        )
    except FinriskError as error:
        module.fail_json(msg=error.message, **error.detail)
    new = schema.pending if module.check_mode else schema.applied
    module.exit_json(
        changed=bool(new),
        applied=schema.applied,
        pending=schema.pending,
        diff={"before": {"migrations": []}, "after": {"migrations": new}},
    )


if __name__ == "__main__":
    main()
