"""Whether a pooler stands before the database that mixes up the sessions of its clients."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg

from finrisk.db import session
from finrisk.db.bounded import BoundedConnection

WHAT_TO_SET = (
    "a pooler lends another server for each transaction, so settings and locks of one session reach others: "
    "set pool_mode = session for this database, or name PostgreSQL itself in DATABASE_URL"
)
SECONDS = 5.0


def mixes_sessions(url: str) -> bool:
    """Whether one session sees what another, which is still open, has set; False when nobody can say.

    A pooler gives the server that was returned last to whoever asks next.
    """
    mark = str(uuid4())
    with suppress(psycopg.Error), _opened(url) as one, _opened(url) as other:
        one.execute("select set_config('finrisk.mark', %s, false)", (mark,))
        return other.execute("select current_setting('finrisk.mark', true)").fetchone() == (mark,)
    return False


def _opened(url: str) -> psycopg.Connection[Any]:
    connection = BoundedConnection.connect(
        url,
        wanted=session.settings(url, {}),
        failed=lambda _: None,
        seconds=SECONDS,
        connect_timeout=int(SECONDS),
        autocommit=True,
        **session.keywords("finrisk-migrate"),
    )
    connection.allow(SECONDS)
    return connection
