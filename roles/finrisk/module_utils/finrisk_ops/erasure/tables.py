"""The rows of a user or a document, in the database."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from .. import database
from .subject import Subject

_OF_USER = """
    select id from analyses where user_hash = %(name)s
    union select unnest(array[id, request_id]) from training_data where user_id = %(name)s"""
_OF_DOCUMENT = """
    select id from analyses where documents @> array[%(name)s]
    union select unnest(array[id, request_id]) from training_data
    where sources @> jsonb_build_array(jsonb_build_object('document_id', %(name)s::text))"""
_BY_REQUEST = {
    "analyses": "id in (select id from requests)",
    "training_data": "id in (select id from requests) or request_id in (select id from requests)",
    "feedback": "request_id in (select id from requests)",
}
TABLES = tuple(_BY_REQUEST)
_LOCK = """
    select 1 from exposures join stages on stages.id = stage_id
    where (person, unit) in (
        select coalesce(user_hash, unit_hash), unit_hash from analyses where id in (select id from requests))
    order by experiment collate "C", revision collate "C", unit for update of exposures"""
"""The sums that change are taken in the order in which the service takes them (``finrisk.shipping``)."""
_IDS = "select id::text from requests where id is not null"
_COUNT = "(select count(*) from {table} where {rows})"
_GONE = "(select count(*) from {table}_gone)"
_DELETE = "{table}_gone as (delete from {table} where {rows} returning 1)"
_STATEMENT_SECONDS = 600
_NEAR = 3
"""How many ids are named in place of one that there is not."""


@dataclass(frozen=True)
class Kept:
    """How many rows of each table were removed, or would be, and whether the index holds the document."""

    rows: dict[str, int]
    is_indexed: bool


def erase(database_url: str, subject: Subject, *, check: bool) -> Kept:
    """Remove the subject's rows in one statement, so that all of them go or none; in check mode count them.

    Raises FinriskError when the database cannot be asked.
    """
    name: dict[str, object] = {"name": subject.user or subject.document}
    rows = [_counting(subject)] if check else [f"{_requests(subject)} {_LOCK}", _deleting(subject)]
    *_, [counts], [indexed] = asked(
        database_url,
        *((statement, name) for statement in rows),
        ("select exists (select from documents where id = %(name)s)", {"name": subject.document}),
    )
    return Kept(
        {table: int(str(count)) for table, count in zip(TABLES, counts, strict=True)}, bool(indexed[0])
    )


def requests(database_url: str, subject: Subject) -> list[str]:
    """Return the ids of the subject's requests.

    Raises FinriskError when the database cannot be asked.
    """
    [rows] = asked(database_url, (f"{_requests(subject)} {_IDS}", {"name": subject.user or subject.document}))
    return [str(row[0]) for row in rows]


def near(database_url: str, document: str) -> list[str]:
    """Return the ids of the index that are most like this one; those that contain it come first.

    Raises FinriskError when the database cannot be asked.
    """
    [rows] = asked(database_url, ("select id from documents order by id", {}))
    ids = [str(row[0]) for row in rows]
    wanted = document.lower()
    longer = [each for each in ids if wanted in each.lower()]
    return list(dict.fromkeys([*longer, *difflib.get_close_matches(document, ids, n=_NEAR)]))[:_NEAR]


def _requests(subject: Subject) -> str:
    return f"with requests as ({_OF_USER if subject.user else _OF_DOCUMENT})"


def _counting(subject: Subject) -> str:
    counts = [_COUNT.format(table=table, rows=rows) for table, rows in _BY_REQUEST.items()]
    return f"{_requests(subject)} select {', '.join(counts)}"


def _deleting(subject: Subject) -> str:
    deletions = [_DELETE.format(table=table, rows=rows) for table, rows in _BY_REQUEST.items()]
    counts = [_GONE.format(table=table) for table in TABLES]
    return f"{', '.join([_requests(subject), *deletions])} select {', '.join(counts)}"


def asked(
    database_url: str, *statements: tuple[str, dict[str, object]], seconds: int = _STATEMENT_SECONDS
) -> list[list[tuple[object, ...]]]:
    """Return the rows of each statement, all of them in one transaction.

    Raises FinriskError when the database cannot be asked, or not within these seconds.
    """
    import psycopg  # only this module pays for the import

    try:
        with database.connect(database_url, statement_timeout_seconds=seconds) as connection:
            return [connection.execute(text.encode(), values).fetchall() for text, values in statements]
    except psycopg.Error as error:  # the commit's too
        raise database.query_error(error, database_url) from None
