#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Say which release an environment runs and proved."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_promotion_info
short_description: Say which release an environment runs and proved
version_added: "0.1.0"
description:
  - Reads the current revision and fails unless it is proven, unchanged since, runs everywhere, and serves the
    model that it names.
extends_documentation_fragment: [place, modes.reads]
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
    description: The release file of that environment, for the summary.
    type: path
    required: true
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Read the release that runs and is proven
  finrisk_promotion_info:
    environment_name: staging
    promote_to: production
    file: inventory/production/group_vars/finrisk/release.yml
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

from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.release import promotion

ARGUMENTS: dict[str, Any] = {
    "environment_name": {"type": "str", "required": True},
    "promote_to": {"type": "str", "required": True},
    "file": {"type": "path", "required": True},
    **options.PLACE,
}


def candidate(parameters: dict[str, Any]) -> promotion.Promotable:
    """Return what can be promoted; FinriskError when nothing can."""
    environment, to = parameters["environment_name"], parameters["promote_to"]
    if environment == to:
        raise FinriskError(
            f"{environment} cannot be promoted to itself: run this on the environment that proves releases, "
            "ansible-playbook -i inventory/staging playbooks/promote.yml"
        )
    promotable: promotion.Promotable = promotion.promotable(options.target(parameters), environment)
    return promotable


def work(call: Call) -> dict[str, Any]:
    """Return the release to promote, and what to do with it."""
    promotable = candidate(call.options)
    return {
        "changed": False,
        "release": promotable.release,
        "revision": promotable.revision.name,
        "summary": [
            promotable.summary,
            f"Review it with git diff and commit it; then, in steps, playbooks/deploy.yml -i inventory/"
            f"{call.options['promote_to']}",
            call.options["file"],
        ],
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
