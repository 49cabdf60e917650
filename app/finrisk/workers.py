"""The worker processes of this Gunicorn and what each of them runs, so that a roll-out can be watched."""

import json
import os
from pathlib import Path
from typing import Any

from finrisk.settings import Settings


def start_time(pid: int) -> int | None:
    """When the process started, in clock ticks since boot (proc(5), stat, field 22); None when gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def announce(settings: Settings) -> None:
    """Write down that this process runs these settings; replaced whole, never half-written.

    Raises OSError when there is no room for it.
    """
    folder = settings.variable_path("workers")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pid = os.getpid()
    entry = {
        "pid": pid,
        "start_time": start_time(pid),
        "revision": settings.finrisk_revision,
        "split": settings.split,
        "ready": True,
    }
    new = folder / f"{pid}.new"
    try:
        new.write_text(json.dumps(entry), "utf-8")
    except OSError:
        new.unlink(missing_ok=True)
        raise
    new.rename(folder / f"{pid}.json")


def live_workers(folder: Path) -> list[dict[str, Any]]:
    """The processes that are alive, by pid."""
    entries = []
    for path in sorted(folder.glob("*.json")):
        try:
            entry = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if start_time(entry["pid"]) == entry["start_time"]:
            entries.append(entry)
    return entries
