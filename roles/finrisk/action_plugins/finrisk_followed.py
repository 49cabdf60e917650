# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the task's name and shows how far it is: what finrisk_ingest and finrisk_release share.

Ansible lets plugins of a role import each other through its loader alone.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

POLL_SECONDS = 0.3
BAR_WIDTH = 30
ENDING = (signal.SIGINT, signal.SIGTERM)


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """Runs the module with a file to tell its progress into, and shows lines of it as a bar.

    The file is in Ansible's own folder: what a killed run leaves outside of ours is in one place.
    """

    TRANSFERS_FILES = False
    _supports_check_mode = True
    quiet_seconds = POLL_SECONDS
    """How long nothing is shown."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the module returns."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        prefix = f"{self._task.action.replace('_', '-')}-"
        with tempfile.TemporaryDirectory(prefix=prefix, dir=constants.DEFAULT_LOCAL_TMP) as folder:
            file, end, line = Path(folder, "progress"), threading.Event(), threading.Lock()
            follower = threading.Thread(target=self._follow, args=(file, end, line), daemon=True)
            with _signals_that_end_between_lines(line, follower.start):
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

    def _follow(self, file: Path, end: threading.Event, shown: threading.Lock) -> None:
        count, pause, is_over = 0, self.quiet_seconds, False
        while not is_over:
            is_over = end.wait(pause)
            lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
            for line in self.chosen(lines[count:], is_over=is_over):
                progress = json.loads(line)
                with shown:
                    Display().display(f"{_bar(progress)} {self.words(progress)}")
            count, pause = len(lines), POLL_SECONDS


@contextmanager
def _signals_that_end_between_lines(line: threading.Lock, start: Callable[[], None]) -> Iterator[None]:
    """Start a thread that shows lines, and keep signals from it and from the middle of a line.

    A signal that such a thread takes does not wake the main thread: the module runs on. A worker that ends
    while it puts a line into Ansible's queue leaves the queue locked, and ansible-playbook waits for ever.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        line.acquire(timeout=1)
        signal.signal(number, before[signal.Signals(number)])
        os.kill(os.getpid(), number)

    before = {number: signal.signal(number, end) for number in ENDING}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bar(progress: dict[str, Any]) -> str:
    done, total = int(progress["done"]), max(1, int(progress["total"]))
    marks = min(BAR_WIDTH, done * BAR_WIDTH // total)
    return f"[{'#' * marks}{'.' * (BAR_WIDTH - marks)}]"
