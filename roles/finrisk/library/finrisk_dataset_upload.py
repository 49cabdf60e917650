#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Bring a dataset into Cloud Storage, for some seconds at a time."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_dataset_upload
short_description: Bring a dataset into Cloud Storage, for some seconds at a time
version_added: "0.1.0"
description:
  - Sends the files of a dataset to C(gs://BUCKET/finrisk/ENVIRONMENT/datasets/SHA256/), unless the same bytes
    are there. Nothing is ever overwritten, and what was sent is compared by checksum.
  - A file above 8 MB goes up in pieces. The module returns after O(seconds) with how far it is; called again,
    also by a later run, it goes on where it was.
extends_documentation_fragment: [google.account, tuning.dataset, modes.reads]
options:
  seconds:
    description: After how many seconds to return although there is more to send; 0 means never.
    type: float
    default: 0
  output_dir:
    description: Folder of the dataset.
    type: path
    required: true
  bucket:
    description: Cloud Storage bucket for datasets.
    type: str
    required: true
  environment_name:
    description: Name of the environment, a part of the dataset's path.
    type: str
    required: true
attributes:
  check_mode:
    description: Looks what is there and sends nothing.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Bring the newest dataset into the bucket
  finrisk_dataset_upload:
    output_dir: "{{ finrisk_output_dir }}"
    bucket: "{{ finrisk_bucket }}"
    environment_name: "{{ finrisk_environment }}"
"""

RETURN = r"""
complete:
  description: Whether the bucket has everything.
  returned: success
  type: bool
uris:
  description: Addresses of the training and the validation file; the latter is empty when there is none.
  returned: success
  type: list
  elements: str
progress:
  description: How far the upload is, C(done) of C(total) bytes, and a C(label).
  returned: success
  type: dict
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops.cloud.bucket import open_bucket
from finrisk_ops.options import GOOGLE_ACCOUNT, TUNING_DATASET
from finrisk_ops.tuning import data, upload

ARGUMENTS: dict[str, Any] = {
    "seconds": {"type": "float", "default": 0.0},
    "output_dir": {"type": "path", "required": True},
    "bucket": {"type": "str", "required": True},
    "environment_name": {"type": "str", "required": True},
    **GOOGLE_ACCOUNT,
    **TUNING_DATASET,
}


def work(call: Call) -> dict[str, Any]:
    """Return how far the dataset got."""
    options, folder = call.options, Path(call.options["output_dir"])
    dataset = data.unread(options["dataset_metadata"], folder, options["measured"])
    bucket = open_bucket(
        options["bucket"], options["storage_url"], options["credentials_file"], options["request_timeout"]
    )
    destination = upload.Destination(bucket, options["environment_name"], folder, options["patience"])
    progress = upload.bring(destination, dataset, options["seconds"] or None, check=call.check)
    return {
        "changed": progress.added,
        "complete": progress.complete or call.check,
        "uris": progress.uris,
        "progress": progress.bar(),
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
