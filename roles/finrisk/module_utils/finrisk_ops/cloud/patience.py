"""How long a service asks to be left alone: the Retry-After header, or Google's RetryInfo in the body."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TypeVar

from ..errors import FinriskError

_DELAY = re.compile(r"retryDelay['\"]: ['\"](\d+(?:\.\d+)?)s")


def of_headers(headers: Mapping[str, str] | None) -> float | None:
    """Return the seconds of ``Retry-After``, a number or a date (RFC 9110, 10.2.3); None without one."""
    given = str((headers or {}).get("retry-after") or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", given):
        return float(given)
    try:
        return max(parsedate_to_datetime(given).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


def of_details(details: object) -> float | None:
    """Return the seconds of ``google.rpc.RetryInfo`` in an error's details; None without one."""
    found = _DELAY.search(str(details))
    return float(found[1]) if found else None


_LONGEST_PAUSE = 15.0  # seconds between two looks


Result = TypeVar("Result")


class UnreachableError(FinriskError):
    """The service did not answer, or said to come back later: what it did with the request is unknown."""

    def __init__(self, message: str, retry_after: float | None = None, answered: bool = False) -> None:
        """Keep the seconds to wait that were asked for, and whether it ``answered`` that it did nothing."""
        super().__init__(message)
        self.retry_after = retry_after
        self.answered = answered


def patiently(call: Callable[[], Result], seconds: float) -> Result:
    """Repeat ``call`` while it raises UnreachableError, until ``seconds`` are over.

    Only for what is safe to repeat. A Retry-After that still fits is honoured.
    """
    deadline = time.monotonic() + seconds
    pause = 0.5
    while True:
        try:
            return call()
        except UnreachableError as error:
            wait = max(pause, error.retry_after or 0.0)
            if time.monotonic() + wait > deadline:
                raise
        time.sleep(wait)
        pause = min(pause * 2, _LONGEST_PAUSE)
