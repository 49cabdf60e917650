#!/usr/bin/python
"""Start or stop the service."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_service
short_description: Start or stop the service of this machine
description:
  - Started means that every worker runs the current revision with the credentials on disk; workers that
    have read older credentials are replaced without losing a request.
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
  process:
    description: Where the service of this machine lives.
    type: dict
    required: true
    suboptions:
      var_dir:
        description: Folder of the run state.
        type: path
        required: true
      repository:
        description: Folder of this repository, which holds the service.
        type: path
        required: true
      api_port:
        description: Port of the API on 127.0.0.1.
        type: int
        default: 8000
      ops_port:
        description: Port of health pages and metrics on 127.0.0.1.
        type: int
        default: 9090
attributes:
  check_mode:
    description: Says what a run would do and changes nothing.
    support: full
  diff_mode:
    description: Shows what changes; a secret appears as C(sha256:) and 12 hex digits.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Start the service
  finrisk_service:
    state: started
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
from ansible.module_utils.finrisk_ops import options

ARGUMENTS: dict[str, Any] = {
    "state": {"type": "str", "choices": ["started", "stopped"], "default": "started"},
    "credentials_changed": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 60},
    "process": options.OPTIONS["process"] | {"required": True},
}


def brought_about(call: Call) -> dict[str, Any]:
    """Start or stop the service of this machine."""
    state = call.options["state"]
    target = options.process(call.options, call.options["timeout"])
    if state == "started":
        renewed = call.check and call.options["credentials_changed"]
        reasons = target.start(check=call.check, renewed=renewed)
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
    run(brought_about, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
