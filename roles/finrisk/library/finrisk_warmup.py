#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Ask a tuned model a few questions before users meet it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_warmup
short_description: Ask a tuned model a few questions before users meet it
version_added: "0.1.0"
description:
  - Sends questions to the model, one after the other, and shows how long the answers took. A model that does
    not answer fails the task with the platform's reason.
extends_documentation_fragment: [google.account, google.platform, place.reached, record, modes.reads]
options:
  model:
    description: Full name of the tuned model.
    type: str
    required: true
  requests:
    description: How many questions; one in check mode.
    type: int
    default: 5
  base_model:
    description:
      - The base arm's model. When given, the platform is asked which model O(model) was tuned from, and
        another one fails the task; that nobody knows is a warning.
    type: str
    default: ""
attributes:
  check_mode:
    description: Asks one question, since a model that is gone has to stop a preview too.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Ask the tuned model
  finrisk_warmup:
    model: projects/p/locations/us-central1/endpoints/1
    project: p
    location: us-central1
"""

RETURN = r"""
latencies_ms:
  description: How many milliseconds each answer took.
  returned: success
  type: list
  elements: float
p50_ms:
  description: The median of RV(latencies_ms).
  returned: success
  type: float
max_ms:
  description: How long the slowest answer took.
  returned: success
  type: float
model_version:
  description: What the model calls itself.
  returned: success
  type: str
"""

from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options
from finrisk_ops.release.warmup import check_base, warm_up

ARGUMENTS: dict[str, Any] = {
    "model": {"type": "str", "required": True},
    "requests": {"type": "int", "default": 5},
    "base_model": {"type": "str", "default": ""},
    **options.GOOGLE_ACCOUNT,
    **options.GOOGLE_PLATFORM,
    **options.PLACE_REACHED,
    **options.RECORD,
}


def work(call: Call) -> dict[str, Any]:
    """Ask the model until it is warm; once in check mode."""
    platform = options.platform(call.options)
    requests = 1 if call.check else max(1, call.options["requests"])
    model, base_model = call.options["model"], call.options["base_model"]
    warning = check_base(platform, model, base_model) if base_model else ""
    result = warm_up(platform, model, requests)
    if warning:
        call.warn(warning)
    return {
        "changed": False,
        "latencies_ms": result.latencies_ms,
        "p50_ms": result.p50_ms,
        "max_ms": result.max_ms,
        "model_version": result.model_version,
        "summary": [result.line()],
    }


def main() -> None:
    """Run the module."""
    run(work, record_refusal=options.record_refusal, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
