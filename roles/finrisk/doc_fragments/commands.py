# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""How commands that a module prints are typed."""

from __future__ import annotations


class ModuleDocFragment:
    """The options C(inventories), C(confirms) and C(repository), as ops.options understands them."""

    DOCUMENTATION = r"""
options:
  inventories:
    description: Inventories in use, for commands; else C(inventory/<environment_name>).
    type: list
    elements: str
    default: []
  confirms:
    description: Whether the environment asks for a confirmation, which the commands then have.
    type: bool
    default: false
  repository:
    description: Folder of the repository; an inventory inside it is named by its path there.
    type: path
    default: ""
"""
