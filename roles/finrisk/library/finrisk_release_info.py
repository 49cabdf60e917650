#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Say which revision an environment runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_release_info
short_description: Say which revision an environment runs
version_added: "0.1.0"
description:
  - Reads the current revision, its release and ratio, and the names of the revisions that are kept.
extends_documentation_fragment: [place, modes.reads]
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Read what runs
  finrisk_release_info:
    place:
      process:
        var_dir: "{{ finrisk_var_dir }}"
        repository: "{{ finrisk_repository }}"
  register: finrisk_running
"""

RETURN = r"""
current:
  description: >-
    The current revision: C(revision), C(model), C(ratio), C(experiment), C(dataset), C(image), C(who),
    C(when), C(why), C(proven), C(intact), and C(problem) when its objects cannot be read.
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

from finrisk_ops import options
from finrisk_ops.errors import FinriskError
from finrisk_ops.release.revision import Release
from finrisk_ops.release.target import Target


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


def work(call: Call) -> dict[str, Any]:
    """Return the current revision and the names of all."""
    target = options.target(call.options)
    target.check_usable()
    return {"changed": False, "current": current(target), "revisions": target.names()}


def main() -> None:
    """Run the module."""
    run(work, argument_spec=options.PLACE)


if __name__ == "__main__":
    main()
