"""An index of so many passages, of pages of firms that do not exist, as the service's own ingestion makes it.

What ingestion does for a page is done for each. What it does for a request is done once for all: lexemes get
their numbers from this process instead of the database, large tables their indexes at the end, by sorting.
"""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection as End
from multiprocessing.connection import wait
from typing import Any
from unittest.mock import patch

import psycopg

from benchmarks.synthetic_pages import PASSAGES_A_PAGE, pages
from finrisk import documents
from finrisk.db.migration import migrate
from finrisk.index_rows import copy_postings, draft_of, write_pages
from finrisk_rules.page_facts import PageFacts

Connection = psycopg.Connection[Any]

BATCH = 1000
"""Pages a transaction; the limit of postings allows some 1,400."""

SENDERS = 2
"""Processes that make pages and write them."""


class Lexemes:
    """The lexemes of all pages, each with its number, from 1 as they come, and how many pages have it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: dict[str, int] = {}
        self._pages = array("i")

    def add(self, counts: Sequence[tuple[str, int]]) -> list[int]:
        """Return the number of each lexeme that stands on so many more pages."""
        return [self._add(lexeme, count) for lexeme, count in counts]

    def _add(self, lexeme: str, count: int) -> int:
        number = self._numbers.setdefault(lexeme, len(self._numbers) + 1)
        if number > len(self._pages):
            self._pages.append(0)
        self._pages[number - 1] += count
        return number

    def write(self, connection: Connection) -> None:
        """Make them the lexemes of an index that has none."""
        with connection.cursor().copy("copy terms (id, term, pages) from stdin") as copy:
            for (lexeme, number), count in zip(self._numbers.items(), self._pages, strict=True):
                copy.write(f"{number}\t{lexeme}\t{count}\n")
        connection.execute("select setval(pg_get_serial_sequence('terms', 'id'), max(id)) from terms")


def fill(connection: Connection, url: str, passages: int, with_figures: bool = True) -> int:
    """Index pages until there are about so many passages, and return how many pages that took.

    What passages say in figures is half of the work, and no search looks at it: it can be left out. The
    planner gets its statistics at the end, as autovacuum gives them in time. The connection has to be in
    autocommit mode, the database empty.

    Raises:
        RuntimeError: a process that makes pages ended before its last one.
    """
    migrate(connection)
    count = max(1, round(passages / PASSAGES_A_PAGE))
    with _unordered(connection, "postings"), _unordered(connection, "terms"):
        lexemes = Lexemes()
        _send_all(url, count, lexemes, with_figures)
        lexemes.write(connection)
    connection.execute(
        """update corpus set (pages, words, lines) =
               (select count(*), sum(length), sum(cardinality(line_lengths)) from pages)"""
    )
    connection.execute("vacuum analyze")
    return count


def _send_all(url: str, count: int, lexemes: Lexemes, with_figures: bool) -> None:
    context = get_context("spawn")  # a fork would share the connection
    numbers = range(count)
    ends, processes = [], []
    for sender in range(SENDERS):
        ours, theirs = Pipe()
        batches = [numbers[at : at + BATCH] for at in range(sender * BATCH, count, SENDERS * BATCH)]
        process = context.Process(target=_send, args=(theirs, url, batches, with_figures), daemon=True)
        process.start()
        theirs.close()
        ends.append(ours)
        processes.append(process)
    while ends:
        ready = wait(ends)
        for end in [end for end in ends if end in ready]:
            try:
                end.send(lexemes.add(end.recv()))
            except EOFError:
                ends.remove(end)
    for process in processes:
        process.join()
        if process.exitcode:
            raise RuntimeError(
                f"a process that makes pages ended with code {process.exitcode}; see above why"
            )


def _send(end: End, url: str, batches: list[range], with_figures: bool) -> None:
    with ExitStack() as parts:
        if not with_figures:
            parts.enter_context(patch("finrisk.documents.facts_of", return_value=PageFacts((), (), "")))
        connection = parts.enter_context(psycopg.connect(url, autocommit=True))
        cursor = parts.enter_context(connection.cursor())
        for numbers in batches:
            drawn = pages(len(numbers), numbers.start)
            given = [documents.Document(p.id, p.title, p.text, p.company, p.year) for p in drawn]
            draft = draft_of(cursor, documents.indexed(given))
            end.send([(lexeme, len(rows)) for lexeme, rows in draft.postings.items()])
            with connection.transaction():
                documents.write_documents(cursor, [(each, documents.digest_of(each)) for each in given])
                write_pages(cursor, draft.pages)
                copy_postings(cursor, draft.postings, end.recv())


@contextmanager
def _unordered(connection: Connection, table: str) -> Iterator[None]:
    """Take the indexes of a table away, and make them at the end: a sort instead of many insertions."""
    indexes = connection.execute(
        """select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
                  pg_get_constraintdef(c.oid)
           from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
           where i.indrelid = %s::regclass""",
        (table,),
    ).fetchall()
    for index, _, constraint, _ in indexes:
        drop = f"alter table {table} drop constraint {constraint}" if constraint else f"drop index {index}"
        connection.execute(drop.encode())
    yield
    for _, definition, _, constraint in indexes:
        connection.execute((f"alter table {table} add {constraint}" if constraint else definition).encode())
