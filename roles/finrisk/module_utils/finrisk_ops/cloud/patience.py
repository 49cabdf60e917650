"""Asking again: what came without an answer, or with the wish to come back later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ..errors import FinriskError

LONGEST_PAUSE = 15.0  # seconds between two looks

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
        pause = min(pause * 2, LONGEST_PAUSE)
