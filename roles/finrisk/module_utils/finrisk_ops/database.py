"""The connection to FinRisk's PostgreSQL, with errors that never hold the password."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from finrisk_rules import postgresql

from .errors import FinriskError

if TYPE_CHECKING:
    import psycopg

CONNECT_TIMEOUT_SECONDS = 10
ANSWER_SECONDS = 3
"""What a server that works may take to say that a statement took too long."""

LOCK_TIMEOUT_MS = 5_000


def connect(url: str, *, statement_timeout_seconds: int = 0) -> psycopg.Connection:
    """Open a connection whose session is as the service's own; a statement timeout of 0 means none.

    A statement that has one also ends while the server is frozen, some seconds later.
    Raises FinriskError, without the password, when the URL is empty or wrong, or the server does not answer.
    """
    place = address(url)
    try:
        import psycopg  # only the modules that need it pay for the import

        from .patient_connection import PatientConnection
    except ImportError as error:
        raise FinriskError("the Python package psycopg is missing: run make setup") from error
    own = {"lock_timeout": LOCK_TIMEOUT_MS, "statement_timeout": statement_timeout_seconds * 1000}
    for variable in postgresql.foreign_variables(os.environ):
        del os.environ[variable]
    try:
        wanted = postgresql.session(url, own)
        connection = PatientConnection.connect(
            url,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            application_name="finrisk-playbook",
            autocommit=True,
            **postgresql.KEYWORDS,
        )
        connection.patience = CONNECT_TIMEOUT_SECONDS
        connection.execute(postgresql.SET, (list(wanted), list(wanted.values())))
    except ValueError as error:
        raise FinriskError(f"finrisk_database_url cannot be used: {error}") from None
    except psycopg.Error as error:
        raise FinriskError(
            f"cannot connect to PostgreSQL at {place}: {_first_line(error, url)}; "
            "check finrisk_database_url and that the server runs (local: python -m sandbox up)"
        ) from None
    connection.autocommit = False
    connection.patience = statement_timeout_seconds + ANSWER_SECONDS if statement_timeout_seconds else None
    return connection


def address(url: str) -> str:
    """Return ``host:port/database as user`` of a database URL; never its password."""
    if not url.strip():
        raise FinriskError(
            "finrisk_database_url is empty: start the sandbox (python -m sandbox up) "
            "or set DATABASE_URL in the environment"
        )
    try:
        return postgresql.place(url)
    except ValueError as error:
        raise FinriskError(f"finrisk_database_url is not a database address: {error}") from None


def query_error(error: psycopg.Error, url: str) -> FinriskError:
    """Return what to tell the operator when a statement failed."""
    code = error.sqlstate or ""
    hint = {
        "42P01": "the tables are missing: run playbooks/site.yml",
        "42703": "the tables are of another version: run playbooks/site.yml",
        "42501": "the database user may not read this table: grant it select",
        "57014": "the statement took too long",
    }.get(code, "run it again; if it stays, look at the database's log")
    return FinriskError(
        f"the database at {address(url)} said: {_first_line(error, url)}; {hint}", sqlstate=code
    )


def _first_line(error: Exception, url: str) -> str:
    return postgresql.first_line(str(error) or type(error).__name__, url)


UNANSWERED = os.EX_TEMPFAIL
"""Exit status of ``finrisk migrate`` when PostgreSQL counts as away, on this machine and in a Job."""


def not_checked(reason: str) -> str:
    """Return what an operator has to know when the service runs on a database that nobody could ask."""
    return (
        f"DATABASE NOT CHECKED: {reason}. No migration was looked for or applied; the service answers "
        "without sources and keeps its records in the journal until it can be used. If the address is "
        "right, run site.yml again then; if not, mend finrisk_database_url (DATABASE_URL) and run it now"
    )
