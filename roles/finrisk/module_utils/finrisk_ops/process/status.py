"""What the service of this machine shows from outside."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from ..service import log
from ..service.snapshot import Snapshot
from . import gunicorn
from .gunicorn import Place


def snapshot(place: Place) -> Snapshot:
    """Return what the service of this machine shows; all of it may be missing."""
    told = gunicorn.readiness(place)
    metrics = gunicorn.fetch(f"{place.ops_url}/metrics") if told else ""
    return Snapshot(
        pods=_pods(place, told),
        recent=log.recent(place.log),
        database=told.get("database"),
        rejected=log.counters(metrics, "rejected"),
        dropped=log.counters(metrics, "collection_dropped"),
    )


def _finrisk() -> str:
    """Return the command line tool beside the Python that runs this."""
    return shlex.quote(str(Path(sys.executable).with_name("finrisk")))


def _pods(place: Place, told: dict[str, Any]) -> list[dict[str, Any]]:
    running = gunicorn.master(place)
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
            "finrisk": f"FINRISK_VAR_DIR={shlex.quote(str(place.var_dir))} {_finrisk()}",
            "problem": None,
            "new_credentials_unread": gunicorn.read_credentials(place) != gunicorn.credentials_digest(place),
        }
    ]
