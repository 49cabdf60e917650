# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module finrisk_release and shows how far its roll-out is while it runs."""

from __future__ import annotations

from typing import Any

from ansible.plugins.loader import action_loader


class ActionModule(action_loader.get("finrisk_followed", class_only=True)):  # type: ignore[misc]  # as there
    """Shows each line."""

    def words(self, progress: dict[str, Any]) -> str:
        """Return ``1 of 2 pods: every pod runs it``."""
        pods = f"{progress['done']} of {max(1, progress['total'])} pods"
        label = str(progress["label"]).replace(f"{pods} are ", "")  # said once
        return f"{pods}: {label}"
