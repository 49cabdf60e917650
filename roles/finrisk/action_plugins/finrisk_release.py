# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module finrisk_release and shows how far its roll-out is while it runs."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

POLL_SECONDS = 0.3
BAR_WIDTH = 30


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """Runs the module with a file to tell its progress into, and shows each line of it as a bar."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the module returns."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        with tempfile.TemporaryDirectory(prefix="finrisk-release-") as folder:
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
    count = 0
    while True:
        last_look = end.wait(POLL_SECONDS)
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        for line in lines[count:]:
            Display().display(_bar(json.loads(line)))
        count = len(lines)
        if last_look:
            return


def _bar(progress: dict[str, Any]) -> str:
    done, total = int(progress["done"]), max(1, int(progress["total"]))
    marks = min(BAR_WIDTH, done * BAR_WIDTH // total)
    pods = f"{done} of {total} pods"
    label = str(progress["label"]).replace(f"{pods} are ", "")  # said once
    return f"[{'#' * marks}{'.' * (BAR_WIDTH - marks)}] {pods}: {label}"
