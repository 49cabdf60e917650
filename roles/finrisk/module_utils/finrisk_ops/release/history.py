"""The table ``releases``: who released what, when and why; rows are added and never changed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from finrisk_rules.chain import Break, Content, Link, canonical, first_break, link

from ..database import connect, query_error
from ..errors import FinriskError
from .records import APART, CAME_TO_NOTHING, SHOWN, Entry, Ledger, Record, from_content, settled, shown

if TYPE_CHECKING:
    import psycopg

STATEMENT_SECONDS = 3

_JSON = ("identity", "figures")
_COLUMNS = tuple(each.name for each in fields(Record) if each.name not in APART)
_ADD = (
    f"insert into releases ({', '.join(_COLUMNS)}) "  # noqa: S608 - names of this program's fields
    f"values ({', '.join(f'%({name})s' for name in _COLUMNS)}) on conflict (id) do nothing returning *"
)
_LATEST = f"""select {", ".join(_COLUMNS)} from (select *, row_number() over (
        partition by outcome = any(%s) order by number desc nulls last, id desc) as place
    from releases left join release_links on release = id) as every
    where place <= {SHOWN} order by number desc nulls last, id desc"""  # noqa: S608 - as above
"""In the order of their links: a moment, and an id too, is of a clock that somebody may have set back."""


_LOCK = "lock table release_links in share row exclusive mode"
_LINKS = "select number, release::text as release, hash from release_links order by number"
_THESE = "select * from releases where id = any(%s::uuid[])"
_LINK = "insert into release_links (number, release, hash) values (%s, %s, %s)"


@dataclass(frozen=True)
class Audit:
    """The chain of releases as the table has it: its links in order, and the first break, if any."""

    links: list[Link]
    problem: Break | None


def take_over(ledger: Ledger, database_url: str, now: float) -> int:
    """Bring the records that wait where releases are made into the table, each once; return how many.

    ``now`` is in seconds since 1970. A record leaves its place after its row is committed, so that a run
    that is killed in between only does it again; one that the table does not take, since somebody edited it
    or a newer FinRisk says more of it, stays where it is and keeps no other back. Each row gets its link of
    the chain in the same transaction, and the links go into the copy beside afterwards. Raises FinriskError
    when the table cannot be reached.
    """
    oldest_first = reversed(ledger.records())
    waiting = [record for each in oldest_first if not each.more and (record := settled(each, now))]
    if not waiting:
        return 0
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            connection.execute(_LOCK)
            links = _links(connection)
            links += _first_links(connection) if not links else []
            taken = [record for record in waiting if _add(connection, record, links)]
            connection.commit()
            _copy(ledger, connection, links)
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    ledger.remove(record.id for record in taken)
    return len(taken)


def latest(database_url: str) -> list[Record]:
    """Return the rows of a page, the newest first; raises FinriskError when the table cannot be read."""
    import psycopg
    from psycopg.rows import dict_row

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            with connection.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(_LATEST.encode(), (list(CAME_TO_NOTHING),)).fetchall()
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    texts = [row | {"id": str(row["id"]), "at": row["at"].isoformat(timespec="milliseconds")} for row in rows]
    return shown(record for record in map(from_content, texts) if record)


def audit(ledger: Ledger, database_url: str) -> Audit:
    """Return the chain, held against the copy beside; raises FinriskError when the table cannot be read."""
    import psycopg
    from psycopg.rows import dict_row

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            connection.execute("set transaction isolation level repeatable read")
            with connection.cursor(row_factory=dict_row) as cursor:
                contents = cursor.execute("select * from releases").fetchall()
            links = _links(connection)
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    return Audit(links, first_break(contents, links, ledger.links()))


def _links(connection: psycopg.Connection) -> list[Link]:
    return [Link(*row) for row in connection.execute(_LINKS)]


def _first_links(connection: psycopg.Connection) -> list[Link]:
    """Give links to the releases of a schema without a chain, in the order of their moments; return them."""
    from psycopg.rows import dict_row

    links: list[Link] = []
    with connection.cursor(row_factory=dict_row) as cursor:
        for content in cursor.execute("select * from releases order by id").fetchall():
            _append(connection, links, content)
    return links


def _append(connection: psycopg.Connection, links: list[Link], content: Content) -> None:
    made = link(links[-1] if links else None, content)
    connection.execute(_LINK, (made.number, made.release, made.hash))
    links.append(made)


def _copy(ledger: Ledger, connection: psycopg.Connection, links: list[Link]) -> None:
    """Bring what the copy has not into it: also the links of a run that ended before it came to that.

    A copy that cannot be written keeps no record back: the next run completes it. Nor does a release that
    somebody removed by hand: its link stays out of the copy, and the chain tells of it.
    """
    from psycopg.rows import dict_row

    with suppress(FinriskError, OSError):
        known = max((each.number for each in ledger.links()), default=0)
        new = [each for each in links if each.number > known]
        with connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(_THESE, ([each.release for each in new],))
            contents = {str(row["id"]): canonical(row) for row in cursor}
        if entries := [Entry(each, contents[each.release]) for each in new if each.release in contents]:
            ledger.keep(entries)


def _add(connection: psycopg.Connection, record: Record, links: list[Link]) -> bool:
    """Say whether the table has the record now; a new row is linked."""
    import psycopg
    from psycopg.rows import dict_row

    try:
        with connection.transaction():
            with connection.cursor(row_factory=dict_row) as cursor:
                content = cursor.execute(_ADD.encode(), _row(record)).fetchone()
            if content:
                _append(connection, links, content)
    except (psycopg.DataError, psycopg.IntegrityError):
        return False
    return True


def _row(record: Record) -> dict[str, Any]:
    from psycopg.types.json import Jsonb

    values = {name: getattr(record, name) for name in _COLUMNS}
    return values | {name: None if values[name] is None else Jsonb(values[name]) for name in _JSON}
