"""One connection pool a process, made after fork; an outage costs a request milliseconds, not a time-out."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from finrisk.db.migration import pending

Connection = psycopg.Connection[tuple[Any, ...]]

_WAIT_SECONDS = 1.0
_REST_SECONDS = 1.0

logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


class DatabaseUnavailableError(Exception):
    """PostgreSQL does not answer; the message never holds the password."""


def _given_options(url: str) -> str:
    """The server options that the connection string sets itself, such as a search path."""
    try:
        return str(conninfo_to_dict(url).get("options") or "")
    except psycopg.ProgrammingError:
        return ""


class Database:
    """Connections to PostgreSQL for the threads of one process."""

    def __init__(self, url: str, size: int) -> None:
        self._configured = bool(url)
        self._resting_until = 0.0
        self._schema_is_current = False
        self._pool = ConnectionPool(
            url,
            min_size=0,
            max_size=size,
            open=False,
            timeout=_WAIT_SECONDS,
            max_idle=300,
            reconnect_timeout=5,
            check=ConnectionPool.check_connection,
            kwargs={
                "autocommit": True,
                "connect_timeout": 2,
                "tcp_user_timeout": 2000,  # ms; a pod that is gone answers nothing, not even a refusal
                "application_name": "finrisk",
                "options": f"{_given_options(url)} -c statement_timeout=10000 -c jit=off".strip(),
            },
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A pooled connection in autocommit mode.

        Raises:
            DatabaseUnavailableError: none could be had, or it broke while in use. For the next second
                every call fails at once, so that an outage does not hold up the requests.
        """
        if not self._configured:
            raise DatabaseUnavailableError("DATABASE_URL is empty")
        if time.monotonic() < self._resting_until:
            raise DatabaseUnavailableError("PostgreSQL did not answer a moment ago")
        try:
            self._pool.open()
            with self._pool.connection() as connection:
                self._require_schema(connection)
                yield connection
        except (PoolTimeout, PoolClosed, psycopg.OperationalError, psycopg.InterfaceError) as error:
            if isinstance(error, psycopg.errors.QueryCanceled):
                raise DatabaseUnavailableError("PostgreSQL took longer than 10 s to answer") from error
            self._resting_until = time.monotonic() + _REST_SECONDS
            raise DatabaseUnavailableError(f"PostgreSQL does not answer ({type(error).__name__})") from error

    def _require_schema(self, connection: Connection) -> None:
        """Treat a database that is behind this release as one that is away."""
        if self._schema_is_current:
            return
        missing = [migration.name for migration in pending(connection)]
        if missing:
            raise DatabaseUnavailableError(f"the schema lacks {', '.join(missing)}: run finrisk migrate")
        self._schema_is_current = True

    def answers(self) -> bool:
        """Whether PostgreSQL answers a query now."""
        try:
            with self.connection() as connection:
                connection.execute("select 1")
        except DatabaseUnavailableError:
            return False
        return True

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
