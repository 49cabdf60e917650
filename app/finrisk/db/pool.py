"""One connection pool a process, made after fork; an outage costs a request milliseconds, not a time-out."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from finrisk.db.bounded import BoundedConnection
from finrisk.db.migration import pending

Connection = psycopg.Connection[tuple[Any, ...]]

LONGEST_SECONDS = 30.0
"""Of a use of the database that names no limit of its own."""

_WAIT_SECONDS = 1.0
_CHECK_SECONDS = 1.0
_REST_SECONDS = 1.0
_STATEMENT_SECONDS = 10
_OPTIONS = (
    f"-c statement_timeout={_STATEMENT_SECONDS * 1000} -c jit=off "
    "-c client_connection_check_interval=1000"  # ms; ends what nobody waits for any more
)

logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


class DatabaseUnavailableError(Exception):
    """PostgreSQL does not answer; the message never holds the password."""


def _given_options(url: str) -> str:
    """The server options that the connection string sets itself, such as a search path."""
    try:
        return str(conninfo_to_dict(url).get("options") or "")
    except psycopg.ProgrammingError:
        return ""


def _check(connection: BoundedConnection) -> None:
    connection.allow(_CHECK_SECONDS)
    ConnectionPool.check_connection(connection)


def _unavailable(error: Exception) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(f"PostgreSQL does not answer ({type(error).__name__})")


class Database:
    """Connections to PostgreSQL for the threads of one process."""

    def __init__(self, url: str, size: int) -> None:
        self._configured = bool(url)
        self._resting_until = 0.0
        self._away = False
        self._trying = threading.Lock()
        self._schema_is_current = False
        self._pool: ConnectionPool[BoundedConnection] = ConnectionPool(
            url,
            connection_class=BoundedConnection,
            min_size=0,
            max_size=size,
            open=False,
            timeout=_WAIT_SECONDS,
            max_idle=300,
            reconnect_timeout=5,
            check=_check,
            kwargs={
                "autocommit": True,
                "connect_timeout": 2,
                "tcp_user_timeout": 2000,  # ms; a pod that is gone answers nothing, not even a refusal
                "application_name": "finrisk",
                "options": f"{_given_options(url)} {_OPTIONS}".strip(),
            },
        )

    @contextmanager
    def connection(self, seconds: float = LONGEST_SECONDS) -> Iterator[Connection]:
        """A pooled connection in autocommit mode, for so many seconds of waiting for the server.

        Raises:
            DatabaseUnavailableError: none could be had, it broke while in use, or the server took too long.
                After the first two every call fails at once for a second, and then one call tries alone:
                an outage holds up a request now and then, never all of them.
        """
        with self._taken() as connection:
            connection.allow(seconds)
            try:
                self._require_schema(connection)
                yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if connection.overdue:
                    raise DatabaseUnavailableError(f"PostgreSQL took longer than {seconds:g} s") from error
                if isinstance(error, psycopg.errors.QueryCanceled):
                    raise DatabaseUnavailableError(
                        f"PostgreSQL took longer than {_STATEMENT_SECONDS} s for one statement"
                    ) from error
                if connection.closed:
                    self._rest()
                raise _unavailable(error) from error

    @contextmanager
    def _taken(self) -> Iterator[BoundedConnection]:
        """A connection of the pool that answers."""
        if not self._configured:
            raise DatabaseUnavailableError("DATABASE_URL is empty")
        alone = self._away
        if time.monotonic() < self._resting_until or (alone and not self._trying.acquire(blocking=False)):
            raise DatabaseUnavailableError("PostgreSQL did not answer a moment ago")
        try:
            self._pool.open()
            connection = self._pool.getconn()
            self._away = False
        except (PoolTimeout, PoolClosed, psycopg.OperationalError) as error:
            self._rest()
            raise _unavailable(error) from error
        finally:
            if alone:
                self._trying.release()
        try:
            with connection:
                yield connection
        finally:
            self._pool.putconn(connection)

    def _rest(self) -> None:
        self._away = True
        self._resting_until = time.monotonic() + _REST_SECONDS

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
            with self.connection(_CHECK_SECONDS) as connection:
                connection.execute("select 1")
        except DatabaseUnavailableError:
            return False
        return True

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
