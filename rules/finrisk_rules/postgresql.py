"""One meaning of a database address, for the service, its migrations and every playbook.

The address says where the database is, who asks, and in ``options=`` what else holds for the session, such
as ``-c search_path=finrisk``. Nothing else counts: not the ``PG*`` variables of whoever runs us, which differ
from machine to machine. What we need ourselves wins over the address.

All of it is set by a statement after connecting, never by start-up parameters: a pooler refuses those or
drops them. It has to lend a server for the whole session (PgBouncer: ``pool_mode = session``).
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

KEYWORDS = {"client_encoding": "UTF8", "options": ""}
"""What libpq gets beside the address, whose ``options`` are set later."""

_ALWAYS = {"client_encoding": "UTF8", "datestyle": "ISO, MDY", "timezone": "UTC"}

SET = "select set_config(name, value, false) from unnest(%s::text[], %s::text[]) as given (name, value)"
"""The statement that sets a session, with two parameters: names and values."""

_WORD = re.compile(r"(?:[^\s\\]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SETTING = re.compile(r"(?P<name>[A-Za-z_][\w.-]*)=(?P<value>.*)", re.DOTALL)


def foreign_variables(environment: Iterable[str]) -> list[str]:
    """The names of variables by which libpq would read something else out of an address."""
    return sorted(name for name in environment if re.fullmatch(r"PG[A-Z]+", name))


def session(options: str, own: Mapping[str, object]) -> dict[str, str]:
    """What holds for a session, by PostgreSQL's names: the address's ``options``, then what a room needs.

    Raises ValueError when ``options`` cannot be set by a statement.
    """
    return {**_given(options), **_ALWAYS, **{name: str(value) for name, value in own.items()}}


def _given(options: str) -> dict[str, str]:
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
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        password = ""
    for secret in {password, unquote(password)} - {""}:
        line = line.replace(secret, "***")
    return line
