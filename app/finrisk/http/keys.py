"""Who calls: the key that a request carries, looked up in the file of keys."""

import hmac
import logging
import math
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Request

from finrisk import api_keys
from finrisk.api_keys import FORM, ApiKey, key_hash
from finrisk.http.errors import ApiError
from finrisk.http.limits import WrongKeys
from finrisk.logs import log

_RECHECK_SECONDS = 1.0
_PROBLEMS = 20
_WHOLE_SECRET = 43
"""Characters of 32 bytes in base64: of a key sent without its id, no part is taken for an id and logged."""


class KeyRing:
    """The keys of a file, read again within a second of its change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._keys: dict[str, ApiKey] = {}
        self._stamp: tuple[int, int, int] | None = None
        self._checked = -math.inf
        self._problems: list[str] = []
        self._wrong = WrongKeys()

    def _current(self) -> dict[str, ApiKey]:
        with self._lock:
            if time.monotonic() - self._checked >= _RECHECK_SECONDS:
                self._read_when_changed()
                self._checked = time.monotonic()
            return self._keys

    def _read_when_changed(self) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
            if stamp == self._stamp:
                return
            content = api_keys.read(self._path)
        except FileNotFoundError:
            self._keys, self._stamp = {}, None
            self._report(["the file is not there: no key is known"])
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no JSON list in UTF-8"
            self._report([f"the file cannot be read ({reason}): the keys known before stay"])
        else:
            self._keys, self._stamp = content.keys, stamp
            self._report(content.problems)

    def _report(self, problems: list[str]) -> None:
        """Log what is wrong with the file, once until it is something else."""
        if problems != self._problems:
            for problem in problems[:_PROBLEMS]:
                log("api_keys_problem", f"{self._path}: {problem}", level=logging.WARNING)
        self._problems = problems

    def key_of(self, request: Request) -> ApiKey:
        """The key that the request carries.

        Raises:
            ApiError: 401, there is none, it is not known, or it is good no more; 429, too many wrong ones.
        """
        text = _bearer(request.headers.get("Authorization", ""))
        if not text:
            raise ApiError(401, "unauthorized", "send an API key: Authorization: Bearer frk_...")
        form = FORM.fullmatch(text)
        entry = self._current().get(form["id"]) if form else None
        key = _match(entry, text)
        if key is None:
            key_id = form["id"] if form else ""
            whole = form is not None and len(form["secret"]) >= _WHOLE_SECRET
            raise self._wrong.refusal(request.remote_addr or "", key_id, key_id if entry or whole else None)
        state = key.state(datetime.now(UTC))
        if state != "valid":
            since = (key.ended or key.expires or datetime.now(UTC)).isoformat(timespec="seconds")
            message = f"the API key has {state} ({since}); ask the operator for another"
            raise ApiError(401, "unauthorized", message, key_id=key.id)
        return key

    def valid(self, authorization: str) -> ApiKey | None:
        """The valid key that the header carries, if it does; for a request that no thread has seen yet."""
        text = _bearer(authorization)
        form = FORM.fullmatch(text)
        key = _match(self._current().get(form["id"]) if form else None, text)
        return key if key is not None and key.state(datetime.now(UTC)) == "valid" else None


def _match(entry: ApiKey | None, text: str) -> ApiKey | None:
    """The entry, when the key that was given is its own."""
    return entry if entry is not None and hmac.compare_digest(entry.sha256, key_hash(text)) else None


def _bearer(authorization: str) -> str:
    """The key of an Authorization header, or nothing."""
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""
