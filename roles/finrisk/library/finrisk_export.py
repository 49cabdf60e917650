#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Write a consistent snapshot of the collected examples."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_export
short_description: Write a consistent snapshot of the collected examples
version_added: "0.1.0"
description:
  - Reads the table training_data in one read-only transaction and writes C(training_data_raw_<time>.json), a
    JSON array with one element a line, and C(export_metadata_<time>.json) beside it.
  - Keeps the newest export, and changes nothing, when the data is the same.
  - Memory stays flat whatever the number of rows.
attributes:
  check_mode:
    support: full
    description: Reads everything and says what a run would write.
  diff_mode:
    support: full
    description: Names the files.
options:
  database_url:
    type: str
    required: true
    description: Address of the database, C(postgresql://USER:PASSWORD@HOST:PORT/DATABASE).
  output_dir:
    type: path
    required: true
    description: Folder for the files; made when it is missing, readable by its owner alone.
  environment:
    type: str
    required: true
    description: Name of the environment, written into the metadata.
  min_examples:
    type: int
    default: 1000
    description: Fewest usable examples; with fewer nothing is written and the task fails.
  min_quality:
    type: float
    default: 0.0
    description: Rows below this quality score are exported but do not count as usable.
  since:
    type: str
    default: ""
    description: Leave out rows before this day or moment (ISO 8601, UTC unless it says otherwise).
  tuned_rows:
    type: bool
    default: false
    description: Whether to export answers that a tuned model wrote.
  refused_producers:
    type: list
    elements: str
    default: []
    description: Leave out rows whose model_version begins with one of these words.
  target:
    description: What the environment runs on.
    type: str
    choices: [process, kubernetes]
    default: process
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
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Export what was collected
  finrisk_export:
    database_url: "{{ finrisk_database_url }}"
    output_dir: training_data/staging
    environment: staging
    min_examples: 1000
"""

RETURN = r"""
raw_file:
  description: Full path of the export that was written or kept.
  returned: success
  type: str
metadata_file:
  description: Full path of its metadata.
  returned: success
  type: str
total_examples:
  description: Rows in the export.
  returned: success
  type: int
eligible_examples:
  description: Rows that can be trained on.
  returned: always
  type: int
missing_examples:
  description: How many usable examples are missing.
  returned: when there are too few
  type: int
rejected:
  description: Rows that cannot be trained on or were left out, by reason.
  returned: always
  type: dict
sha256:
  description: SHA-256 of the export.
  returned: success
  type: str
"""

import os
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops.dataset import export
from ansible.module_utils.finrisk_ops.options import REACHED, REACHED_IF, reachable

ARGUMENTS: dict[str, Any] = {
    "database_url": {"type": "str", "required": True, "no_log": True},
    "output_dir": {"type": "path", "required": True},
    "environment": {"type": "str", "required": True},
    "min_examples": {"type": "int", "default": 1000},
    "min_quality": {"type": "float", "default": 0.0},
    "since": {"type": "str", "default": ""},
    "tuned_rows": {"type": "bool", "default": False},
    "refused_producers": {"type": "list", "elements": "str", "default": []},
    **REACHED,
}


def export_from(database_url: str, options: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Write the export, and return the module's result."""
    request = export.Request(
        database_url=database_url,
        output_dir=Path(os.path.abspath(options["output_dir"])),
        environment=options["environment"],
        min_examples=options["min_examples"],
        min_quality=options["min_quality"],
        since=export.moment(options["since"]),
        tuned_rows=options["tuned_rows"],
        refused_producers=tuple(options["refused_producers"]),
    )
    result: dict[str, Any] = export.run(request, check_mode=check)
    return result


def exported(call: Call) -> dict[str, Any]:
    """Export from the database as it is reached from here."""
    with reachable(call.options, call.options["database_url"]) as url:
        return export_from(url, call.options, check=call.check)


def main() -> None:
    """Run the module."""
    run(exported, argument_spec=ARGUMENTS, required_if=REACHED_IF)


if __name__ == "__main__":
    main()
