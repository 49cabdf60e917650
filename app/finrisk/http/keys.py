"""API keys: who may call what, and how often."""

import hashlib
import hmac
import json
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Request

from finrisk.http.errors import ApiError

ROLES = ("analyze", "feedback", "documents", "admin")
"""What a key may be for; admin includes the others."""

_FORM = re.compile(r"frk_[A-Za-z0-9]{1,32}_[A-Za-z0-9_-]{20,128}")
_RECHECK_SECONDS = 1.0


@dataclass(frozen=True)
class ApiKey:
    """A key as it is stored: never the key itself, only its SHA-256."""

    id: str
    name: str
    sha256: str
    roles: frozenset[str]


def key_hash(key: str) -> str:
    """SHA-256 (hex) of a key: it is 32 random bytes, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> dict[str, ApiKey]:
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    keys = (ApiKey(e["id"], e.get("name", e["id"]), e["sha256"], frozenset(e["roles"])) for e in entries)
    return {key.id: key for key in keys}


class KeyRing:
    """The keys of a file, read again within a second of its change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, ApiKey] = {}
        self._stamp: tuple[int, int] | None = None
        self._checked = 0.0

    def _current(self) -> dict[str, ApiKey]:
        if time.monotonic() - self._checked < _RECHECK_SECONDS and self._stamp:
            return self._keys
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._keys, self._stamp = _read(self._path), stamp
        except FileNotFoundError:
            self._keys, self._stamp = {}, None
        except (OSError, ValueError, KeyError, TypeError):
            pass  # a file that cannot be read keeps the keys that were valid before
        self._checked = time.monotonic()
        return self._keys

    def key_of(self, request: Request) -> ApiKey:
        """The key that the request carries.

        Raises:
            ApiError: 401, there is none, or it is not known.
        """
        given = _bearer(request.headers.get("Authorization", ""))
        if not given:
            raise ApiError(401, "unauthorized", "send an API key: Authorization: Bearer frk_...")
        known = self._known(given)
        if known is None:
            raise ApiError(401, "unauthorized", "the API key is not known")
        return known

    def knows(self, authorization: str) -> bool:
        """Whether the header carries a known key; for a request whose body has not been read yet."""
        return self._known(_bearer(authorization)) is not None

    def _known(self, given: str) -> ApiKey | None:
        known = self._current().get(given.split("_")[1]) if _FORM.fullmatch(given) else None
        matches = known is not None and hmac.compare_digest(known.sha256, key_hash(given))
        return known if matches else None


def _bearer(authorization: str) -> str:
    """The key of an Authorization header, or nothing."""
    scheme, _, given = authorization.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


class RateLimit:
    """A token bucket a key, for one worker process; a minute's worth may come at once."""

    def __init__(self, per_minute: float) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, per_minute)
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key_id: str) -> None:
        """Use one request of the key's allowance.

        Raises:
            ApiError: 429 with the seconds until the next one is free.
        """
        now = time.monotonic()
        with self._lock:
            tokens, since = self._buckets.get(key_id, (self._burst, now))
            tokens = min(self._burst, tokens + (now - since) * self._rate)
            self._buckets[key_id] = (max(tokens - 1, 0) if tokens >= 1 else tokens, now)
        if tokens < 1:
            wait = int((1 - tokens) / self._rate) + 1
            raise ApiError(
                429, "rate_limited", f"too many requests with this key; wait {wait} s", retry_after=wait
            )
