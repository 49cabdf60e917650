"""Documents go in once, are found by what they say, and leave no trace when they go."""

import threading
from collections.abc import Iterator
from typing import Any, Self

import psycopg
import pytest

from finrisk import documents
from finrisk.documents import Document, Ingestion
from finrisk.retrieval import SearchResult, search

Connection = psycopg.Connection[Any]

TABLE = (
    "| Item | 2023 | 2022 |\n| --- | --- | --- |\n| Inventory write-downs | 41.7 | 12.3 |\n| Other | 3 | 4 |"
)
ACME_2022 = Document(
    "acme-2022",
    "Acme annual report",
    "Liquidity risk: the revolving credit facility of $250 million matures in 2024.\n"
    "Currency risk is hedged with forward contracts.",
    "Acme Corp.",
    2022,
)
ACME_2023 = Document(
    "acme-2023",
    "Acme annual report",
    "Liquidity risk: the revolving credit facility was repaid.\n"
    f"Write-downs in millions:\n{TABLE}\nCyber incidents cost little.\f"
    "Second page: goodwill impairment of the Brazilian unit was 88.1 million.",
    "Acme Corp.",
    2023,
)
ZENITH = Document(
    "zenith-2023",
    "Zenith filing",
    "Credit risk: loans past due rose. Market risk: interest rate swaps hedge floating debt.\n"
    "The facility of credit lines is revolving around suppliers' inventory.",
    "Zenith plc",
    2023,
)
UNNAMED = Document("note", "Pension note", "The discount rate of the pension plan was 4.75 percent.")
ALL = [ACME_2022, ACME_2023, ZENITH, UNNAMED]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def filled(connection: Connection) -> Connection:
    documents.ingest(connection, ALL)
    return connection


def ids(found: SearchResult) -> list[str]:
    return [page.document_id for page in found.pages]


def rows(connection: Connection, table: str) -> int:
    answer = connection.execute(f"select count(*) from {table}".encode()).fetchone()  # noqa: S608 - names below
    assert answer is not None
    return int(answer[0])


def index_rows(connection: Connection) -> dict[str, int]:
    return {name: rows(connection, name) for name in ("documents", "pages", "passages", "postings", "terms")}


def counts(connection: Connection) -> list[tuple[Any, ...]]:
    """The sums that ingestion keeps, beside the same sums counted anew."""
    return connection.execute(
        """select pages, words, lines, (select sum(pages) from terms) from corpus union
           select (select count(*) from pages), (select coalesce(sum(length), 0) from pages),
                  (select coalesce(sum(cardinality(line_lengths)), 0) from pages),
                  (select nullif(count(*), 0) from postings)"""
    ).fetchall()


def test_the_page_that_names_the_figure_ranks_first_and_its_passage_says_it(filled: Connection) -> None:
    found = search(filled, "What was the goodwill impairment of the Brazilian unit?", None, None, 5, 3)
    assert (found.pages[0].document_id, found.pages[0].page) == ("acme-2023", 2)
    assert found.passages[0].n == 1
    assert "88.1 million" in found.passages[0].text
    assert (found.passages[0].company, found.passages[0].year) == ("Acme Corp.", 2023)


def test_a_figure_itself_finds_its_page(filled: Connection) -> None:
    assert ids(search(filled, "Where does 4.75 come from?", None, None, 5, 3))[0] == "note"


def test_a_table_is_returned_whole_with_its_title(filled: Connection) -> None:
    found = search(filled, "inventory write-downs in 2023", None, None, 3, 1)
    assert found.passages[0].text == f"Write-downs in millions:\n{TABLE}"


def test_two_words_side_by_side_beat_the_same_words_apart(connection: Connection) -> None:
    together = Document("b", "Report", "The interest rate swap hedges loans. Our margin is thin.")
    apart = Document("a", "Report", "The swap hedges the rate of loan interest. Our margin is thin.")
    documents.ingest(connection, [apart, together])
    found = search(connection, "interest rate swap", None, None, 2, 2)
    assert ids(found) == ["b", "a"]
    assert found.pages[0].score > found.pages[1].score


def test_a_company_filter_leaves_out_everybody_else(filled: Connection) -> None:
    for company in ("Acme Corp.", "ACME", " acme corp "):
        found = search(filled, "interest rate swaps hedge floating debt", company, None, 9, 9)
        assert set(ids(found)) <= {"acme-2022", "acme-2023"}
    assert set(ids(search(filled, "revolving credit facility", "Acme", None, 9, 9))) == {
        "acme-2022",
        "acme-2023",
    }
    assert search(filled, "revolving credit facility", "Acm", None, 9, 9) == SearchResult((), ())


