"""How fast a model has lately been, and how long a question is worth waiting for it."""

import math
import threading
from collections import deque

LEAST_SECONDS = 2.0
"""No model is given up sooner."""

_SAMPLES = 200
_ENOUGH = 20
_TIMES = 3.0


class Latency:
    """Seconds to the first text of the last 200 answers of one model, in one process.

    A question waits three times their 99th percentile. A model that gets slower is not failed for ever,
    because a question that was given up is still listened to: when its answer comes, its true time counts
    like any other, and three such answers of 200 raise the percentile. A model that is silent gives no times,
    so it is given up as soon as before. Refusals and errors give none either: they are quicker than answers,
    and whoever can cause them could shorten the wait for others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: deque[float] = deque(maxlen=_SAMPLES)
        self._running = 0

    @property
    def running(self) -> int:
        """Calls that have not ended, those that nobody waits for any more included."""
        return self._running

    def begin(self) -> None:
        """A call begins."""
        with self._lock:
            self._running += 1

    def end(self) -> None:
        """A call has ended, one way or another."""
        with self._lock:
            self._running -= 1

    def add(self, seconds: float) -> None:
        """Text has come, so long after the call began."""
        with self._lock:
            self._seconds.append(seconds)

    def patience(self) -> float | None:
        """The seconds that the first text of a question is worth waiting for; None: too few are known."""
        with self._lock:
            ordered = sorted(self._seconds)
        if len(ordered) < _ENOUGH:
            return None
        return max(LEAST_SECONDS, _TIMES * ordered[math.ceil(0.99 * len(ordered)) - 1])
