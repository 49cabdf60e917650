# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module finrisk_ingest and shows how far it is with reading and sending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.plugins.loader import action_loader


class ActionModule(action_loader.get("finrisk_followed", class_only=True)):  # type: ignore[misc]  # as there
    """Shows the newest line while that takes long: a run of a moment shows nothing."""

    quiet_seconds = 2.0
    _is_begun = False

    def chosen(self, lines: Sequence[str], *, is_over: bool) -> Sequence[str]:
        """Return the newest line, at the end too once a bar was begun: it ends where the run did."""
        if is_over and not self._is_begun:
            return []
        self._is_begun |= bool(lines)
        return lines[-1:]

    def words(self, progress: dict[str, Any]) -> str:
        """Return ``3 of 48 documents read``."""
        return f"{progress['done']} of {max(1, progress['total'])} {progress['label']}"
