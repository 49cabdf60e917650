# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""The option of modules that know when base models end."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by several modules."""

    DOCUMENTATION = r"""
options:
  retirements:
    description: Base models that their provider ends.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the base model.
        type: str
        required: true
      date:
        description: Day of its end, as 2027-05-19; empty where none is named yet.
        type: str
        default: ""
      successor:
        description: Base model to use instead.
        type: str
        required: true
"""
