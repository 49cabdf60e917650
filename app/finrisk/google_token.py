"""A token for Vertex AI that is renewed beside the requests while the old one is still accepted."""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from google.auth.credentials import Credentials, TokenState
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from finrisk import deadline
from finrisk.logs import log

SECONDS = 5.0
"""Limit of each wait for the token service, and the pause after a renewal that failed."""

LAST_USE = timedelta(seconds=30)
"""A token with less time left is used no more: clocks differ, and a request may wait for a connection."""

_REPEAT_SECONDS = 1.0


class _BoundedRequest(Request):
    """google-auth's own limit is two minutes, under a lock for which all the process's calls wait."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return super().__call__(*arguments, **({"timeout": SECONDS} | options))  # type: ignore[no-untyped-call]  # untyped library


class EarlyRenewal(Credentials):
    """Other credentials, whose token is renewed in the background as soon as it nears its end.

    google-genai renews a token in the request that finds it nearly expired: when the token service is slow
    or down, every request fails although the token in hand is good for some minutes more.
    """

    def __init__(self, source: Credentials) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped library
        self._source = source
        self._quota_project_id = source.quota_project_id
        self._renewing = threading.Lock()
        self._failed_at = float("-inf")

    @property
    def expired(self) -> bool:
        """Whether the token can be used no more; one that soon cannot is renewed meanwhile."""
        if self.expiry is not None and datetime.now(UTC).replace(tzinfo=None) > self.expiry - LAST_USE:
            return True
        if self.token_state is TokenState.STALE and self._renewing.acquire(blocking=False):
            try:
                threading.Thread(target=self._renew, name="token renewal", daemon=True).start()
            except RuntimeError:  # no thread to be had: a later call tries again
                self._renewing.release()
        return False

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
        self.expiry = self._source.expiry  # last: a token that looks too old is fetched once too often

    def _renew(self) -> None:
        try:
            self.refresh(None)
        except Exception as error:  # the next call tries again
            message = f"the token for Vertex AI could not be renewed yet: {type(error).__name__}"
            log("token_not_renewed", message, level=logging.WARNING)
            time.sleep(SECONDS)
        finally:
            self._renewing.release()