def test_a_year_filter_leaves_out_other_years_and_documents_without_one(filled: Connection) -> None:
    assert ids(search(filled, "revolving credit facility", None, 2022, 9, 9)) == ["acme-2022"]
    assert "note" not in ids(search(filled, "pension discount rate risk", None, 2023, 9, 9))
    assert ids(search(filled, "revolving credit facility", "Zenith", 2022, 9, 9)) == []


def test_the_company_and_year_named_in_a_question_come_first_without_a_filter(filled: Connection) -> None:
    assert ids(search(filled, "Acme 2022: how large is the revolving credit facility?", None, None, 9, 9))[
        0
    ] == ("acme-2022")
    assert ids(search(filled, "Zenith 2023: revolving credit facility", None, None, 9, 9))[0] == "zenith-2023"


def test_no_more_pages_and_passages_come_back_than_asked_for(filled: Connection) -> None:
    found = search(filled, "risk", None, None, 2, 1)
    assert len(found.pages) == 2
    assert [passage.n for passage in found.passages] == [1]
    assert {passage.document_id for passage in found.passages} <= set(ids(found))


def test_pages_of_equal_score_come_in_the_order_of_their_documents(connection: Connection) -> None:
    twins = [Document(name, "Twin", "Operational risk of one kind.") for name in ("c", "a", "d", "b")]
    documents.ingest(connection, twins)
    assert ids(search(connection, "operational risk", None, None, 4, 4)) == ["a", "b", "c", "d"]
    assert [p.document_id for p in search(connection, "operational risk", None, None, 4, 4).passages] == [
        *"abcd"
    ]


def test_the_same_documents_again_change_nothing(filled: Connection) -> None:
    before = filled.execute("select id, xmin::text, updated_at from documents order by id").fetchall()
    assert documents.ingest(filled, ALL) == Ingestion(added=0, changed=0, unchanged=4)
    assert filled.execute("select id, xmin::text, updated_at from documents order by id").fetchall() == before


def test_a_changed_document_is_found_by_its_new_words_only(filled: Connection) -> None:
    changed = Document("note", "Pension note", "Actuarial losses were recognised.", None, None)
    assert documents.ingest(filled, [changed, ZENITH]) == Ingestion(added=0, changed=1, unchanged=1)
    assert ids(search(filled, "actuarial losses", None, None, 5, 5)) == ["note"]
    assert ids(search(filled, "discount", None, None, 5, 5)) == []
    assert len(counts(filled)) == 1


def test_a_new_title_company_or_year_is_a_change(filled: Connection) -> None:
    moved = Document(ZENITH.id, ZENITH.title, ZENITH.text, "Nadir plc", 2021)
    assert documents.ingest(filled, [moved]).changed == 1
    assert ids(search(filled, "loans past due", "Nadir", 2021, 5, 5)) == ["zenith-2023"]
    assert ids(search(filled, "loans past due", "Zenith", None, 5, 5)) == []


def test_of_two_documents_with_one_id_in_one_batch_the_last_counts(connection: Connection) -> None:
    batch = [Document("x", "First", "alpha words"), Document("x", "Second", "omega words")]
    assert documents.ingest(connection, batch) == Ingestion(1, 0, 0)
    assert ids(search(connection, "omega", None, None, 5, 5)) == ["x"]
    assert ids(search(connection, "alpha", None, None, 5, 5)) == []


def test_a_deleted_document_leaves_no_trace(connection: Connection) -> None:
    documents.ingest(connection, [ACME_2022])
    before = index_rows(connection)
    documents.ingest(connection, [ACME_2023, UNNAMED])
    assert documents.delete(connection, "acme-2023") is True
    assert documents.delete(connection, "note") is True
    assert documents.delete(connection, "note") is False
    assert index_rows(connection) == before
    assert len(counts(connection)) == 1
    documents.delete(connection, "acme-2022")
    assert set(index_rows(connection).values()) == {0}


def test_a_known_term_takes_no_id(filled: Connection) -> None:
    """Ids are 32 bits: an index that is fed the same words for years would run out of them."""

    def highest() -> int:
        (number,) = filled.execute("select max(id) from terms").fetchone() or (0,)
        return int(number)

    ids_before, terms_before = highest(), rows(filled, "terms")
    for name in ("again", "and again", "quernstone"):
        documents.ingest(filled, [Document(name, name, ACME_2022.text)])
    assert highest() - ids_before == rows(filled, "terms") - terms_before > 0
    assert len(counts(filled)) == 1


def test_documents_are_listed_by_id_in_steps(filled: Connection) -> None:
    first = documents.listing(filled, limit=2)
    assert [each.id for each in first] == ["acme-2022", "acme-2023"]
    assert first[1].pages == 2
    assert [each.id for each in documents.listing(filled, limit=9, after="acme-2023")] == [
        "note",
        "zenith-2023",
    ]


