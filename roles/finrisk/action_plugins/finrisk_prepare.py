# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module finrisk_prepare and shows how far it is with reading the export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.plugins.loader import action_loader


class ActionModule(action_loader.get("finrisk_followed", class_only=True)):  # type: ignore[misc]  # as there
    """Shows the newest line while that takes long: a run of a moment shows nothing."""

    quiet_seconds = 2.0

    def chosen(self, lines: Sequence[str], *, is_over: bool) -> Sequence[str]:
        """Return the newest line, none at the end: the module's own sentence follows."""
        return [] if is_over else lines[-1:]

    def words(self, progress: dict[str, Any]) -> str:
        """Return ``3 % of the export read``."""
        return f"{progress['done']} % {progress['label']}"
