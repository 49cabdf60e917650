"""In a large index a search reads no more rows, and still finds what says a common word most."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from finrisk import documents, retrieval
from finrisk.documents import Document
from finrisk.retrieval import SearchResult, search

Connection = psycopg.Connection[Any]

COMMON = "liquidity credit market currency interest hedge swap maturity covenant collateral"
YEARS = (2021, 2022, 2023)
FIRM_PAGES = 1_900
EMPHATIC = Document(
    "emphatic",
    "Note",
    "Covenant, collateral. Covenant and collateral, covenant or collateral.",
    "Acme",
    2022,
    labels=(),
)


def survey(name: str, first: int, last: int, year: int | None = None, label: str = "") -> Document:
    """Return a document whose pages all say the same words once, and a number of their own."""
    text = "\f".join(f"{COMMON} number {number}" for number in range(first, last))
    return Document(name, "Survey", text, None, year, labels=(label,) if label else ())


@pytest.fixture(scope="module")
def large_url(new_database: Callable[[bool], str]) -> str:
    """An index where each of the common words is on more pages than a search reads whole."""
    url = new_database(True)
    with psycopg.connect(url, autocommit=True) as connection:
        surveys = [survey(f"survey-{year}", 0, FIRM_PAGES, year) for year in YEARS]
        documents.ingest(connection, [EMPHATIC, *surveys, survey("secret", 0, FIRM_PAGES, 2022, "board")])
        connection.execute("vacuum analyze")
    return url


@pytest.fixture
def large(large_url: str) -> Iterator[Connection]:
    """A connection to it; whatever a test does to it is undone."""
    with (
        psycopg.connect(large_url, autocommit=True) as connection,
        connection.transaction(force_rollback=True),
    ):
        yield connection


def ids(result: SearchResult) -> list[str]:
    return [page.document_id for page in result.pages]


def places(result: SearchResult) -> list[tuple[str, int]]:
    return [(page.document_id, page.page) for page in result.pages]


def rows_read(
    connection: Connection, question: str, year: int | None = None, labels: tuple[str, ...] = ()
) -> int:
    """Return how many rows of tables a search reads."""
    query = """select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::integer
               from pg_stat_xact_user_tables"""
    with connection.transaction():
        [(before,)] = connection.execute(query).fetchall()
        assert search(connection, question, None, year, 5, 5, labels).pages
        [(after,)] = connection.execute(query).fetchall()
    return int(after - before)


def test_of_pages_that_all_say_a_word_the_one_that_says_it_most_comes_first(large: Connection) -> None:
    assert ids(search(large, "covenant and collateral", None, None, 5, 5, ("board",)))[0] == "emphatic"
    assert (
        ids(search(large, "covenant and collateral of number 77", None, None, 5, 5, ("board",)))[-1]
        != "emphatic"
    )


def test_words_that_every_page_says_once_find_pages(large: Connection) -> None:
    assert len(search(large, "maturity of interest", None, None, 20, 5, ("board",)).pages) == 20


def test_words_that_stand_everywhere_find_what_passes_though_better_and_newer_pages_do_not(
    large: Connection,
) -> None:
    of_the_oldest = search(large, "maturity of interest", None, YEARS[0], 20, 5)
    assert set(ids(of_the_oldest)) == {"survey-2021"}
    assert len(of_the_oldest.pages) == 20
    large.execute("update documents set labels = '{board}' where id <> 'survey-2021'")
    assert len(search(large, "maturity of interest", None, None, 20, 5).pages) == 20


@pytest.mark.parametrize("number", [12, 60])
def test_words_that_stand_everywhere_find_what_passes_though_rarer_ones_stand_on_nothing_that_does(
    large: Connection, number: int
) -> None:
    animals = "zebra okapi tapir lemur gecko bison otter heron raven stoat dingo moose".split()
    rarer = [f"{animal}{letter}" for letter in "aqxvz" for animal in animals][:number]
    text = "\f".join(f"{' '.join(rarer)} {number}" for number in range(1_800))
    documents.ingest(large, [Document("zoo", "Zoo", text, None, YEARS[-1])])
    for year in YEARS[:-1]:
        found = search(large, f"{' '.join(rarer[::-1])} and maturity of interest", None, year, 20, 5)
        assert len(found.pages) == 20
        assert "zoo" not in ids(found)


@pytest.mark.parametrize("narrow", [0, retrieval.NARROW, 10**6])
def test_a_filter_lets_the_same_pass_however_many_pages_that_is(
    large: Connection, monkeypatch: pytest.MonkeyPatch, narrow: int
) -> None:
    monkeypatch.setattr(retrieval, "NARROW", narrow)
    for question in ("covenant and collateral", "number 77 of the survey", "maturity of interest"):
        of_2022 = search(large, question, None, 2022, 20, 5)
        assert len(of_2022.pages) == 20
        assert set(ids(of_2022)) <= {"emphatic", "survey-2022"}
        assert "secret" not in ids(search(large, question, None, None, 60, 5))
        assert set(ids(search(large, question, "Acme", None, 5, 5))) <= {"emphatic"}
    assert ids(search(large, "covenant and collateral", None, 2022, 5, 5))[0] == "emphatic"
    assert places(search(large, "number 77", None, 2022, 5, 5))[0] == ("survey-2022", 78)
    both = {("secret", 78), ("survey-2022", 78)}
    assert set(places(search(large, "number 77", None, 2022, 5, 5, ("board",)))[:2]) == both
    assert search(large, "covenant and collateral", None, 1999, 5, 5) == SearchResult((), ())


def test_what_is_replaced_or_deleted_is_best_of_nothing(large: Connection) -> None:
    documents.ingest(large, [Document(EMPHATIC.id, EMPHATIC.title, "Nothing of that kind.", "Acme", 2022)])
    assert "emphatic" not in ids(search(large, "covenant and collateral", None, None, 20, 5))
    documents.ingest(large, [EMPHATIC])
    assert ids(search(large, "covenant and collateral", None, None, 5, 5))[0] == "emphatic"
    documents.delete(large, EMPHATIC.id)
    assert "emphatic" not in ids(search(large, "covenant and collateral", None, None, 20, 5))


@pytest.mark.parametrize(
    ("year", "labels"), [(None, ("board",)), (2022, ("board",)), (None, ())], ids=["open", "year", "labels"]
)
def test_a_search_reads_so_many_rows_and_no_more(
    large: Connection, year: int | None, labels: tuple[str, ...]
) -> None:
    for question in (f"{COMMON} 7", COMMON, "covenant"):
        read = rows_read(large, question, year, labels)
        assert read < 15_000, question


def test_of_many_documents_with_labels_that_may_all_be_read_a_search_reads_so_many_rows_and_no_more(
    large: Connection,
) -> None:
    large.execute(
        """insert into documents (id, title, sha256, labels)
           select 'note-' || n, 'Note', n::text, '{desk}' from generate_series(1, 20000) n"""
    )
    large.execute("analyze documents")
    assert rows_read(large, COMMON, None, ("board", "desk")) < 15_000
    assert "secret" not in ids(search(large, COMMON, None, None, 20, 5, ("desk",)))
    hidden_from = rows_read(large, COMMON, None, ("none",))
    assert 20_000 < hidden_from < 20_000 + 15_000, "each document is looked at once"


def test_a_search_of_eight_times_the_pages_does_not_read_eight_times_the_rows(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        read = []
        for first, last in ((0, 1_000), (1_000, 8_000)):
            documents.ingest(connection, [survey(f"survey-{last}", first, last)])
            connection.execute("vacuum analyze")
            read.append(rows_read(connection, f"{COMMON} 7"))
    assert read[0] > 1_000
    assert read[1] < 1.5 * read[0], read
