"""A connection whose every wait ends: a frozen server keeps no statement_timeout."""

import math
import select
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import psycopg
from psycopg.abc import RV, PQGen

from finrisk.db.session import settle


class BoundedConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection whose waits have so much time together; what is not answered in it is given up.

    What its user computes between two statements is no fault of the server and does not count.
    """

    _left = math.inf
    _answered_at = -math.inf
    overdue = False
    """Whether this connection was closed because the server did not answer in time."""

    @classmethod
    def connect(  # type: ignore[override]  # what a pool passes on, and the address
        cls,
        conninfo: str,
        *,
        wanted: Mapping[str, str],
        failed: Callable[[psycopg.Error], None],
        seconds: float,
        **keywords: Any,
    ) -> Self:
        """A connection whose session is set as ``wanted``; ``failed`` hears why there is none.

        Raises:
            psycopg.Error: there is none, or it did not take its settings in so many seconds.
        """
        connection = None
        try:
            connection = super().connect(conninfo, **keywords)
            connection.allow(seconds)
            settle(connection, wanted)
        except psycopg.Error as error:
            failed(error)
            if connection:
                connection.close()
            raise
        return connection

    def allow(self, seconds: float) -> None:
        """Let the answers to everything asked from now on take so long together."""
        self._left = seconds

    def is_fresh(self, seconds: float) -> bool:
        """Whether the server answered in so many seconds past, and said nothing since, as when it ends."""
        if time.monotonic() - self._answered_at > seconds or self.closed:
            return False
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        return not poll.poll(0)

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server, as long as is allowed.

        Raises:
            psycopg.OperationalError: it did not answer in time; the connection is closed.
        """
        if timeout is not None or self._left == math.inf:
            return super().wait(gen, interval, timeout)
        until = time.monotonic() + self._left
        try:
            answer = super().wait(gen, interval, self._left)
            self._answered_at = time.monotonic()
            return answer
        except psycopg.OperationalError:
            if time.monotonic() >= until and not self.closed:
                self.overdue = True
                self.pgconn.finish()  # what comes later would be taken for the answer to the next question
            raise
        finally:
            self._left = max(0.0, until - time.monotonic())
