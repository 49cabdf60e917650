#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Tell where a request or a user's requests went."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_trace_info
short_description: Tell where a request or a user's requests went
version_added: "0.1.0"
description:
  - Returns the arm, model and sources of a request, or of all requests of a user, and every export, dataset
    and model that they went into.
  - A line of a dataset stands for the request that it comes from.
extends_documentation_fragment: [place.reached, data, modes.reads]
options:
  request_id:
    description: Id of the request.
    type: str
    default: ""
  user_hash:
    description: Keyed hash of the user's id.
    type: str
    default: ""
  line:
    description: A line of a dataset in O(output_dir), such as C(training_set_20261101_080000.jsonl:17).
    type: str
    default: ""
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Trace a request
  finrisk_trace_info:
    request_id: 0195c0de-7000-7000-8000-000000000001
    database_url: "{{ finrisk_database_url }}"
    output_dir: training_data/staging
"""

RETURN = r"""
report:
  description: The trace, as lines in C(text) and as C(data).
  returned: success
  type: dict
"""

import os
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops.erasure import trace
from finrisk_ops.errors import FinriskError
from finrisk_ops.options import DATA, PLACE_REACHED, reachable

ARGUMENTS: dict[str, Any] = {
    "request_id": {"type": "str", "default": ""},
    "user_hash": {"type": "str", "default": ""},
    "line": {"type": "str", "default": ""},
    **DATA,
    **PLACE_REACHED,
}


def work(call: Call) -> dict[str, Any]:
    """Trace in the database as it is reached from here."""
    options = call.options
    named = [name for name in ("request_id", "user_hash", "line") if options[name]]
    if len(named) != 1:
        raise FinriskError("name one of request_id, user_hash and line: -e finrisk_trace=ID")
    folder = Path(os.path.abspath(options["output_dir"]))
    request = trace.request_at(folder, options["line"]) if options["line"] else options["request_id"].lower()
    with reachable(options, options["database_url"]) as url:
        report = trace.run(url, folder, request_id=request, user=options["user_hash"])
    return {"changed": False, "report": report}


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
