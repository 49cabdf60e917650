#!/usr/bin/python
"""Write the service's credentials and the hashes of its clients' keys."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_credentials
short_description: Write the service's credentials and the hashes of its clients' keys
description:
  - Writes what does not belong to a release and is never rolled back. On a process these are
    C(credentials.json) and C(api_keys.json) of the run-state folder, readable by their owner alone.
options:
  secret:
    description: The rendered Secret, which names its keys with empty values.
    type: dict
    required: true
  secret_values:
    description: The values of the keys.
    type: dict
    required: true
  client_keys:
    description: The clients of the API, each with I(id), I(name), I(sha256) of its key and I(roles).
    type: list
    elements: dict
    default: []
  target:
    description: What the environment runs on.
    type: str
    choices: [process]
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
- name: Write the credentials
  finrisk_credentials:
    secret: "{{ lookup('ansible.builtin.template', 'credentials.yml.j2') | from_yaml }}"
    secret_values:
      DATABASE_URL: "{{ finrisk_database_url }}"
    process:
      var_dir: "{{ finrisk_var_dir }}"
      repository: "{{ finrisk_repository }}"
"""

RETURN = r"""
written:
  description: Full paths of the files that were written, or would be.
  returned: success
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.finrisk_ops import credentials, targets
from ansible.module_utils.finrisk_ops.errors import FinriskError

ARGUMENTS: dict[str, Any] = {
    "secret": {"type": "dict", "required": True, "no_log": False},
    "secret_values": {"type": "dict", "required": True, "no_log": True},
    "client_keys": {"type": "list", "elements": "dict", "default": [], "no_log": False},
    **targets.OPTIONS,
}


def wanted_files(parameters: dict[str, Any]) -> list[credentials.PrivateFile]:
    """Return the files as they should be."""
    values = {key: str(value or "") for key, value in parameters["secret_values"].items()}
    secret = credentials.filled(parameters["secret"], values)
    clients = credentials.client_keys(parameters["client_keys"])
    files: list[credentials.PrivateFile] = credentials.private_files(
        Path(parameters["process"]["var_dir"]), secret, clients
    )
    return files


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, required_if=targets.REQUIRED_IF, supports_check_mode=True)
    try:
        stale = [file for file in wanted_files(module.params) if not credentials.is_written(file)]
        diff = [
            {
                "before_header": str(file.path),
                "after_header": str(file.path),
                "before": credentials.shown_before(file),
                "after": file.shown,
            }
            for file in stale
        ]
        if not module.check_mode:
            for file in stale:
                credentials.write(file)
    except FinriskError as error:
        module.fail_json(msg=error.message, **error.detail)
    module.exit_json(changed=bool(stale), written=[str(file.path) for file in stale], diff=diff)


if __name__ == "__main__":
    main()
