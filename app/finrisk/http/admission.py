"""How many analyses a worker works on at once; the rest are told to come back, quickly."""

import threading
from types import TracebackType

from finrisk import metrics
from finrisk.http.errors import ApiError


class Admission:
    """A bounded number of places; gthread keeps spare threads so that a refusal does not queue."""

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._limit = places

    def enter(self) -> "Place":
        """Take a place.

        Raises:
            ApiError: 503 with Retry-After when all are taken.
        """
        if not self._places.acquire(blocking=False):
            message = f"all {self._limit} places of this worker are taken; try again shortly"
            raise ApiError(503, "overloaded", message, retry_after=1)
        metrics.IN_FLIGHT.inc()
        return Place(self._places)


class Place:
    """A taken place; leaving it twice is harmless."""

    def __init__(self, places: threading.BoundedSemaphore) -> None:
        self._places: threading.BoundedSemaphore | None = places

    def leave(self) -> None:
        """Give the place back."""
        places, self._places = self._places, None
        if places:
            metrics.IN_FLIGHT.dec()
            places.release()

    def __enter__(self) -> "Place":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
