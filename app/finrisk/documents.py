"""Documents: what the service may quote, and the index that finds it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, tuple_row
from psycopg.types.json import Json

from finrisk.index_rows import Draft, Page, draft_of, write_pages, write_postings
from finrisk_rules.companies import company_key
from finrisk_rules.documents import digest
from finrisk_rules.lexemes import words
from finrisk_rules.page_facts import facts_of, stored, style_of_page
from finrisk_rules.passages import Line, Passage, lines_of, pages_of, passages_of
from finrisk_rules.postings import MOST_POSTINGS, heading, occurrences

ANALYZE_PAGES = 100
ANALYZE_POSTINGS = 50_000
ANALYZE_SHARE = 0.1
"""From so many new rows on, and such a share of the index, the planner's statistics are made at once instead
of by autovacuum: without them a large document was seen to take minutes to delete."""

LOCK = 7235401
"""Advisory lock: one writer of the index at a time, so that counts add up and writers never deadlock."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Document:
    r"""A document as given, its text already redacted. Form feeds (``\f``) in the text separate pages."""

    id: str
    title: str
    text: str
    company: str | None = None
    year: int | None = None
    ticker: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ingestion:
    """How many documents an ingestion added, changed, and left alone because they were the same."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class IndexEntry:
    """A document of the index, without its text."""

    id: str
    title: str
    company: str | None
    year: int | None
    pages: int
    sha256: str
    created_at: datetime
    updated_at: datetime


class TooManyPostingsError(ValueError):
    """The documents would add more than MOST_POSTINGS to the index; nothing of them was written."""


def ingest(connection: Connection, documents: Iterable[Document]) -> Ingestion:
    """Index the documents in one transaction; of several with one id the last counts.

    A document that is already there with the same content is not written again. How long the database may
    take is for the connection to say.

    Raises:
        TooManyPostingsError: the documents are too large together; the database was not asked to write.
        psycopg.Error: the database refuses; nothing is changed then.
    """
    entries = {document.id: (document, digest_of(document)) for document in documents}
    if not entries:
        return Ingestion(0, 0, 0)
    with connection.cursor(row_factory=tuple_row) as cursor:
        digests = _digests(cursor, list(entries))
        pages = indexed(
            document for name, (document, sha256) in entries.items() if digests.get(name) != sha256
        )
        draft = draft_of(cursor, pages)
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        digests = _digests(cursor, list(entries))
        stale = [name for name, (_, sha256) in entries.items() if name in digests and digests[name] != sha256]
        new = [name for name in entries if name not in digests]
        if stale:
            _forget(cursor, stale)
        written = [name for name in entries if digests.get(name) != entries[name][1]]
        if written != list(pages):  # somebody else changed or deleted some meanwhile
            draft = draft_of(
                cursor, {name: pages.get(name) or list(_pages(entries[name][0])) for name in written}
            )
        if written:
            _write(cursor, [entries[name] for name in written], draft)
    return Ingestion(len(new), len(stale), len(entries) - len(new) - len(stale))


def digest_of(document: Document) -> str:
    """Return the digest of everything that was given of a document."""
    return digest(
        document.title, document.company, document.year, document.text, document.ticker, document.labels
    )


def delete(connection: Connection, document_id: str) -> bool:
    """Delete a document and everything that was indexed from it; False when there was none."""
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        _forget(cursor, [document_id])
        cursor.execute("delete from documents where id = %s", (document_id,))
        return cursor.rowcount > 0


def listing(connection: Connection, limit: int = 100, after: str = "") -> list[IndexEntry]:
    """Return documents by id, at most `limit` of them, from the first id behind `after` on."""
    query = """
        select d.id, d.title, d.company, d.year, d.sha256, d.created_at, d.updated_at,
               (select count(*) from pages p where p.document_id = d.id) as pages
        from documents d where d.id > %s order by d.id limit %s"""
    with connection.cursor(row_factory=class_row(IndexEntry)) as cursor:
        return cursor.execute(query, (after, limit)).fetchall()


def _digests(cursor: psycopg.Cursor[tuple[Any, ...]], document_ids: list[str]) -> dict[str, str]:
    """Return the digest of each of these documents that is there."""
    return dict(cursor.execute("select id, sha256 from documents where id = any(%s)", (document_ids,)))


def indexed(documents: Iterable[Document]) -> dict[str, list[Page]]:
    """Return the pages of each document, made before anybody has to wait for the lock.

    Raises TooManyPostingsError.
    """
    result: dict[str, list[Page]] = {}
    postings = 0
    for document in documents:
        result[document.id] = pages = []
        for page in _pages(document):
            pages.append(page)
            postings += len(page.postings)
            if postings > MOST_POSTINGS:
                raise TooManyPostingsError(
                    f"up to page {page.number} of document {document.id!r} there are {postings} entries for "
                    "the index (each different word, and pair of words, of a page is one), the limit is "
                    f"{MOST_POSTINGS}: send fewer documents at a time, and split one that is larger by itself"
                )
    return result


def _forget(cursor: psycopg.Cursor[tuple[Any, ...]], document_ids: list[str]) -> None:
    """Take the documents' pages out of the index; the documents' own rows stay."""
    cursor.execute(
        """update terms t set pages = t.pages - gone.pages
           from (select o.term_id, count(*) as pages from postings o join pages p on p.id = o.page_id
                 where p.document_id = any(%s) group by o.term_id) gone
           where t.id = gone.term_id returning case when t.pages = 0 then t.id end""",
        (document_ids,),
    )
    unused = [row[0] for row in cursor.fetchall() if row[0] is not None]
    cursor.execute("delete from terms where id = any(%s)", (unused,))
    cursor.execute(
        """with gone as (delete from pages where document_id = any(%s) returning length, line_lengths)
           update corpus set pages = corpus.pages - total.pages, words = corpus.words - total.words,
                             lines = corpus.lines - total.lines
           from (select count(*) as pages, coalesce(sum(length), 0) as words,
                        coalesce(sum(cardinality(line_lengths)), 0) as lines from gone) total""",
        (document_ids,),
    )


def _write(
    cursor: psycopg.Cursor[tuple[Any, ...]],
    documents: Sequence[tuple[Document, str]],
    draft: Draft,
) -> None:
    """Write documents and their pages."""
    write_documents(cursor, documents)
    write_pages(cursor, draft.pages)
    write_postings(cursor, draft.postings)
    pages = [page for _, _, page in draft.pages]
    cursor.execute(
        "update corpus set pages = pages + %s, words = words + %s, lines = lines + %s returning pages",
        (len(pages), sum(page.length for page in pages), sum(len(page.line_lengths) for page in pages)),
    )
    (total,) = cursor.fetchone() or (0,)
    is_large = len(pages) >= ANALYZE_PAGES or sum(len(page.postings) for page in pages) >= ANALYZE_POSTINGS
    if is_large and len(pages) >= ANALYZE_SHARE * total:
        cursor.execute("analyze documents, pages, passages, terms, postings")


def write_documents(
    cursor: psycopg.Cursor[tuple[Any, ...]], documents: Sequence[tuple[Document, str]]
) -> None:
    """Write documents, each with its digest."""
    cursor.execute(
        """insert into documents (id, title, company, company_key, ticker_key, year, labels, sha256)
           select * from json_to_recordset(%s) as given (
               id text, title text, company text, company_key text, ticker_key text, year integer,
               labels text[], sha256 text)
           on conflict (id) do update set title = excluded.title, company = excluded.company,
               company_key = excluded.company_key, ticker_key = excluded.ticker_key, year = excluded.year,
               labels = excluded.labels, sha256 = excluded.sha256, updated_at = now()""",
        (Json([_row(document, sha256) for document, sha256 in documents]),),
    )


def _row(document: Document, sha256: str) -> dict[str, object]:
    return {
        "id": document.id,
        "title": document.title,
        "company": document.company,
        "company_key": company_key(document.company or "") or None,
        "ticker_key": company_key(document.ticker or "") or None,
        "year": document.year,
        "labels": document.labels,
        "sha256": sha256,
    }


def _pages(document: Document) -> Iterator[Page]:
    pages = enumerate(pages_of(document.text), start=1)
    return (_page(document, number, sheet, text) for number, (sheet, text) in pages)


def _page(document: Document, number: int, sheet: int, text: str) -> Page:
    lines = lines_of(text)
    first = heading(document.title, document.company, document.year)
    by_line = [words(line) for line in (first, *(line.text for line in lines))]
    line_lengths = [len(sequence) for sequence in by_line]
    shifted = [Passage(p.text, p.kind, p.first_line + 1, p.last_line + 1) for p in passages_of(lines)]
    return Page(
        number,
        sheet,
        text,
        shifted,
        list(_facts(text, lines, shifted)),
        sum(line_lengths),
        line_lengths,
        occurrences(by_line),
    )


def _facts(text: str, lines: Sequence[Line], passages: Sequence[Passage]) -> Iterator[str]:
    """Yield what each passage says in figures; the text above it may say the unit of its tables."""
    style, above, read = style_of_page(text), "", 0
    for passage in passages:
        above = "\n".join([above, *(line.text for line in lines[read : passage.first_line - 2])])
        read = passage.first_line - 2
        yield stored(facts_of(passage.text, above, style))
