"""The table ``releases``: who released what, when and why; rows are added and never changed."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ..database import connect, query_error
from .records import Ledger, Record, from_content, newest_first, settled

if TYPE_CHECKING:
    import psycopg

SHOWN = 10
STATEMENT_SECONDS = 3

_JSON = ("identity", "figures")
_COLUMNS = tuple(each.name for each in fields(Record) if each.name != "runner")
_ADD = (
    f"insert into releases ({', '.join(_COLUMNS)}) "  # noqa: S608 - names of this program's fields
    f"values ({', '.join(f'%({name})s' for name in _COLUMNS)}) on conflict (id) do nothing"
)
_LATEST = f"select {', '.join(_COLUMNS)} from releases order by id desc limit {SHOWN}"  # noqa: S608 - as above


def take_over(ledger: Ledger, database_url: str, now: float) -> int:
    """Bring the records that wait where releases are made into the table, each once; return how many.

    ``now`` is in seconds since 1970. A record leaves its place after its row is committed, so that a run
    that is killed in between only does it again; one that the table does not take, since somebody edited it,
    stays where it is and keeps no other back. Raises FinriskError when the table cannot be reached.
    """
    waiting = [record for each in ledger.records() if (record := settled(each, now))]
    if not waiting:
        return 0
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            taken = [record for record in waiting if _add(connection, record)]
            connection.commit()
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    ledger.remove(record.id for record in taken)
    return len(taken)


def latest(database_url: str) -> list[Record]:
    """Return the last ten rows, the newest first; raises FinriskError when the table cannot be read."""
    import psycopg
    from psycopg.rows import dict_row

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            with connection.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(_LATEST.encode()).fetchall()
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    texts = [row | {"id": str(row["id"]), "at": row["at"].isoformat(timespec="milliseconds")} for row in rows]
    return newest_first(map(from_content, texts))


def _add(connection: psycopg.Connection, record: Record) -> bool:
    """Say whether the table has the record now."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute(_ADD.encode(), _row(record))
    except (psycopg.DataError, psycopg.IntegrityError):
        return False
    return True


def _row(record: Record) -> dict[str, Any]:
    from psycopg.types.json import Jsonb

    values = {name: getattr(record, name) for name in _COLUMNS}
    return values | {name: None if values[name] is None else Jsonb(values[name]) for name in _JSON}
