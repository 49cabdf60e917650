# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module finrisk_offline and shows what it will cost, and how far it is with asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.plugins.loader import action_loader


class ActionModule(action_loader.get("finrisk_followed", class_only=True)):  # type: ignore[misc]  # as there
    """Shows the first line, and then the newest one."""

    def chosen(self, lines: Sequence[str], *, is_over: bool) -> Sequence[str]:  # noqa: ARG002 - as there
        """Return the line that tells the cost, and the newest."""
        return [line for line in lines if '"done": 0,' in line] + [
            line for line in lines[-1:] if '"done": 0,' not in line
        ]

    def words(self, progress: dict[str, Any]) -> str:
        """Return ``120 of 600 answers``."""
        return f"{progress['done']:,} {progress['label']}"
