#!/usr/bin/python
"""Look at a tuning job once."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_tuning_job_info
short_description: Look at a tuning job once
description:
  - Asks the service for the state of a job that C(tune.yml) submitted, and brings its job file and its row in
    C(tuning_jobs) up to date. When the job has succeeded, its endpoint is asked one question; the job is
    C(ACTIVE) when it answers.
  - A lost answer or a temporary refusal is not an error; the job is then shown as it was last known,
    after the wait that the service asks for.
options:
  job_name:
    description: Full name of the job, C(projects/P/locations/L/tuningJobs/ID); empty means the newest one.
    type: str
    default: ""
  wait_until:
    description: When the caller stops waiting, in seconds since 1970; 0 means never.
    type: float
    default: 0
  max_dropped_share:
    description: Largest share of the examples, 0..1, that the service may leave out of the tuning.
    type: float
    default: 1
  provider:
    description: Platform that runs the job.
    type: str
    default: vertex
  project:
    description: Google Cloud project.
    type: str
    default: ""
  location:
    description: Region of the job.
    type: str
    default: ""
  credentials_file:
    description: Service account file; empty means the application default credentials.
    type: str
    default: ""
  base_url:
    description: Address of the service; empty means Google's own host of the region.
    type: str
    default: ""
  request_timeout:
    description: Seconds until a request counts as lost.
    type: float
    default: 60
  output_dir:
    description: Folder of the job files.
    type: path
    required: true
  database_url:
    description: Address of the database that has C(tuning_jobs); empty means files only.
    type: str
    default: ""
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
attributes:
  check_mode:
    description: Changes nothing on the service. Job file and row are records of it and are kept up to date.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
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
  description: How far the job is, I(done) of I(total), and a I(label).
  returned: success
  type: dict
reachable:
  description: Whether the service answered; I(problem) says why not.
  returned: success
  type: bool
problem:
  description: Why there was no answer.
  returned: success
  type: str
late:
  description: Whether I(wait_until) has passed.
  returned: success
  type: bool
"""

import time
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.options import TUNING, job_place
from ansible.module_utils.finrisk_ops.tuning import report, states, watch

ARGUMENTS: dict[str, Any] = {**TUNING, "wait_until": {"type": "float", "default": 0.0}}


def looked_at(call: Call) -> dict[str, Any]:
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
        "late": late,
    }
    if late or look.job.state != states.CREATING:
        result["summary"] = report.closing_lines(look.job)
    return result


def main() -> None:
    """Run the module."""
    run(looked_at, argument_spec=ARGUMENTS, required_if=options.REACHED_IF)


if __name__ == "__main__":
    main()
