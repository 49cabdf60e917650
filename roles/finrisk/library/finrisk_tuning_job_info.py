#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Look at a tuning job once."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_tuning_job_info
short_description: Look at a tuning job once
version_added: "0.1.0"
description:
  - Asks the platform for the state of a job that C(tune.yml) submitted, and brings its job file and its row
    in C(tuning_jobs) up to date. When the job has succeeded, its endpoint is asked one question; the job is
    C(ACTIVE) when it answers.
  - A lost answer or a temporary refusal is not an error; the job is then shown as it was last known,
    after the wait that the platform asks for.
extends_documentation_fragment:
  - place.reached
  - google.account
  - google.platform
  - tuning.records
  - tuning.job
  - modes.reads
options:
  wait_until:
    description: When the caller stops waiting, in seconds since 1970; 0 means never.
    type: float
    default: 0
attributes:
  check_mode:
    description: Changes nothing on the platform. Job file and row are records of it and are kept up to date.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Look at the newest tuning job
  finrisk_tuning_job_info:
    project: "{{ finrisk_google_project }}"
    location: "{{ finrisk_google_location }}"
    output_dir: "{{ finrisk_output_dir }}"
"""

RETURN = r"""
job:
  description: What stands in the job file.
  returned: success
  type: dict
path:
  description: Full path of the job file.
  returned: success
  type: str
progress:
  description: How far the job is, C(done) of C(total), and a C(label).
  returned: success
  type: dict
reachable:
  description: Whether the platform answered; RV(problem) says why not.
  returned: success
  type: bool
problem:
  description: Why there was no answer.
  returned: success
  type: str
watching:
  description: What to do to watch the job on, with its parameters.
  returned: success
  type: str
late:
  description: Whether O(wait_until) has passed.
  returned: success
  type: bool
"""

import time
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.options import job_place
from finrisk_ops.tuning import command, report, states, watch

ARGUMENTS: dict[str, Any] = {
    "wait_until": {"type": "float", "default": 0.0},
    **options.PLACE_REACHED,
    **options.GOOGLE_ACCOUNT,
    **options.GOOGLE_PLATFORM,
    **options.TUNING_RECORDS,
    **options.TUNING_JOB,
}


def work(call: Call) -> dict[str, Any]:
    """Return the job as it is now."""
    wait_until = call.options["wait_until"]
    with options.reachable(call.options, call.options["database_url"], must=False) as url:
        place = job_place(call.options | {"database_url": url})
        look = watch.look(place, call.options["job_name"], wait_until)
    late = 0 < wait_until <= time.time()
    result: dict[str, Any] = {
        "changed": False,
        "job": look.job.content(),
        "path": look.job.path,
        "progress": look.progress,
        "reachable": look.reachable,
        "problem": look.message,
        "watching": command.watching(look.job),
        "late": late,
    }
    if late or look.job.state != states.CREATING:
        result["summary"] = report.closing_lines(look.job)
    return result


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
