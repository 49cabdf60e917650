"""Whether a PostgreSQL is there at all, told from one that is there and refuses."""

from psycopg import ProgrammingError, pq
from psycopg.conninfo import make_conninfo

SECONDS = 3
_AWAY = (pq.Ping.REJECT, pq.Ping.NO_RESPONSE)


def does_not_answer(url: str) -> bool:
    """Whether no server takes connections at the address: none is there, it says nothing, or it is starting.

    A server that refuses this user, password or database answers, and so does one with another idea of TLS.
    The wording of a refusal is in the server's language; this asks libpq's PQping instead.
    """
    try:
        address = make_conninfo(url, connect_timeout=SECONDS, sslmode="prefer")
    except ProgrammingError:
        return False
    return pq.PGconn.ping(address.encode()) in _AWAY
