# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""What the gate asks for, and who agrees."""

from __future__ import annotations


class ModuleDocFragment:
    """The options C(gate_rules) and C(approvals), as ops.options understands it."""

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

    APPROVALS = r"""
options:
  approvals:
    description:
      - Who else has to agree before more users get the model than now. Without enough signatures the text to
        sign is written, and the commands that sign it and go on are the last lines.
    type: dict
    suboptions:
      number:
        description: How many persons besides the one who deploys.
        type: int
        default: 0
      approvers:
        description: Path of the file with their keys, as ssh-keygen(1) describes allowed signers.
        type: str
        default: ""
      signatures:
        description: Paths of signatures, each beside the text whose name its own begins with.
        type: list
        elements: str
        default: []
      evaluation_dir:
        description: Folder of evaluations, and of texts to sign.
        type: path
        default: ""
"""
