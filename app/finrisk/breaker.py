"""A circuit breaker: stop asking a model that mostly fails, and try it again with one request at a time."""

import threading
import time
from collections import deque
from collections.abc import Callable

_WINDOW_SECONDS = 30.0
_MINIMUM_CALLS = 10
_FAILURE_SHARE = 0.5
OPEN_SECONDS = 10.0


class Breaker:
    """Opens at 10 or more calls in 30 s of which more than half failed; probes once after 10 s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._opened_at: float | None = None
        self._probing_since: float | None = None

    def allows(self) -> bool:
        """Whether a call may be made now; True for exactly one probe while open."""
        with self._lock:
            now = self._clock()
            if self._opened_at is None:
                return True
            if now - self._opened_at < OPEN_SECONDS:
                return False
            if self._probing_since is not None and now - self._probing_since < OPEN_SECONDS:
                return False
            self._probing_since = now
            return True

    def record(self, succeeded: bool | None) -> None:
        """Take note of how an allowed call ended; None: nobody waited for its end, so another may probe."""
        with self._lock:
            now = self._clock()
            if succeeded is None:
                self._probing_since = None
                return
            if self._opened_at is not None:
                if self._probing_since is None:
                    return  # a call that began before the breaker opened
                self._probing_since = None
                self._opened_at = None if succeeded else now
                self._calls.clear()
                self._failures = 0
                return
            self._calls.append((now, succeeded))
            self._failures += not succeeded
            while now - self._calls[0][0] > _WINDOW_SECONDS:
                self._failures -= not self._calls.popleft()[1]
            if len(self._calls) >= _MINIMUM_CALLS and self._failures > _FAILURE_SHARE * len(self._calls):
                self._opened_at = now

    @property
    def is_open(self) -> bool:
        """Whether calls are being refused."""
        return self._opened_at is not None
