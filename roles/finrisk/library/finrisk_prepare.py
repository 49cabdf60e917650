#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Make a training and a validation set of an export."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_prepare
short_description: Make a training and a validation set of an export
version_added: "0.1.0"
description:
  - Reads an export as a stream, rejects what cannot be trained on, redacts personal data, drops duplicates,
    near-duplicates too, splits the rest by primary source document, and writes C(training_set_<time>.jsonl),
    C(validation_set_<time>.jsonl), C(preference_pairs_<time>.jsonl), C(rejected_<time>.jsonl),
    C(dataset_rows_<time>.tsv), from which request each line comes,
    C(dataset_metadata_<time>.json) and C(dataset_report_<time>.html), a page that shows it,
    where C(<time>) is that of the export.
  - A second run writes the same bytes and changes nothing.
options:
  raw_file:
    description: The export to read; empty means the newest C(training_data_raw_<time>.json) in O(output_dir).
    type: str
    default: ""
  output_dir:
    description: Folder for the files; made when it is missing, readable by its owner alone.
    type: path
    required: true
  train_split:
    description: Share of the examples that is trained on, between 0 and 1; at most 5,000 examples validate.
    type: float
    default: 0.9
  max_examples:
    description:
      - Most examples in both sets together, as varied as all of them in company, topic, length and language;
        of each kind the best score first, then the newest. 0 means all.
    type: int
    default: 0
  min_quality:
    description: Reject rows below this quality score.
    type: float
    default: 0.0
  training_labels:
    description: Labels of documents, between semicolons, whose answers are trained on.
    type: str
    default: ""
  refused_producers:
    description: Reject rows whose C(model_version) begins with one of these words.
    type: list
    elements: str
    default: []
  tuned_rows:
    description: Train on answers of a tuned model too; their share is told either way.
    type: bool
    default: false
  judge_again:
    description: Judge rows again that an older judge saw, where their prompt holds the sources.
    type: bool
    default: false
  redaction_names:
    description:
      - File with names of persons that redaction takes out, one a line; those of the service.
    type: path
    default: ""
  processes:
    description: How many processes look at the rows; 0 means one a processor.
    type: int
    default: 0
  progress_file:
    description: Where to write how far it is; set by the action plugin, which draws a bar.
    type: path
    default: ""
attributes:
  check_mode:
    description: Does all the work and says what a run would write.
    support: full
  diff_mode:
    description: Names the files.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Prepare the newest export
  finrisk_prepare:
    output_dir: training_data/staging

- name: Prepare the best 5,000 examples of one export
  finrisk_prepare:
    raw_file: training_data/staging/training_data_raw_20261101_080000.json
    output_dir: training_data/staging
    max_examples: 5000
"""

RETURN = r"""
raw_file:
  description: Full path of the export that was read.
  returned: success
  type: str
training_file:
  description: Full path of the training set.
  returned: success
  type: str
validation_file:
  description: Full path of the validation set.
  returned: success
  type: str
preference_file:
  description: Full path of the pairs of a better and a worse answer; empty without corrections and ratings.
  returned: success
  type: str
preference_pairs:
  description: Pairs of a better and a worse answer to one prompt of the training set.
  returned: success
  type: int
rejected_file:
  description: Full path of the list of rejected rows.
  returned: success
  type: str
metadata_file:
  description: Full path of the dataset's metadata.
  returned: success
  type: str
report_file:
  description: Full path of the page that shows the dataset, for a browser.
  returned: success
  type: str
total:
  description: Rows in the export.
  returned: success
  type: int
valid:
  description: Rows that can be trained on.
  returned: success
  type: int
train_examples:
  description: Examples in the training set.
  returned: success
  type: int
validation_examples:
  description: Examples in the validation set.
  returned: success
  type: int
tokens_estimated:
  description: Estimated tokens of the training set.
  returned: success
  type: int
rejected:
  description: Rejected rows by reason.
  returned: always
  type: dict
redacted:
  description: Identifiers that were redacted, by kind.
  returned: success
  type: dict
"""

import os
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops.dataset import prepare
from finrisk_ops.machine import progress
from finrisk_ops.text import names_of
from finrisk_rules.labels import labels_said

ARGUMENTS = {
    "raw_file": {"type": "str", "default": ""},
    "output_dir": {"type": "path", "required": True},
    "train_split": {"type": "float", "default": 0.9},
    "max_examples": {"type": "int", "default": 0},
    "min_quality": {"type": "float", "default": 0.0},
    "training_labels": {"type": "str", "default": ""},
    "refused_producers": {"type": "list", "elements": "str", "default": []},
    "tuned_rows": {"type": "bool", "default": False},
    "judge_again": {"type": "bool", "default": False},
    "redaction_names": {"type": "path", "default": ""},
    "processes": {"type": "int", "default": 0},
    "progress_file": {"type": "path", "default": ""},
}


def work(call: Call) -> dict[str, Any]:
    """Make the dataset."""
    options = call.options
    request = prepare.Request(
        raw_file=options["raw_file"],
        output_dir=Path(os.path.abspath(options["output_dir"])),
        train_split=options["train_split"],
        max_examples=options["max_examples"],
        min_quality=options["min_quality"],
        training_labels=labels_said(options["training_labels"]),
        refused_producers=tuple(options["refused_producers"]),
        tuned_rows=options["tuned_rows"],
        judge_again=options["judge_again"],
        names=names_of(options["redaction_names"]),
        processes=options["processes"],
        tell=progress.teller(options["progress_file"]),
    )
    result: dict[str, Any] = prepare.run(request, check_mode=call.check)
    return result


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
