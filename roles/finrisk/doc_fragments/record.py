# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Records of what was refused."""

from __future__ import annotations


class ModuleDocFragment:
    """The option C(record) of a module that may stop a release before it is begun."""

    DOCUMENTATION = r"""
options:
  record:
    description: >-
      The release that this is a step of. When the task fails, that is recorded where the environment runs;
      not in check mode, and not without this option.
    type: dict
    suboptions:
      environment_name:
        description: Name of the environment.
        type: str
        required: true
      action:
        description: What it is a step of.
        type: str
        choices: [site, deploy, rollback, promote]
        required: true
      why:
        description: Why that is done.
        type: str
        default: ""
"""
