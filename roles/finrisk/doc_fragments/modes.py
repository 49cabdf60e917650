# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""What modules do in check mode and show in diff mode."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules that change an environment, and of those that only read one."""

    CHANGES = r"""
attributes:
  check_mode:
    description: Says what a run would do and changes nothing.
    support: full
  diff_mode:
    description: Shows what changes; a secret appears as C(sha256:) and 12 hex digits.
    support: full
"""

    READS = r"""
attributes:
  check_mode:
    description: Reads only.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
"""
