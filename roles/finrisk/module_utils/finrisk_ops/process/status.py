"""What the service of this machine shows from outside."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from ..service import log
from ..service.seen import Seen
from . import gunicorn
from .target import ProcessTarget


def seen(target: ProcessTarget) -> Seen:
    """Return what the service of this machine shows; all of it may be missing."""
    told = gunicorn.readiness(target.place)
    metrics = gunicorn.fetch(f"{target.place.ops_url}/metrics") if told else ""
    return Seen(
        pods=_pods(target, told),
        recent=log.recent(target.place.log),
        database=told.get("database"),
        rejected=log.counters(metrics, "rejected"),
        dropped=log.counters(metrics, "collection_dropped"),
    )


def _finrisk() -> str:
    """Return the command line tool beside the Python that runs this."""
    return shlex.quote(str(Path(sys.executable).with_name("finrisk")))


def _pods(target: ProcessTarget, told: dict[str, Any]) -> list[dict[str, Any]]:
    running = gunicorn.master(target.place)
    if running is None:
        return []
    workers = [worker for worker in told.get("workers") or [] if isinstance(worker, dict)]
    return [
        {
            "name": f"gunicorn {running.pid}",
            "ready": bool(told.get("ready")),
            "revision": told.get("revision"),
            "split": told.get("split"),
            "restarts": None,  # Gunicorn replaces its workers and keeps no count
            "breakers": told.get("breakers") or {},
            "workers": workers,
            "database": told.get("database"),
            "journal": told.get("journal"),
            "finrisk": f"FINRISK_VAR_DIR={shlex.quote(str(target.place.var_dir))} {_finrisk()}",
            "problem": None,
            "new_credentials_unread": gunicorn.read_credentials(target.place)
            != gunicorn.credentials_digest(target.place),
        }
    ]
