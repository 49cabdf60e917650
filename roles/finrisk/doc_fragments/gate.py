# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""What the gate asks for."""

from __future__ import annotations


class ModuleDocFragment:
    """The option C(gate_rules), as ops.options understands it."""

    RULES = r"""
options:
  gate_rules:
    description: What has to be proven of the tuned model, and how much of what age is evidence.
    type: dict
    required: true
    suboptions:
      margins:
        description:
          - By metric, how much worse the tuned model may be. C(quality) is a difference of means, the others
            are differences of shares of users, 0..1. A metric that is left out is not asked for.
        type: dict
        default:
          errors: 0.02
          unanswered: 0.02
          slow: 0.03
          wrong_figures: 0.02
          quality: 0.02
          feedback: 0.05
      alpha_promote:
        description: Largest chance that a model that is worse by a margin is ever promoted.
        type: float
        default: 0.05
      alpha_rollback:
        description: Largest chance that a model that is as good as base is ever found to be worse.
        type: float
        default: 0.01
      requests:
        description: Least requests of each arm in the stage that runs.
        type: int
        default: 100
      users:
        description: Least users of each arm in the stage that runs.
        type: int
        default: 30
      days:
        description: Least age of the experiment.
        type: float
        default: 7
      fresh_minutes:
        description: Most minutes since the last request.
        type: float
        default: 15
"""
