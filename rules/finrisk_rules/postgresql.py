"""One meaning of a database address, for the service, its migrations and every playbook.

The address says where the database is, who asks, and in ``options=`` what else holds for the session, such
as ``-c search_path=finrisk``. Nothing else counts: not the ``PG*`` variables of whoever runs us, which differ
from machine to machine. What we need ourselves wins over the address.

All of it is set by a statement after connecting, never by start-up parameters: a pooler refuses those or
drops them. It has to lend a server for the whole session (PgBouncer: ``pool_mode = session``).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from finrisk_rules.patterns import pattern_of

KEYWORDS: Mapping[str, Any] = {"client_encoding": "UTF8", "options": ""}
"""What libpq gets beside the address, whose ``options`` are set later."""

SHAPE = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
SCHEMES = ("postgresql", "postgres")
PORT = 5432

_ALWAYS = {"client_encoding": "UTF8", "datestyle": "ISO, MDY", "timezone": "UTC"}

SET = "select set_config(name, value, false) from unnest(%s::text[], %s::text[]) as given (name, value)"
"""The statement that sets a session, with two parameters: names and values."""

_WORD = pattern_of(r"(?:[^\s\\]|\\.)+", re.DOTALL)
_ESCAPED = pattern_of(r"\\(.)", re.DOTALL)
_SETTING = pattern_of(r"(?P<name>[A-Za-z_][\w.-]*)=(?P<value>.*)", re.DOTALL)


def foreign_variables(environment: Iterable[str]) -> list[str]:
    """The names of variables by which libpq would read something else out of an address."""
    return sorted(name for name in environment if re.fullmatch(r"PG[A-Z]+", name))


def session(url: str, own: Mapping[str, object]) -> dict[str, str]:
    """What holds for a session, by PostgreSQL's names: the address's ``options``, then what a room needs.

    Raises ValueError when the address is none, or its ``options`` cannot be set by a statement.
    """
    place(url)
    return {
        **_settings(given(url, "options")),
        **_ALWAYS,
        **{name: str(value) for name, value in own.items()},
    }


def _settings(options: str) -> dict[str, str]:
    """The settings of ``options``, read as PostgreSQL does: ``-c NAME=VALUE``, ``--NAME=VALUE``, ``\\ ``."""
    words = [_ESCAPED.sub(r"\1", word) for word in _WORD.findall(options)]
    settings = {}
    while words:
        word = words.pop(0)
        text = words.pop(0) if word == "-c" and words else re.sub(r"\A(?:-c|--)", "", word)
        match = _SETTING.fullmatch(text)
        if match is None or not word.startswith(("-c", "--")):
            raise ValueError(
                f"options= of the database address holds {word!r}: write each setting as -c NAME=VALUE"
            )
        settings[match["name"].replace("-", "_").lower()] = match["value"]
    return settings


def first_line(text: str, url: str) -> str:
    """The first line of what PostgreSQL or libpq said, without the address's password."""
    line = text.strip().partition("\n")[0].strip()
    for secret in _passwords(url):
        line = line.replace(secret, "***")
    return line


def _passwords(url: str) -> set[str]:
    """The password of an address as it is written there and as it is meant."""
    user = url.partition("://")[2].partition("?")[0].rpartition("@")[0]
    written = {user.partition(":")[2], given(url, "password")}
    return {spelling for text in written for spelling in (text, unquote(text))} - {""}


def given(url: str, keyword: str) -> str:
    """What the address gives for a keyword behind its question mark, empty when nothing."""
    for pair in url.partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        if name == keyword:
            return unquote(value)
    return ""


def place(url: str) -> str:
    """``host:port/database as user`` of an address, which may name several servers; never its password.

    Raises ValueError when it is none.
    """
    try:
        parts = urlsplit(url)
        servers = [urlsplit("//" + server) for server in parts.netloc.rpartition("@")[2].split(",")]
        named = [f"{server.hostname}:{server.port or PORT}" for server in servers if server.hostname]
    except ValueError:
        raise ValueError(f"expected {SHAPE}") from None
    if len(named) < len(servers) or parts.scheme not in SCHEMES:
        raise ValueError(f"expected {SHAPE}")
    return f"{','.join(named)}{parts.path} as {unquote(parts.username or 'the default user')}"
