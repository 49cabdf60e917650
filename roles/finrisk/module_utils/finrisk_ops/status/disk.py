"""A disk without room: one finding, and all that fails of it is its symptom."""

from __future__ import annotations

import shlex
from typing import Any

from .finding import FULL, ITSELF, SYMPTOM, Finding, Play

_MIB = 2**20


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the finding about the disk of the var folder, where it is full."""
    if not _is_full(data):
        return []
    disk = data["disk"]
    folder = shlex.quote(disk["folder"])
    if disk["has_inodes"]:
        left = f"{disk['free'] // _MIB:,} MiB of {disk['size'] // _MIB:,} MiB are free"
        command = f"df -h {folder}; du -xhd2 {folder} | sort -h | tail"
    else:
        left = "no further file can be made on it (its inodes are used up)"
        command = f"df -i {folder}; du -x --inodes -d2 {folder} | sort -n | tail"
    sandbox = "python -m sandbox up && " if data["environment"] == "local" else ""
    causes = [
        "answers are given meanwhile, but those that cannot be written are not recorded",
        f"the command shows what takes the room; with room again, this starts what ended: "
        f"{sandbox}{play('site.yml')}",
    ]
    return [Finding("disk", f"The disk of {disk['folder']} is full: {left}.", command, causes, cause=FULL)]


def follows(data: dict[str, Any]) -> int:
    """Return the cause of a finding that a full disk explains: that, or itself where there is room."""
    return SYMPTOM if _is_full(data) else ITSELF


def _is_full(data: dict[str, Any]) -> bool:
    return bool((data.get("disk") or {}).get("full"))
