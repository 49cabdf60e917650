"""A token for Vertex AI that is renewed beside the requests while the old one is still accepted."""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

from google.auth.credentials import Credentials, TokenState
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from finrisk import deadline
from finrisk.logs import log

SECONDS = 5.0
"""Limit of each wait for the token service, and the pause after a renewal that failed."""

LAST_USE_SECONDS = 30.0
"""A token with less time left is used no more: clocks differ, and a request may wait for a connection."""

RENEWAL_SECONDS = 225.0
"""A token with less time left is renewed: google-auth's own limit."""

_LONGEST_LIFE_SECONDS = 3600.0
"""A token that says it lives longer, read by a clock that is slow, is taken to live an hour, as all do."""

_REPEAT_SECONDS = 1.0

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _now() -> float:
    """Seconds that nobody can set, and that go on while the machine sleeps."""
    return time.clock_gettime(_CLOCK)


class _BoundedRequest(Request):
    """google-auth's own limit is two minutes, under a lock for which all the process's calls wait."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return super().__call__(*arguments, **({"timeout": SECONDS} | options))  # type: ignore[no-untyped-call]  # untyped library


class EarlyRenewal(Credentials):
    """Other credentials, whose token is renewed in the background as soon as it nears its end.

    google-genai renews a token in the request that finds it nearly expired: when the token service is slow
    or down, every request fails although the token in hand is good for some minutes more. And it takes the
    end of a token from the wall clock: moved by hours, it makes a good token look old, while the request for
    a new one holds a time that Google refuses. Here the end is counted from when the token came.
    """

    def __init__(self, source: Credentials) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped library
        self._source = source
        self._quota_project_id = source.quota_project_id
        self._renewing = threading.Lock()
        self._failed_at = float("-inf")
        self._ends_at = float("-inf")

    @property
    def token_state(self) -> TokenState:
        """Whether the token can be used, and whether it should be renewed."""
        left = self._ends_at - _now()
        if self.token is None or left < LAST_USE_SECONDS:
            return TokenState.INVALID
        return TokenState.STALE if left < RENEWAL_SECONDS else TokenState.FRESH

    @property
    def expired(self) -> bool:
        """Whether the token can be used no more; one that soon cannot is renewed meanwhile."""
        state = self.token_state
        if state is TokenState.STALE and self._renewing.acquire(blocking=False):
            try:
                threading.Thread(target=self._renew, name="token renewal", daemon=True).start()
            except RuntimeError:  # no thread to be had: a later call tries again
                self._renewing.release()
        return state is TokenState.INVALID

    def refresh(self, _request: Request | None) -> None:
        """Fetch a token, unless a call before this one has just waited in vain.

        google-genai lets its calls come here one by one: without this each would wait its own time-out.
        Raises google-auth's GoogleAuthError.
        """
        if deadline.is_left_behind() or time.monotonic() - self._failed_at < _REPEAT_SECONDS:
            raise TransportError("the token service did not answer")  # type: ignore[no-untyped-call]  # as above
        try:
            self._source.refresh(_BoundedRequest())  # type: ignore[no-untyped-call]  # as above
        except GoogleAuthError as error:
            if isinstance(error, TransportError) or error.retryable:
                self._failed_at = time.monotonic()
            raise
        self.token = self._source.token
        self.expiry = self._source.expiry
        self._ends_at = _now() + _life(self.expiry)  # last: looking too old costs one fetch

    def _renew(self) -> None:
        try:
            self.refresh(None)
        except Exception as error:  # the next call tries again
            message = f"the token for Vertex AI could not be renewed yet: {type(error).__name__}"
            log("token_not_renewed", message, level=logging.WARNING)
            time.sleep(SECONDS)
        finally:
            self._renewing.release()


def _life(expiry: datetime | None) -> float:
    """The seconds that a token can be used which has just come; ``expiry`` is in UTC and unmarked."""
    if expiry is None:
        return _LONGEST_LIFE_SECONDS
    left = (expiry - datetime.now(UTC).replace(tzinfo=None)).total_seconds()
    return min(left, _LONGEST_LIFE_SECONDS)
