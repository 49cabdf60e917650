# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Tuning jobs and the datasets that they learn from."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that know tuning jobs."""

    RECORDS = r"""
options:
  output_dir:
    description: Folder of the datasets and of the C(finetuning_job_*.json) files.
    type: path
    required: true
  database_url:
    description: Address of the database, which has the jobs in C(tuning_jobs) too; empty means without it.
    type: str
    default: ""
"""

    JOB = r"""
options:
  job_name:
    description:
      - Full name of a job, C(projects/P/locations/L/tuningJobs/ID), also one that no file or row knows; empty
        means the newest one.
    type: str
    default: ""
  max_dropped_share:
    description: Largest share of the examples, 0..1, that the platform may leave out of the tuning.
    type: float
    default: 1
"""

    DATASET = r"""
options:
  dataset_metadata:
    description: The C(dataset_metadata_*.json) of the dataset; empty means the newest in O(output_dir).
    type: str
    default: ""
  measured:
    description:
      - What M(finrisk_tuning_job) returned as C(measured) earlier in the same run. A file of the dataset that
        was not touched since is neither hashed nor counted again; any other is.
    type: dict
    default: {}
  storage_url:
    description: Address of Cloud Storage; empty means Google's.
    type: str
    default: ""
  patience:
    description: Seconds without an answer until the task fails; what changes nothing is repeated until then.
    type: float
    default: 60
"""
