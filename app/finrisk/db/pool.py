"""One connection pool a process, made after fork; an outage costs a request milliseconds, not a time-out."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from finrisk.db import session
from finrisk.db.bounded import BoundedConnection
from finrisk.db.condition import (
    Condition,
    condition,
    counts_as_away,
    is_of_the_schema,
    what_failed,
)

Connection = psycopg.Connection[tuple[Any, ...]]

LONGEST_SECONDS = 30.0
"""Of a use of the database that names no limit of its own."""

LOOK_SECONDS = 10.0
"""How long a look at the schema counts. What a statement misses before that makes the next use look again."""

FRESH_SECONDS = 1.0
"""A connection that answered since, and was not ended by the server, is not asked whether it answers. Where a
server falls silent without ending it, whoever comes in this time waits for as long as the use may take."""

_WAIT_SECONDS = 1.0
_CHECK_SECONDS = 1.0
_SETTLE_SECONDS = 2.0
_REST_SECONDS = 1.0
_STATEMENT_SECONDS = 10
_REMEMBERED_SECONDS = 30.0
_SESSION = {
    "statement_timeout": _STATEMENT_SECONDS * 1000,
    "jit": "off",
    "client_connection_check_interval": 1000,  # ms; ends what nobody waits for any more
}
_SILENT = Condition("down", "unknown", "PostgreSQL did not answer a moment ago")

logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


class DatabaseUnavailableError(Exception):
    """PostgreSQL does not answer, or is not fit to be asked; the message never holds the password."""


def _check(connection: BoundedConnection) -> None:
    """Ask a connection whether it answers, unless it just did and the server has not ended it since."""
    if connection.is_fresh(FRESH_SECONDS):
        return
    connection.allow(_CHECK_SECONDS)
    ConnectionPool.check_connection(connection)


def _unavailable(error: Exception) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(f"PostgreSQL does not answer ({type(error).__name__})")


def _unfit(found: Condition) -> DatabaseUnavailableError:
    """The error for clients: what only an operator may read is left to the ops port."""
    if found.database == "unusable":
        return DatabaseUnavailableError(f"PostgreSQL answers, but its schema is {found.schema}")
    return DatabaseUnavailableError(found.problem)


def _read(url: str) -> tuple[str, dict[str, str]]:
    """Why an address is of no use, and what to set in its sessions."""
    if not url:
        return "DATABASE_URL is empty", {}
    try:
        return "", session.settings(url, _SESSION)
    except session.UnreadableAddressError as error:
        return f"DATABASE_URL cannot be used: {error}", {}


class Database:
    """Connections to PostgreSQL for the threads of one process."""

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        self._unreadable, wanted = _read(url)
        self._resting_until = 0.0
        self._found = _SILENT
        self._away = False
        self._trying = threading.Lock()
        self._looked_until = 0.0
        self._refusal = ""
        self._failure = ""
        self._failed_at = 0.0
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
                **session.keywords("finrisk"),
                "autocommit": True,
                "connect_timeout": 2,
                "tcp_user_timeout": 2000,  # ms; a pod that is gone answers nothing, not even a refusal
                "wanted": wanted,
                "failed": self._refused,
                "seconds": _SETTLE_SECONDS,
            },
        )

    @contextmanager
    def connection(self, seconds: float = LONGEST_SECONDS) -> Iterator[Connection]:
        """A pooled connection in autocommit mode, for so many seconds of waiting for the server.

        Raises:
            DatabaseUnavailableError: none could be had, it broke while in use, the server took too long, or
                the database lacks what a statement needs. After the first two, and when a look finds that the
                schema is not there, every call fails at once for a second, and then one call tries alone:
                an outage holds up a request now and then, never all of them.
        """
        with self._taken() as connection:
            connection.allow(seconds)
            try:
                self._require_schema(connection)
                yield connection
            except psycopg.Error as error:
                if connection.overdue:
                    raise DatabaseUnavailableError(f"PostgreSQL took longer than {seconds:g} s") from error
                if isinstance(error, psycopg.errors.QueryCanceled):
                    raise DatabaseUnavailableError(
                        f"PostgreSQL took longer than {_STATEMENT_SECONDS} s for one statement"
                    ) from error
                if not counts_as_away(error):
                    raise
                if error.sqlstate and not connection.closed:
                    raise self._failed(connection, error) from error
                if connection.closed:
                    self._rest()
                raise _unavailable(error) from error

    @contextmanager
    def _taken(self) -> Iterator[BoundedConnection]:
        """A connection of the pool that answers."""
        if self._unreadable:
            raise DatabaseUnavailableError(self._unreadable)
        alone = self._away
        if time.monotonic() < self._resting_until or (alone and not self._trying.acquire(blocking=False)):
            raise _unfit(self._found)
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

    def _rest(self, found: Condition = _SILENT) -> None:
        self._away = True
        self._found = found
        self._resting_until = time.monotonic() + _REST_SECONDS

    def _refused(self, error: psycopg.Error) -> None:
        self._refusal = session.first_line(error, self._url)

    def _failed(self, connection: BoundedConnection, error: psycopg.Error) -> DatabaseUnavailableError:
        """Note what a statement missed; the next use looks at the schema, over a connection without plans."""
        failure = what_failed(error)
        if is_of_the_schema(error):
            self._failure, self._failed_at = failure, time.monotonic()
            self._looked_until = 0.0
            connection.close()
        return DatabaseUnavailableError(f"PostgreSQL cannot do what is asked: {failure}")

    def _require_schema(self, connection: Connection) -> None:
        """Treat a database without the schema of this release as one that is away."""
        if time.monotonic() < self._looked_until:
            return
        found = condition(connection)
        if not found.is_usable:
            self._failure = ""  # the look says it better
            self._rest(found)
            raise _unfit(found)
        self._looked_until = time.monotonic() + LOOK_SECONDS

    def condition(self) -> Condition:
        """What PostgreSQL is good for now."""
        if self._unreadable:
            return Condition("down", "unknown", self._unreadable)
        try:
            with self._taken() as connection:
                connection.allow(_CHECK_SECONDS)
                found = condition(connection)
        except DatabaseUnavailableError:
            if self._found.database == "down" and self._refusal:
                return replace(self._found, problem=self._refusal)
            return self._found
        except psycopg.Error as error:
            return Condition("down", "unknown", what_failed(error))
        self._refusal = ""
        if not found.is_usable:
            self._rest(found)
        elif not found.problem and time.monotonic() - self._failed_at < _REMEMBERED_SECONDS:
            return replace(found, problem=self._failure)
        return found

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
