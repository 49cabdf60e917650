"""The rows of a user or a document, in the database."""

from __future__ import annotations

from collections.abc import Collection
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
_COUNT = "(select count(*) from {table} where {rows})"
_GONE = "(select count(*) from {table}_gone)"
_DELETE = "{table}_gone as (delete from {table} where {rows} returning 1)"
_MODELS = """
    select coalesce(job ->> 'tuned_model_name', job_name, job ->> 'display_name', spec_id) from tuning_jobs
    where spec ->> 'training_sha256' = any(%(hashes)s) or spec ->> 'validation_sha256' = any(%(hashes)s)
    order by created_at"""
_STATEMENT_SECONDS = 600


@dataclass(frozen=True)
class Kept:
    """How many rows of each table were removed, or would be, and whether the index holds the document."""

    rows: dict[str, int]
    is_indexed: bool


def erase(database_url: str, subject: Subject, *, check: bool) -> Kept:
    """Remove the subject's rows in one statement, so that all of them go or none; in check mode count them.

    Raises FinriskError when the database cannot be asked.
    """
    statement = _counting(subject) if check else _deleting(subject)
    [counts], [indexed] = asked(
        database_url,
        (statement, {"name": subject.user or subject.document}),
        ("select exists (select from documents where id = %(name)s)", {"name": subject.document}),
    )
    return Kept(
        {table: int(str(count)) for table, count in zip(TABLES, counts, strict=True)}, bool(indexed[0])
    )


def models(database_url: str, hashes: Collection[str]) -> list[str]:
    """Return the models that were tuned on files with these SHA-256, and jobs that have none yet, by name."""
    if not hashes:
        return []
    [rows] = asked(database_url, (_MODELS, {"hashes": list(hashes)}))
    return [str(row[0]) for row in rows]


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

    with database.connect(database_url, statement_timeout_seconds=seconds) as connection:
        try:
            return [connection.execute(text.encode(), values).fetchall() for text, values in statements]
        except psycopg.Error as error:
            raise database.query_error(error, database_url) from None
