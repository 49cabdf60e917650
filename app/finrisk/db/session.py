"""A session as all rooms read the database's address (``finrisk_rules.postgresql``)."""

import os
from collections.abc import Mapping
from typing import Any

import psycopg

from finrisk_rules import postgresql


class UnreadableAddressError(Exception):
    """The address of the database, or its ``options``, is not one; the message never holds the password."""


def keywords(name: str) -> dict[str, Any]:
    """What libpq gets beside the address; forgets the ``PG*`` variables of this process."""
    for variable in postgresql.foreign_variables(os.environ):
        del os.environ[variable]
    return {**postgresql.KEYWORDS, "application_name": name}


def settings(url: str, own: Mapping[str, object]) -> dict[str, str]:
    """What has to be set in a session of the address.

    Raises:
        UnreadableAddressError: it cannot be read.
    """
    try:
        return postgresql.session(url, own)
    except ValueError as error:
        raise UnreadableAddressError(str(error)) from None


def settle(connection: psycopg.Connection[Any], wanted: Mapping[str, str]) -> None:
    """Set the session; the connection has to be in autocommit mode.

    Raises:
        psycopg.Error: the server does not take a setting, which the error names.
    """
    connection.execute(postgresql.SET, (list(wanted), list(wanted.values())))


def first_line(error: psycopg.Error, url: str) -> str:
    """What an error says first, without the password of the address."""
    return postgresql.first_line(str(error) or type(error).__name__, url)
