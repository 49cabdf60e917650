"""Rows of the index: what of a document's pages goes into which table, and how it is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import psycopg

from finrisk_rules.passages import Passage

TITLE_WEIGHT = 2.0
"""What an occurrence in the title (with company and year) counts; one in the text counts 1."""

COPY_TERMS = 2000

Cursor = psycopg.Cursor[tuple[Any, ...]]


@dataclass(frozen=True)
class Page:
    """A page as it goes into the index: its text, its passages, and where its terms are."""

    number: int
    sheet: int  # as the document counts its pages; a long one is cut into several of ours
    text: str
    passages: list[Passage]
    facts: list[str]  # of each passage, as stored
    length: int  # words that count, title included
    line_lengths: list[int]
    postings: dict[str, str]  # lexeme -> the line of each occurrence: "1,4,4"


@dataclass(frozen=True)
class Draft:
    """What is written of documents, made before anybody has to wait for the lock."""

    pages: list[tuple[int, str, Page]]  # id of the page, id of its document
    postings: dict[str, list[str]]  # of each lexeme, in order, as COPY reads them behind its id


def draft_of(cursor: Cursor, by_document: Mapping[str, list[Page]]) -> Draft:
    """Return what is written of these documents' pages, which get their ids here."""
    cursor.execute(
        "select nextval(pg_get_serial_sequence('pages', 'id'))::integer from generate_series(1, %s)",
        (sum(map(len, by_document.values())),),
    )
    ids = (number for (number,) in cursor.fetchall())
    pages = [(next(ids), name, page) for name, of_it in by_document.items() for page in of_it]
    return Draft(pages, _posting_rows(pages))


def write_pages(cursor: Cursor, rows: Sequence[tuple[int, str, Page]]) -> None:
    """Write pages, each with its id and that of its document, and their passages."""
    with cursor.copy(
        "copy pages (id, document_id, number, sheet, text, length, line_lengths) from stdin"
    ) as copy:
        for page_id, document_id, page in rows:
            lengths = (page.length, page.line_lengths)
            copy.write_row((page_id, document_id, page.number, page.sheet, page.text, *lengths))
    with cursor.copy(
        "copy passages (page_id, number, kind, text, facts, first_line, last_line, length) from stdin"
    ) as copy:
        for page_id, _, page in rows:
            for number, (passage, facts) in enumerate(zip(page.passages, page.facts, strict=True), start=1):
                length = sum(page.line_lengths[passage.first_line - 1 : passage.last_line])
                place = (passage.first_line, passage.last_line, length)
                copy.write_row((page_id, number, passage.kind, passage.text, facts, *place))


def write_postings(cursor: Cursor, rows: Mapping[str, list[str]]) -> None:
    """Write postings, and the terms that are new; each term counts its pages.

    A known term keeps its id: a default would take one for each of them, and ids are 32 bits.
    """
    terms = list(rows)
    cursor.execute(
        """with given (term, pages) as (
               select * from unnest(string_to_array(%s, E'\\n'), string_to_array(%s, ',')::integer[])),
           written as (
               insert into terms (id, term, pages)
               select coalesce(terms.id, nextval(pg_get_serial_sequence('terms', 'id'))), term, given.pages
               from given left join terms using (term)
               on conflict (term) do update set pages = terms.pages + excluded.pages returning term, id)
           select coalesce(string_agg(id::text, ',' order by term), '') from written""",
        ("\n".join(terms), ",".join([str(len(rows[term])) for term in terms])),  # rows and arrays are slow
    )
    (ids,) = cursor.fetchone() or ("",)
    copy_postings(cursor, rows, map(int, filter(None, ids.split(","))))


def copy_postings(cursor: Cursor, rows: Mapping[str, list[str]], ids: Iterable[int]) -> None:
    """Write postings, given the ids of their terms in the same order."""
    by_id = sorted(zip(ids, rows, strict=True))
    ordered = (f"{term_id}\t" + f"{term_id}\t".join(rows[term]) for term_id, term in by_id)
    with cursor.copy("copy postings (term_id, page_id, tf, length, lines) from stdin") as copy:
        while block := "".join(islice(ordered, COPY_TERMS)):  # each write waits for the connection anew
            copy.write(block)


def _posting_rows(pages: Sequence[tuple[int, str, Page]]) -> dict[str, list[str]]:
    """Return each term's postings, as COPY reads them behind the id of the term."""
    rows: dict[str, list[str]] = defaultdict(list)
    for page_id, _, page in pages:
        made: dict[str, str] = {}  # most terms are once on their page, so on a line many rows are alike
        for term, lines in page.postings.items():
            row = made.get(lines) or made.setdefault(lines, _posting_row(page_id, page.length, lines))
            rows[term].append(row)
    return {term: rows[term] for term in sorted(rows)}


def _posting_row(page_id: int, length: int, lines: str) -> str:
    places = lines.split(",")
    tf = len(places) + (TITLE_WEIGHT - 1) * places.count("1")
    return f"{page_id}\t{tf}\t{length}\t{{{lines}}}\n"
