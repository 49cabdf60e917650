"""A token for Vertex AI that is renewed beside the requests while the old one is still accepted."""

import logging
import threading
import time
from typing import Any

from google.auth.credentials import Credentials, TokenState
from google.auth.transport.requests import Request

from finrisk.logs import log

SECONDS = 5.0
"""Limit of one try to fetch a token, and the pause after a renewal that failed."""


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

    @property
    def expired(self) -> bool:
        """Whether the token can be used no more; one that soon cannot is renewed meanwhile."""
        state = self.token_state
        if state is TokenState.STALE and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew, name="token renewal", daemon=True).start()
        return state is TokenState.INVALID

    def refresh(self, _request: Request) -> None:
        """Fetch a token. Raises google-auth's GoogleAuthError."""
        self._source.refresh(_BoundedRequest())  # type: ignore[no-untyped-call]  # untyped library
        self.expiry = self._source.expiry
        self.token = self._source.token

    def _renew(self) -> None:
        try:
            self.refresh(_BoundedRequest())
        except Exception as error:  # the next call tries again
            message = f"the token for Vertex AI could not be renewed yet: {type(error).__name__}"
            log("token_not_renewed", message, level=logging.WARNING)
            time.sleep(SECONDS)
        finally:
            self._renewing.release()
