#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Say whether an account may build an environment on a cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_permissions_info
short_description: Say whether an account may build an environment on a cluster
version_added: "0.1.0"
description:
  - Asks the API server about every verb that C(site.yml) needs, and fails with the first one that is missing,
    so that nothing is half built. O(place) has to be a cluster.
extends_documentation_fragment: [place, modes.reads]
options:
  objects:
    description: The rendered objects of the environment.
    type: list
    elements: dict
    required: true
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Ask whether this account may make all of it
  finrisk_permissions_info:
    objects: "{{ query('ansible.builtin.template', 'service.yml.j2') | map('from_yaml') }}"
    place:
      kubernetes:
        context: finrisk-staging
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

from finrisk_ops import options
from finrisk_ops.kube import permissions

ARGUMENTS: dict[str, Any] = {
    "objects": {"type": "list", "elements": "dict", "required": True},
    **options.PLACE,
}


def work(call: Call) -> dict[str, Any]:
    """Ask the cluster for every right; a missing one is a failure."""
    cluster = options.cluster(call.options)
    cluster.check_usable()
    rights = permissions.of_site(cluster, call.options["objects"])
    permissions.check(cluster, rights)
    return {"changed": False, "given": [str(right) for right in rights]}


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
