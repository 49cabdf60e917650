"""Waiting for what happens in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.05
LONGEST_PAUSE = 1.0
SHARE = 3
"""A pause is so many times as long as the look before it: some looks are a run of kubectl."""


def until(holds: Callable[[], T | None], seconds: float = 60, *, log: Callable[[], str] = str) -> T:
    """Return what ``holds`` says as soon as it is true; fail after so many seconds, with the log's end."""
    deadline = time.monotonic() + seconds
    began = time.monotonic()
    while not (answer := holds()):
        now = time.monotonic()
        assert now < deadline, f"not so within {seconds} s: {holds}\n{log()[-3000:]}"
        time.sleep(min(max(POLL_SECONDS, SHARE * (now - began)), LONGEST_PAUSE))
        began = time.monotonic()
    return answer
