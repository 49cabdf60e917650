"""The simulator as one value: its settings, its state, and how a request goes through it."""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.gemini.endpoints import Endpoints
from sandbox.gemini.faults import Fault, Faults
from sandbox.gemini.messages import Json, Request
from sandbox.gemini.oauth import Tokens
from sandbox.gemini.storage import Objects
from sandbox.gemini.tuning import Jobs

JOURNAL_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Settings:
    """What `python -m sandbox.gemini` was started with."""

    var: Path
    project: str = "finrisk-sandbox"
    bucket: str = "finrisk-sandbox"
    location: str = "us-central1"
    base_latency_ms: float = 40.0
    tuned_latency_ms: float = 30.0
    tuning_seconds: float = 6.0
    token_seconds: int = 3600

    @property
    def folder(self) -> Path:
        """Where the simulator keeps its state."""
        return self.var / "gemini"


class Journal:
    """The last requests: what was called and how it ended, never a token, key or text."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=JOURNAL_LENGTH)
        self._lock = threading.Lock()

    def note(
        self, request: Request, status: int, started: float, faults: list[str], labels: Json | None
    ) -> None:
        """Remember one request."""
        entry: Json = {
            "time": round(time.time(), 3),
            "method": request.method,
            "path": request.path,
            "query": {
                k: v for k, v in request.query.items() if k not in ("key", "access_token", "upload_id")
            },
            "bytes": len(request.body),
            "body_sha256": hashlib.sha256(request.body).hexdigest() if request.body else None,
            "status": status,
            "ms": round((time.monotonic() - started) * 1000, 1),
        }
        if faults:
            entry["faults"] = faults
        if labels:
            entry["labels"] = labels
        with self._lock:
            self._entries.append(entry)

    def last(self, number: int) -> list[Json]:
        """The newest entries, oldest first."""
        with self._lock:
            return list(self._entries)[-number:] if number else []

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()


@dataclass(frozen=True, slots=True)
class Simulator:
    """Everything that a route may need."""

    settings: Settings
    tokens: Tokens
    faults: Faults
    journal: Journal
    endpoints: Endpoints
    jobs: Jobs
    objects: Objects


@dataclass(frozen=True, slots=True)
class Call:
    """One request at one route: the names in its path and the faults that hit it."""

    request: Request
    names: Mapping[str, str]
    faults: Sequence[Fault] = ()
