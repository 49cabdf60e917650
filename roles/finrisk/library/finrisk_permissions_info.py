#!/usr/bin/python
"""Say whether an account may build an environment on a cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_permissions_info
short_description: Say whether an account may build an environment on a cluster
description:
  - Asks the API server about every verb that C(site.yml) needs, and fails with the first one that is missing,
    so that nothing is half built.
options:
  objects:
    description: The rendered objects of the environment.
    type: list
    elements: dict
    required: true
  kubernetes:
    description: Which cluster.
    type: dict
    required: true
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
    description: Reads only, in check mode too.
    support: full
  diff_mode:
    description: Reads only, so there is nothing to show.
    support: none
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Ask whether this account may make all of it
  finrisk_permissions_info:
    objects: "{{ query('ansible.builtin.template', 'service.yml.j2') | map('from_yaml') }}"
    kubernetes:
      context: staging
      namespace: finrisk-ai
"""

RETURN = r"""
given:
  description: What was asked for, and may be done.
  returned: success
  type: list
  elements: str
  sample: [patch deployments.apps]
"""

from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.kube import permissions

ARGUMENTS: dict[str, Any] = {
    "objects": {"type": "list", "elements": "dict", "required": True},
    "kubernetes": {**options.KUBERNETES, "required": True},
}


def checked(call: Call) -> dict[str, Any]:
    """Ask the cluster for every right; a missing one is a failure."""
    cluster = options.cluster(call.options)
    cluster.check_usable()
    rights = permissions.of_site(cluster, call.options["objects"])
    permissions.check(cluster, rights)
    return {"changed": False, "given": [str(right) for right in rights]}


def main() -> None:
    """Run the module."""
    run(checked, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
