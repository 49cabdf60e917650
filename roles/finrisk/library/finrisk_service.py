#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Start or stop the service."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_service
short_description: Start or stop the service of this machine
version_added: "0.1.0"
description:
  - Started means that every worker runs the current revision with the credentials on disk; workers that
    have read older credentials are replaced without losing a request. O(place) has to be a process.
extends_documentation_fragment: [place, modes.changes]
options:
  state:
    description: Whether the service should run.
    type: str
    choices: [started, stopped]
    default: started
  credentials_changed:
    description: In check mode, whether a run would have written new credentials before.
    type: bool
    default: false
  timeout:
    description: Seconds that the service may take.
    type: int
    default: 60
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Start the service
  finrisk_service:
    state: started
    place:
      process:
        var_dir: "{{ finrisk_var_dir }}"
        repository: "{{ finrisk_repository }}"
"""

RETURN = r"""
reasons:
  description: Why something had to be done.
  returned: success
  type: list
  elements: str
api_url:
  description: Address of the API.
  returned: success
  type: str
ops_url:
  description: Address of health pages and metrics.
  returned: success
  type: str
"""

from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options

ARGUMENTS: dict[str, Any] = {
    "state": {"type": "str", "choices": ["started", "stopped"], "default": "started"},
    "credentials_changed": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 60},
    **options.PLACE,
}


def work(call: Call) -> dict[str, Any]:
    """Start or stop the service of this machine."""
    state = call.options["state"]
    target = options.process(call.options, options.rollout_timeout(call.options))
    if state == "started":
        new_credentials = call.check and call.options["credentials_changed"]
        reasons = target.start(check=call.check, new_credentials=new_credentials)
    else:
        reasons = target.stop(check=call.check)
    before = {"service": "; ".join(reasons) if reasons else state}
    return {
        "changed": bool(reasons),
        "reasons": reasons,
        "api_url": target.api_url,
        "ops_url": target.ops_url,
        "diff": {"before": before, "after": {"service": state}},
    }


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
