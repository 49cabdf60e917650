# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what a run left that was killed with all its processes: modules with their options, keys too."""

from __future__ import annotations

DOCUMENTATION = """
    name: finrisk_remains
    type: aggregate
    short_description: Modules that a killed run left are removed by the next one
    version_added: "0.1.0"
    description:
        - Ansible writes a module with its options, addresses and keys among them, into a folder of its own
          and removes it when the module has ended. What was left since an hour is of a run that was killed.
"""

import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import shell_loader

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
OURS = "AnsiballZ_finrisk_*.py"
SECONDS = 3600
"""A module is read when it starts, so that after this long nobody needs its file."""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible has no types
    """Looks for them before the first play of our playbooks."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "finrisk_remains"
    CALLBACK_NEEDS_ENABLED = False

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Remove them; where that is not possible they stay, and the run goes on."""
        if Path(playbook._file_name).resolve().parent == PLAYBOOKS:
            remove(Path(shell_loader.get("sh").get_option("remote_tmp")).expanduser(), time.time())


def remove(folder: Path, now: float) -> None:
    """Remove the folders that hold modules of ours alone, and are older than ``SECONDS``."""
    for each in folder.glob("ansible-tmp-*"):
        with suppress(OSError):  # another run was faster, or it is somebody else's
            files = [] if each.is_symlink() else list(each.iterdir())
            is_ours = bool(files) and all(file.match(OURS) for file in files)
            if is_ours and each.stat().st_mtime < now - SECONDS:
                shutil.rmtree(each)
