# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Where the data of an environment lies."""

from __future__ import annotations


class ModuleDocFragment:
    """The options C(database_url) and C(output_dir) of modules that need both."""

    DOCUMENTATION = r"""
options:
  database_url:
    description: Address of the database, C(postgresql://USER:PASSWORD@HOST:PORT/DATABASE).
    type: str
    required: true
  output_dir:
    description: Folder of exports and datasets.
    type: path
    required: true
"""
