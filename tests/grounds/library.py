"""The service's documents side, and folders brought into it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from finrisk.http.app import create_app, service
from finrisk.settings import settings_from_environment
from finrisk_ops.documents import ingestion
from finrisk_ops.documents.client import Service
from finrisk_ops.documents.document import Document
from finrisk_ops.documents.intake import take
from finrisk_ops.documents.sources import source

LIBRARIAN, ANALYST = (f"frk_{name}_{'x' * 40}" for name in ("books", "asks"))
IDS = [f"filings/{number}/{name}" for number in (2025, 2026) for name in ("meridia", "nordhaven")]
"""The names of the filings of two years that a test brings in."""


@contextmanager
def library(database_url: str, folder: Path) -> Iterator[str]:
    """The service's own application on a loopback port, with the keys of a librarian and an analyst."""
    var = folder / "var"
    var.mkdir(exist_ok=True)
    entries = [
        {"id": name, "name": name, "sha256": hashlib.sha256(key.encode()).hexdigest(), "roles": [role]}
        for name, key, role in (("books", LIBRARIAN, "documents"), ("asks", ANALYST, "analyze"))
    ]
    (var / "api_keys.json").write_text(json.dumps(entries))
    running = service(
        settings_from_environment(
            {
                "DATABASE_URL": database_url,
                "FINRISK_VAR_DIR": str(var),
                "USER_HASH_KEY": "a key of the tests",
                "GOOGLE_CLOUD_PROJECT": "finrisk-sandbox",
                "GOOGLE_CLOUD_LOCATION": "us-central1",
                "GEMINI_BASE_URL": "http://127.0.0.1:9",
                "RATE_LIMIT_PER_MINUTE": "0",
            }
        )
    )
    server = make_server("127.0.0.1", 0, create_app(running), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    running.database.close()


def bring(api_url: str, source: Path, check_mode: bool = False, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "api_url": api_url,
        "api_key": LIBRARIAN,
        "source": source,
        "batch": 50,
        **changes,
    }
    result: dict[str, Any] = ingestion.run(ingestion.Request(**given), check_mode)
    return result


def taken(place: Path, notes: list[str] | None = None) -> list[Document]:
    """Return the documents that are read from a place, and what was noted of them."""
    with take(source(place)) as intake:
        if notes is not None:
            notes += intake.notes
        return list(intake.documents(list(intake.entries)))


def held(api_url: str) -> list[str]:
    """Return the ids that the service holds."""
    with Service(api_url, LIBRARIAN) as service:
        return list(service.digests())


def counts(result: dict[str, Any]) -> tuple[int, int, int, bool]:
    return result["added"], result["updated"], result["unchanged"], result["changed"]


def mirrored(api_url: str, folder: Path, check_mode: bool = False, **changes: Any) -> dict[str, Any]:
    """Bring a folder in as a mirror; return what finrisk_ingest says."""
    return bring(api_url, folder, check_mode, mode="mirror", **changes)
