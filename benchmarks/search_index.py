"""An index of so many passages, of pages of firms that do not exist, made by the service's own ingestion."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from benchmarks.synthetic_pages import PASSAGES_A_PAGE, pages
from finrisk import documents
from finrisk.db.migration import migrate

Connection = psycopg.Connection[Any]

BATCH = 1000
"""Pages a transaction; the limit of postings allows some 1,400."""

SENDERS = 2
"""While PostgreSQL writes the pages of one, the other makes its next."""


def fill(connection: Connection, url: str, passages: int) -> int:
    """Index pages until there are about so many passages, and return how many pages that took.

    The planner gets its statistics at the end, as autovacuum gives them in time. The connection has to be in
    autocommit mode, the database empty.
    """
    migrate(connection)
    count = max(1, round(passages / PASSAGES_A_PAGE))
    with _postings_unordered(connection), ThreadPoolExecutor(SENDERS) as pool:
        for _ in pool.map(partial(_send, url, count), range(0, count, BATCH)):
            pass
    connection.execute("vacuum analyze")
    return count


def _send(url: str, count: int, first: int) -> None:
    drawn = pages(min(BATCH, count - first), first)
    with psycopg.connect(url, autocommit=True) as connection:
        documents.ingest(
            connection, (documents.Document(p.id, p.title, p.text, p.company, p.year) for p in drawn)
        )


@contextmanager
def _postings_unordered(connection: Connection) -> Iterator[None]:
    """Take the indexes of the postings away, and make them at the end: a sort instead of many insertions."""
    indexes = connection.execute(
        """select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
                  pg_get_constraintdef(c.oid)
           from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
           where i.indrelid = 'postings'::regclass"""
    ).fetchall()
    for index, _, constraint, _ in indexes:
        drop = f"alter table postings drop constraint {constraint}" if constraint else f"drop index {index}"
        connection.execute(drop.encode())
    yield
    for _, definition, _, constraint in indexes:
        connection.execute((f"alter table postings add {constraint}" if constraint else definition).encode())
