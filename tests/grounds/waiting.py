"""Waiting for what happens in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.05


def until(holds: Callable[[], T | None], seconds: float = 60, *, log: Callable[[], str] = str) -> T:
    """Return what ``holds`` says as soon as it is true; fail after so many seconds, with the log's end."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < deadline, f"not so within {seconds} s: {holds}\n{log()[-3000:]}"
        time.sleep(POLL_SECONDS)
    return answer
