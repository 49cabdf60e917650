"""What the service of this machine shows from outside."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from ..machine import disk
from ..service import log
from ..service.snapshot import Snapshot
from . import gunicorn
from .credentials import FILE, loss
from .gunicorn import Place


def snapshot(place: Place) -> Snapshot:
    """Return what the service of this machine shows; all of it may be missing."""
    readiness = gunicorn.readiness(place)
    written_to = disk.of(place.var_dir)
    return Snapshot(
        pods=_pods(place, readiness),
        recent=log.recent(place.log),
        database=readiness.get("database"),
        credentials_gone=_credentials_gone(place),
        disk=written_to.content() if written_to else None,
    )


def _credentials_gone(place: Place) -> str:
    """Return the file of the credentials when a service that has run lacks it, or cannot read it."""
    lost = loss(place.var_dir) and gunicorn.master(place) is not None
    return str(place.var_dir / FILE) if lost else ""


def _finrisk() -> str:
    """Return the command line tool beside the Python that runs this."""
    return shlex.quote(str(Path(sys.executable).with_name("finrisk")))


def _pods(place: Place, readiness: dict[str, Any]) -> list[dict[str, Any]]:
    running = gunicorn.master(place)
    if running is None:
        return []
    workers = [worker for worker in readiness.get("workers") or [] if isinstance(worker, dict)]
    return [
        {
            "name": f"gunicorn {running.pid}",
            "ready": bool(readiness.get("ready")),
            "revision": readiness.get("revision"),
            "split": readiness.get("split"),
            "restarts": None,  # Gunicorn replaces its workers and keeps no count
            "breakers": readiness.get("breakers") or {},
            "workers": workers,
            "database": readiness.get("database"),
            "schema": readiness.get("schema"),
            "database_problem": readiness.get("database_problem") or "",
            "journal": readiness.get("journal"),
            "finrisk": f"FINRISK_VAR_DIR={shlex.quote(str(place.var_dir))} {_finrisk()}",
            "problem": None,
            "new_credentials_unread": gunicorn.read_credentials(place) != gunicorn.credentials_digest(place),
        }
    ]
