"""What the service of this machine shows from outside."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from . import service, service_log
from .process import ProcessTarget
from .status_view import Seen


def seen(target: ProcessTarget) -> Seen:
    """Return what the service of this machine shows; all of it may be missing."""
    told = service.readiness(target.place)
    metrics = service.fetch(f"{target.place.ops_url}/metrics") if told else ""
    return Seen(
        pods=_pods(target, told),
        recent=service_log.recent(target.place.log),
        database=told.get("database"),
        rejected=service_log.counters(metrics, "rejected"),
        dropped=service_log.counters(metrics, "collection_dropped"),
    )


def _finrisk() -> str:
    """Return the command line tool beside the Python that runs this."""
    return shlex.quote(str(Path(sys.executable).with_name("finrisk")))


def _pods(target: ProcessTarget, told: dict[str, Any]) -> list[dict[str, Any]]:
    running = service.master(target.place)
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
            "new_credentials_unread": service.read_credentials(target.place)
            != service.credentials_digest(target.place),
        }
    ]
