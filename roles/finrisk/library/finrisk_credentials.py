#!/usr/bin/python
"""Write the service's credentials and the hashes of its clients' keys."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_credentials
short_description: Write the service's credentials and the hashes of its clients' keys
description:
  - Writes what does not belong to a release and is never rolled back. On a process these are
    C(credentials.json) and C(api_keys.json) of the run-state folder, readable by their owner alone. A key
    that C(finrisk keys end) ended there stays ended.
  - On a cluster this is the rendered Secret. The service's own also holds the clients' keys and the service
    account file that C(GOOGLE_APPLICATION_CREDENTIALS) names here.
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
    description: >-
      The clients of the API, each with I(id), I(name), I(sha256) of its key and I(roles), perhaps I(created),
      I(expires) and I(ended); left out for a Secret that is not the service's.
    type: list
    elements: dict
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
  force_conflicts:
    description: Take fields back that somebody else changed in the cluster.
    type: bool
    default: false
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
  description: Full paths of the files that were written, or would be; on a cluster the objects.
  returned: success
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.kube import credentials as kube_credentials
from ansible.module_utils.finrisk_ops.process.credentials import (
    PrivateFile,
    is_written,
    private_files,
    shown_before,
    write,
)
from ansible.module_utils.finrisk_ops.release import credentials

ARGUMENTS: dict[str, Any] = {
    "secret": {"type": "dict", "required": True, "no_log": False},
    "secret_values": {"type": "dict", "required": True, "no_log": True},
    "client_keys": {"type": "list", "elements": "dict", "no_log": False},
    "force_conflicts": {"type": "bool", "default": False},
    **options.OPTIONS,
}


def values(parameters: dict[str, Any]) -> dict[str, str]:
    """Return the values of the Secret as text."""
    return {key: str(value or "") for key, value in parameters["secret_values"].items()}


def wanted_files(parameters: dict[str, Any]) -> list[PrivateFile]:
    """Return the files as they should be."""
    secret = credentials.filled(parameters["secret"], values(parameters))
    clients = credentials.client_keys(parameters["client_keys"] or [])
    files: list[PrivateFile] = private_files(Path(parameters["process"]["var_dir"]), secret, clients)
    return files


def write_files(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Write what is stale in the run-state folder, and return the module's result."""
    stale = [file for file in wanted_files(parameters) if not is_written(file)]
    diff = [
        {
            "before_header": str(file.path),
            "after_header": str(file.path),
            "before": shown_before(file),
            "after": file.shown,
        }
        for file in stale
    ]
    for file in [] if check else stale:
        write(file)
    return {"changed": bool(stale), "written": [str(file.path) for file in stale], "diff": diff}


def apply_secret(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Apply the Secret to the cluster, and return the module's result."""
    cluster = options.cluster(parameters)
    wanted = kube_credentials.Wanted(parameters["secret"], values(parameters), parameters["client_keys"])
    done = kube_credentials.apply(cluster, wanted, check=check, force=parameters["force_conflicts"])
    where = f"{done.what} ({cluster.label})"
    diff = {"before_header": where, "after_header": where, "before": done.before, "after": done.after}
    return {
        "changed": done.changed,
        "written": [where] if done.changed else [],
        "diff": diff if done.changed else {},
    }


def written(call: Call) -> dict[str, Any]:
    """Bring the credentials about where the target keeps them."""
    bring_about = apply_secret if call.options["target"] == "kubernetes" else write_files
    return bring_about(call.options, check=call.check)


def main() -> None:
    """Run the module."""
    run(written, argument_spec=ARGUMENTS, required_if=options.REQUIRED_IF)


if __name__ == "__main__":
    main()
