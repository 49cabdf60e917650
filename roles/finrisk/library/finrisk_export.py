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
  - Reads the table C(training_data) in one read-only transaction and writes C(training_data_raw_<time>.json),
    a JSON array with one element a line, and C(export_metadata_<time>.json) beside it.
  - Keeps the newest export, and changes nothing, when the data is the same.
  - Memory stays flat whatever the number of rows.
extends_documentation_fragment: [place.reached]
options:
  database_url:
    description: Address of the database, C(postgresql://USER:PASSWORD@HOST:PORT/DATABASE).
    type: str
    required: true
  output_dir:
    description: Folder for the files; made when it is missing, readable by its owner alone.
    type: path
    required: true
  environment_name:
    description: Name of the environment, written into the metadata.
    type: str
    required: true
  min_examples:
    description: Fewest usable examples; with fewer nothing is written and the task fails.
    type: int
    default: 1000
  min_quality:
    description: Rows below this quality score are exported but do not count as usable.
    type: float
    default: 0.0
  since:
    description: Leave out rows before this day or moment (ISO 8601, UTC unless it says otherwise).
    type: str
    default: ""
  until:
    description: Leave out rows from this day or moment on.
    type: str
    default: ""
  arm:
    description: Export answers of this arm alone; empty means both.
    type: str
    choices: ["", base, tuned]
    default: ""
  company:
    description: Export answers with a source of this company alone, in whatever case it is written.
    type: str
    default: ""
  tuned_rows:
    description: Whether to export answers that a tuned model wrote.
    type: bool
    default: false
  refused_producers:
    description: Leave out rows whose C(model_version) begins with one of these words.
    type: list
    elements: str
    default: []
  training_labels:
    description: Labels of documents, between semicolons, whose answers are exported.
    type: str
    default: ""
attributes:
  check_mode:
    description: Reads everything and says what a run would write.
    support: full
  diff_mode:
    description: Names the files.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Export what was collected
  finrisk_export:
    database_url: "{{ finrisk_database_url }}"
    output_dir: training_data/staging
    environment_name: staging
    min_examples: 1000
"""

RETURN = r"""
raw_file:
  description: Full path of the export that was written or kept.
  returned: success
  type: str
metadata_file:
  description: Full path of the export's metadata.
  returned: success
  type: str
total_examples:
  description: Rows in the export.
  returned: success
  type: int
eligible_examples:
  description: Usable rows, those that prepare takes; a question asked again on the same sources counts once.
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

from finrisk_ops.dataset import export
from finrisk_ops.options import PLACE_REACHED, reachable
from finrisk_rules.labels import labels_said

ARGUMENTS: dict[str, Any] = {
    "database_url": {"type": "str", "required": True, "no_log": True},
    "output_dir": {"type": "path", "required": True},
    "environment_name": {"type": "str", "required": True},
    "min_examples": {"type": "int", "default": 1000},
    "min_quality": {"type": "float", "default": 0.0},
    "since": {"type": "str", "default": ""},
    "until": {"type": "str", "default": ""},
    "arm": {"type": "str", "choices": ["", "base", "tuned"], "default": ""},
    "company": {"type": "str", "default": ""},
    "tuned_rows": {"type": "bool", "default": False},
    "refused_producers": {"type": "list", "elements": "str", "default": []},
    "training_labels": {"type": "str", "default": ""},
    **PLACE_REACHED,
}


def export_from(database_url: str, options: dict[str, Any], *, check: bool) -> dict[str, Any]:
    """Write the export, and return the module's result."""
    since, until = export.period(options["since"], options["until"])
    request = export.Request(
        database_url=database_url,
        output_dir=Path(os.path.abspath(options["output_dir"])),
        environment=options["environment_name"],
        min_examples=options["min_examples"],
        min_quality=options["min_quality"],
        since=since,
        until=until,
        arm=options["arm"],
        company=options["company"],
        tuned_rows=options["tuned_rows"],
        refused_producers=tuple(options["refused_producers"]),
        training_labels=labels_said(options["training_labels"]),
    )
    result: dict[str, Any] = export.run(request, check_mode=check)
    return result


def work(call: Call) -> dict[str, Any]:
    """Export from the database as it is reached from here."""
    with reachable(call.options, call.options["database_url"]) as url:
        return export_from(url, call.options, check=call.check)


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
