# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""What collection aims at."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of C(ops.status.facts.Goal)."""

    DOCUMENTATION = r"""
options:
  target_examples:
    description: Examples that collection aims at.
    type: int
    default: 1000
  refused_producers:
    description: Producers whose answers are not trained on.
    type: list
    elements: str
    default: []
  tuned_rows:
    description: Whether answers of a tuned model are trained on.
    type: bool
    default: false
  training_labels:
    description: Labels of documents, between semicolons, whose answers are trained on.
    type: str
    default: ""
  min_quality:
    description: Rows below this quality score are not trained on.
    type: float
    default: 0.0
"""