def test_an_ingestion_that_fails_half_way_changes_nothing(filled: Connection) -> None:
    before = index_rows(filled)
    with pytest.raises(psycopg.Error):
        documents.ingest(filled, [Document("new", "New", "fine"), Document("bad", "Bad\x00", "not fine")])
    assert index_rows(filled) == before
    assert len(counts(filled)) == 1


def test_many_writers_of_the_same_documents_end_with_one_copy(database_url: str) -> None:
    outcomes: list[Ingestion] = []

    def write(turn: int) -> None:
        batch = ALL if turn % 2 else list(reversed(ALL))
        with psycopg.connect(database_url, autocommit=True) as own:
            outcomes.append(documents.ingest(own, batch))

    threads = [threading.Thread(target=write, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.added for outcome in outcomes) == [0, 0, 0, 0, 0, 4]
    with psycopg.connect(database_url) as connection:
        assert rows(connection, "documents") == 4
        assert len(counts(connection)) == 1


@pytest.mark.parametrize(
    "question",
    [
        "'; drop table pages; -- \" \\ %s %(a)s {x} $1",
        "credit & | ! <-> :* ('risk') \"risk\"",
        "🚀 💥 \u202e\u200b",
        "市場リスクは何ですか",
        "the of and what is",
        "\ud800 lone surrogate credit",
        "",
        "risk " * 6000,
        " ".join(f"word{n}" for n in range(4000)) + " revolving credit facility",
        "x" * 30_000,
    ],
)
def test_a_hostile_question_is_only_a_question(filled: Connection, question: str) -> None:
    found = search(filled, question, None, None, 5, 5)
    assert found == search(filled, question, None, None, 5, 5)
    assert search(filled, question, question.replace("\x00", ""), -1, 5, 5) == SearchResult((), ())
    assert rows(filled, "pages") == 5


def test_a_hostile_document_is_indexed_like_any_other(connection: Connection) -> None:
    text = '\'; drop table pages; --\t\\N \\. {1,2} "quoted" 🚀 市場リスク | not a table\n' + "y" * 30_000
    documents.ingest(connection, [Document("o'hara \\ \t%s", 'T"itle \\N\t\n', text, "O'Hara {x}", -5)])
    assert ids(search(connection, "市場", "o'hara x", -5, 5, 5)) == ["o'hara \\ \t%s"]
    assert ids(search(connection, "drop table", None, None, 5, 5)) == ["o'hara \\ \t%s"]


def test_an_empty_index_and_an_empty_document_answer_with_nothing(connection: Connection) -> None:
    assert search(connection, "credit risk", None, None, 5, 5) == SearchResult((), ())
    assert search(connection, "credit risk", "Acme", 2023, 5, 5) == SearchResult((), ())
    documents.ingest(connection, [Document("empty", "", "")])
    assert search(connection, "credit risk", None, None, 5, 5) == SearchResult((), ())


def test_many_documents_take_as_many_statements_as_few(connection: Connection) -> None:
    class Counted(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **how: Any) -> Self:
            statements.append(query)
            return super().execute(query, *given, **how)

        def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
            rows = list(params_seq)
            statements.extend([query] * len(rows))
            super().executemany(query, rows, **how)

        def copy(self, statement: Any, *given: Any, **how: Any) -> Any:
            statements.append(statement)
            return super().copy(statement, *given, **how)

    def ingestion(count: int) -> list[str]:
        statements.clear()
        pages = [Document(f"{count}/{n}", f"Report {n}", f"Loss {n} of unit {count}.") for n in range(count)]
        assert documents.ingest(connection, pages).added == count
        return list(statements)

    statements: list[str] = []
    connection.cursor_factory = Counted
    few = ingestion(2)
    assert ingestion(40) == few
    assert sum(statement.startswith("copy ") for statement in few) == 3  # pages, passages, postings


def test_pages_and_passages_are_found_by_one_statement_and_plan_as_by_a_plan_for_each_question(
    filled: Connection,
) -> None:
    """A plan that is made for each question takes a quarter of what the database does for it."""
    questions = ["credit facility of Acme in 2022", "interest rate swaps", "pension plan discount rate"]
    once = [[search(filled, question, None, None, 4, 4) for question in questions] for _ in range(6)]
    asked = "select generic_plans from pg_prepared_statements where statement like '%asked as materialized%'"
    [(plans,)] = filled.execute(asked, prepare=False).fetchall()
    assert plans > 0
    filled.execute("set plan_cache_mode = force_custom_plan")
    each = [search(filled, question, None, None, 4, 4) for question in questions]
    assert each == once[0] == once[-1]


def test_a_page_that_goes_takes_its_postings_along_however_it_goes(filled: Connection) -> None:
    filled.execute("delete from documents where id = 'acme-2023'")
    [(orphans,)] = filled.execute("select count(*) from postings where page_id not in (select id from pages)")
    assert orphans == 0
