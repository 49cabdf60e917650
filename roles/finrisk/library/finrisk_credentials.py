#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the service's credentials and the hashes of its clients' keys."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_credentials
short_description: Write the service's credentials and the hashes of its clients' keys
version_added: "0.1.0"
description:
  - Writes what does not belong to a release and is never rolled back. On a process these are
    C(credentials.json) and C(api_keys.json) of the run-state folder, readable by their owner alone. A key
    that C(finrisk keys end) ended there stays ended.
  - On a cluster this is the rendered Secret. The service's own also holds the clients' keys and the service
    account file that C(GOOGLE_APPLICATION_CREDENTIALS) names here.
  - Holds the release lock while it writes, so that no release puts older ones in their place.
  - On a process the service checks other credentials, beside the settings that come with them, before they
    are written.
extends_documentation_fragment: [place, modes.changes]
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
    description:
      - The clients of the API, each with C(id), C(name), C(sha256) of its key and C(roles), perhaps
        C(labels), C(created), C(expires) and C(ended); left out for a Secret that is not the service's.
    type: list
    elements: dict
  config_map:
    description:
      - The rendered ConfigMap, for the service's check on a process; left out for credentials that nothing is
        checked with.
    type: dict
  force_conflicts:
    description:
      - On a cluster, whether to take back fields that somebody else changed; everywhere whether another
        C(USER_HASH_KEY) is taken in the middle of an experiment.
    type: bool
    default: false
  running_ratio:
    description:
      - Percentage of the users who have the tuned model now. Above 0 another C(USER_HASH_KEY) is refused,
        with which the experiment's figures would count each of them twice.
    type: int
    default: 0
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Write the credentials
  finrisk_credentials:
    secret: "{{ lookup('ansible.builtin.template', 'credentials.yml.j2') | from_yaml }}"
    secret_values:
      DATABASE_URL: "{{ finrisk_database_url }}"
    place:
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

import contextlib
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.kube import credentials as kube_credentials
from finrisk_ops.kube.target import KubernetesTarget
from finrisk_ops.process.credentials import held, is_held, write_credentials
from finrisk_ops.process.preflight import check_settings
from finrisk_ops.release import credentials

WHY = "site: credentials"

ARGUMENTS: dict[str, Any] = {
    "secret": {"type": "dict", "required": True, "no_log": False},
    "secret_values": {"type": "dict", "required": True, "no_log": True},
    "client_keys": {"type": "list", "elements": "dict", "no_log": False},
    "config_map": {"type": "dict"},
    "force_conflicts": {"type": "bool", "default": False},
    "running_ratio": {"type": "int", "default": 0},
    **options.PLACE,
}


def values(parameters: dict[str, Any]) -> dict[str, str]:
    """Return the values of the Secret as text."""
    return {key: str(value or "") for key, value in parameters["secret_values"].items()}


def check_users(parameters: dict[str, Any], held: str) -> None:
    """Refuse a change of the key under which users are hashed, unless it is wanted or harms nobody."""
    if not parameters["force_conflicts"]:
        wanted = values(parameters).get(credentials.HASH_KEY, "")
        credentials.check_hash_key(held, wanted, parameters["running_ratio"])


def write_files(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Write what is stale in the run-state folder, and return the module's result."""
    var_dir = Path(parameters["place"]["process"]["var_dir"])
    secret = credentials.filled(parameters["secret"], values(parameters))
    clients = credentials.client_keys(parameters["client_keys"] or [])
    target = options.process(parameters, timeout_seconds=0.0)
    with contextlib.nullcontext() if check else target.locked(WHY):
        check_users(parameters, held(var_dir, credentials.HASH_KEY))
        if parameters["config_map"] and not is_held(var_dir, secret):
            check_settings(target.place, parameters["config_map"]["data"] | secret["stringData"])
        changes = write_credentials(var_dir, secret, clients, check=check)
    return {
        "changed": bool(changes),
        "written": [str(change.path) for change in changes],
        "diff": [
            {
                "before_header": str(change.path),
                "after_header": str(change.path),
                "before": change.before,
                "after": change.after,
            }
            for change in changes
        ],
    }


def apply_secret(parameters: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Apply the Secret to the cluster, and return the module's result."""
    cluster = options.cluster(parameters)
    desired = kube_credentials.Credentials(
        parameters["secret"], values(parameters), parameters["client_keys"]
    )
    target = KubernetesTarget(cluster)
    with contextlib.nullcontext() if check else target.locked(WHY):
        check_users(parameters, kube_credentials.held(cluster, parameters["secret"], credentials.HASH_KEY))
        result = kube_credentials.apply(
            cluster,
            desired,
            check=check,
            force=parameters["force_conflicts"],
            may_write=target.check_lease,
        )
    where = f"{result.what} ({cluster.label})"
    diff = {"before_header": where, "after_header": where, "before": result.before, "after": result.after}
    return {
        "changed": result.changed,
        "written": [where] if result.changed else [],
        "diff": diff if result.changed else {},
    }


def work(call: Call) -> dict[str, Any]:
    """Bring the credentials about where the target keeps them."""
    bring_about = apply_secret if options.on_cluster(call.options) else write_files
    return bring_about(call.options, check=call.check)


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
