# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module finrisk_ingest and shows how far it is with reading and sending."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

POLL_SECONDS = 0.5
QUIET_SECONDS = 2.0
BAR_WIDTH = 30


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """Runs the module with a file to tell its progress into, and shows the newest line of it as a bar."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the module returns."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        with tempfile.TemporaryDirectory(prefix="finrisk-ingest-") as folder:
            file, end = Path(folder, "progress"), threading.Event()
            follower = threading.Thread(target=_follow, args=(file, end), daemon=True)
            follower.start()
            try:
                arguments = dict(self._task.args) | {"progress_file": str(file)}
                result.update(self._execute_module(module_args=arguments, task_vars=task_vars))
            finally:
                end.set()
                follower.join(timeout=5)
        return result


def _follow(file: Path, end: threading.Event) -> None:
    """Show how far it is while that takes long: a run of a moment shows nothing."""
    shown = ""
    pause = QUIET_SECONDS
    while not end.wait(pause):
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if lines and lines[-1] != shown:
            shown = lines[-1]
            Display().display(_bar(json.loads(shown)))
        pause = POLL_SECONDS


def _bar(progress: dict[str, Any]) -> str:
    done, total = int(progress["done"]), max(1, int(progress["total"]))
    marks = min(BAR_WIDTH, done * BAR_WIDTH // total)
    return f"[{'#' * marks}{'.' * (BAR_WIDTH - marks)}] {done} of {total} {progress['label']}"
