"""A database connection that is given up when the server says nothing for too long, as a frozen one does."""

from __future__ import annotations

import time
from typing import Any

import psycopg


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose every wait ends after ``patience`` seconds; None waits for ever."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server.

        Raises psycopg.OperationalError when it said nothing in time; the connection is closed.
        """
        if timeout is not None or self.patience is None:
            return super().wait(gen, interval, timeout)
        began = time.monotonic()
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.OperationalError:
            if time.monotonic() >= began + self.patience and not self.closed:
                self.pgconn.finish()
            raise
