"""How many analyses a worker works on at once; the rest are told to come back, quickly."""

import threading
from types import TracebackType

from finrisk import metrics
from finrisk.http.errors import ApiError

RETRY_AFTER = 1
"""Seconds after which who was refused may ask again."""


class Admission:
    """A bounded number of places; the loop asks whether one is free before a thread is spent."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self.refusal = f"all {places} places of this worker are taken; try again shortly"

    @property
    def is_full(self) -> bool:
        """Whether no place is free at this moment."""
        return self._free == 0

    def enter(self) -> "Place":
        """Take a place.

        Raises:
            ApiError: 503 with Retry-After when all are taken.
        """
        with self._lock:
            if self._free == 0:
                raise ApiError(503, "overloaded", self.refusal, retry_after=RETRY_AFTER)
            self._free -= 1
        metrics.IN_FLIGHT.inc()
        return Place(self)

    def free(self) -> None:
        """Give one place back."""
        metrics.IN_FLIGHT.dec()
        with self._lock:
            self._free += 1


class Place:
    """A taken place; leaving it twice is harmless."""

    def __init__(self, admission: Admission) -> None:
        self._admission: Admission | None = admission

    def leave(self) -> None:
        """Give the place back."""
        admission, self._admission = self._admission, None
        if admission:
            admission.free()

    def __enter__(self) -> "Place":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
