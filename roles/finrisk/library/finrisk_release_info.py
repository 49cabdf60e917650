#!/usr/bin/python
"""Say which revision an environment runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_release_info
short_description: Say which revision an environment runs
description:
  - Reads the current revision, its release and ratio, and the names of the revisions that are kept.
options:
  target:
    description: What the environment runs on.
    type: str
    choices: [process, kubernetes]
    default: process
  process:
    description: Where the service of this machine lives; required when I(target=process).
    type: dict
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
    description: Reads only, in check mode too.
    support: full
  diff_mode:
    description: Reads only, so there is nothing to show.
    support: none
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Read what runs
  finrisk_release_info:
    process:
      var_dir: "{{ finrisk_var_dir }}"
      repository: "{{ finrisk_repository }}"
  register: finrisk_running
"""

RETURN = r"""
current:
  description: >-
    The current revision: I(revision), I(model), I(ratio), I(experiment), I(dataset), I(image), I(who),
    I(when), I(why), I(proven), I(intact), and I(problem) when its objects cannot be read.
  returned: success
  type: dict
revisions:
  description: Names of the revisions, the highest number first.
  returned: success
  type: list
  elements: str
"""

from dataclasses import asdict
from typing import Any

from ansible.module_utils.finrisk_module import Call, run
from ansible.module_utils.finrisk_ops import options
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.release.revision import Release
from ansible.module_utils.finrisk_ops.release.target import Target


def current(target: Target) -> dict[str, Any]:
    """Return the current revision with its release."""
    name = target.current()
    nothing = {"revision": name, "proven": False, "intact": False, "problem": "", **asdict(Release())}
    if not name:
        return nothing
    try:
        revision = target.read(name)
    except FinriskError as error:
        return nothing | {"problem": error.message}
    return nothing | {"proven": revision.proven, "intact": revision.intact, **asdict(revision.release)}


def released(call: Call) -> dict[str, Any]:
    """Return the current revision and the names of all."""
    target = options.chosen(call.options)
    target.check_usable()
    return {"changed": False, "current": current(target), "revisions": target.names()}


def main() -> None:
    """Run the module."""
    run(released, argument_spec=options.OPTIONS, required_if=options.REQUIRED_IF)


if __name__ == "__main__":
    main()
