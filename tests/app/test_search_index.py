"""The index of the search benchmark, filled at once, is the one that ingestion makes page by page."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from benchmarks import search_index
from benchmarks.synthetic_pages import PASSAGES_A_PAGE, pages
from finrisk import documents
from finrisk.documents import Document
from finrisk_rules.page_facts import PageFacts, stored

Connection = psycopg.Connection[Any]

COUNT = 50
ROWS = {
    "documents": "select id, title, company, company_key, ticker_key, year, labels, sha256 from documents",
    "pages": "select document_id, number, sheet, text, length, line_lengths from pages",
    "passages": """select p.document_id, p.number, s.number, s.kind, s.text, s.facts,
                          s.first_line, s.last_line, s.length
                   from passages s join pages p on p.id = s.page_id""",
    "terms": "select term, pages from terms",
    "postings": """select t.term, p.document_id, p.number, o.tf, o.length, o.lines
                   from postings o join terms t on t.id = o.term_id join pages p on p.id = o.page_id""",
    "corpus": "select pages, words, lines from corpus",
    "indexes": "select indexdef from pg_indexes where schemaname = current_schema",
}


def given(first: int, count: int) -> list[Document]:
    return [Document(p.id, p.title, p.text, p.company, p.year) for p in pages(count, first)]


def contents(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(connection.execute(query.encode()).fetchall()) for name, query in ROWS.items()}


@pytest.mark.parametrize("with_figures", [True, False])
def test_an_index_filled_at_once_is_what_ingestion_makes(
    new_database: Callable[[bool], str], monkeypatch: pytest.MonkeyPatch, with_figures: bool
) -> None:
    monkeypatch.setattr(search_index, "BATCH", 7)
    ingested_url, filled_url = new_database(True), new_database(False)
    with (
        psycopg.connect(ingested_url, autocommit=True) as ingested,
        psycopg.connect(filled_url, autocommit=True) as filled,
    ):
        documents.ingest(ingested, given(0, COUNT))
        assert search_index.fill(filled, filled_url, round(COUNT * PASSAGES_A_PAGE), with_figures) == COUNT
        if not with_figures:
            ingested.execute("update passages set facts = %s", (stored(PageFacts((), (), "")),))
        assert contents(filled) == contents(ingested)
        for connection in (ingested, filled):
            documents.ingest(connection, given(COUNT - 2, 10))
        assert contents(filled) == contents(ingested)
