# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the task's name and shows how far it is: what finrisk_ingest and finrisk_release share.

Ansible lets plugins of a role import each other through its loader alone.
"""

from __future__ import annotations

import json
import tempfile
import threading
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

POLL_SECONDS = 0.3
BAR_WIDTH = 30


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """Runs the module with a file to tell its progress into, and shows lines of it as a bar."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    quiet_seconds = POLL_SECONDS
    """How long nothing is shown."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the module returns."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        with tempfile.TemporaryDirectory(prefix=f"{self._task.action.replace('_', '-')}-") as folder:
            file, end = Path(folder, "progress"), threading.Event()
            follower = threading.Thread(target=self._follow, args=(file, end), daemon=True)
            follower.start()
            try:
                arguments = dict(self._task.args) | {"progress_file": str(file)}
                result.update(self._execute_module(module_args=arguments, task_vars=task_vars))
            finally:
                end.set()
                follower.join(timeout=5)
        return result

    def chosen(self, lines: Sequence[str], *, is_over: bool) -> Sequence[str]:  # noqa: ARG002 - see ingest
        """Return what to show of the lines since the last look; ``is_over`` when the module has ended."""
        return lines

    @abstractmethod
    def words(self, progress: dict[str, Any]) -> str:
        """Return what stands beside the bar for ``{done, total, label}``."""

    def _follow(self, file: Path, end: threading.Event) -> None:
        count, pause, is_over = 0, self.quiet_seconds, False
        while not is_over:
            is_over = end.wait(pause)
            lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
            for line in self.chosen(lines[count:], is_over=is_over):
                progress = json.loads(line)
                Display().display(f"{_bar(progress)} {self.words(progress)}")
            count, pause = len(lines), POLL_SECONDS


def _bar(progress: dict[str, Any]) -> str:
    done, total = int(progress["done"]), max(1, int(progress["total"]))
    marks = min(BAR_WIDTH, done * BAR_WIDTH // total)
    return f"[{'#' * marks}{'.' * (BAR_WIDTH - marks)}]"
