"""Who may read which document: labels of documents, labels of keys, and one place that compares them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finrisk import documents, ranking
from finrisk.documents import Document
from finrisk.retrieval import UnknownCompanyError, check_company, search
from tests.grounds.calls import Answer
from tests.grounds.service import PAGE, STRATEGY, RunningService

Connection = psycopg.Connection[Any]
LABELS = ("desk: equities", "desk: credit", "client: Acme")
SETS = [tuple(each) for size in range(4) for each in itertools.combinations(LABELS, size)]
DESKS = [
    Document(
        f"d{n}", f"Annual report {n}", "Liquidity risk rose to 12 million.", f"Firm {n}", 2024, None, labels
    )
    for n, labels in enumerate(SETS)
]
RESTRICTED = PAGE | {"id": "restricted", "company": "Hidden Bank", "labels": ["desk: equities"]}


@pytest.fixture
def labelled(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        documents.ingest(connection, DESKS)
        yield connection


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    held=st.sets(st.sampled_from(LABELS)),
    company=st.sampled_from([None, *(document.company for document in DESKS)]),
    year=st.sampled_from([None, 2024]),
)
def test_a_search_reads_what_the_key_may_and_nothing_else(
    labelled: Connection, held: set[str], company: str | None, year: int | None
) -> None:
    found = search(labelled, "liquidity risk", company, year, 50, 50, sorted(held))
    may = {d.id for d in DESKS if set(d.labels) <= held and company in (None, d.company)}
    assert {page.document_id for page in found.pages} == may
    assert {passage.document_id for passage in found.passages} == may


def test_a_page_stays_hidden_behind_many_with_labels_that_may_be_read(database_url: str) -> None:
    """Of many documents with labels not all are looked at before a search without a filter."""
    text = "Liquidity risk rose."
    read = [Document(f"a{n}", "Note", text, labels=LABELS[:1]) for n in range(ranking.LABELLED + 1)]
    hidden = Document("z", "Note", "Liquidity risk, liquidity risk!", labels=LABELS[1:2])
    with psycopg.connect(database_url, autocommit=True) as connection:
        for documents_with_labels in ([*read[: ranking.LABELLED - 2], hidden], read):
            documents.ingest(connection, documents_with_labels)
            found = [
                {
                    page.document_id
                    for page in search(connection, "liquidity risk", None, None, 5, 5, held).pages
                }
                for held in (LABELS[:1], LABELS[:2])
            ]
            assert ["z" in each for each in found] == [False, True]
            assert len(found[0]) == 5


def test_near_companies_are_of_documents_that_the_key_may_read(labelled: Connection) -> None:
    with pytest.raises(UnknownCompanyError) as unknown:
        check_company(labelled, "Firm 7")
    assert unknown.value.near == ["Firm 0"]
    check_company(labelled, "Firm 7", LABELS)


def test_a_document_whose_labels_change_is_read_by_others_from_then_on(labelled: Connection) -> None:
    assert documents.ingest(labelled, [Document(**{**vars(DESKS[1]), "labels": ()})]).changed == 1
    found = search(labelled, "liquidity risk", "Firm 1", None, 9, 9)
    assert [page.document_id for page in found.pages] == ["d1"]


def asked(service: RunningService, key: str) -> Answer:
    body = {"strategy": STRATEGY, "user_id": key, "filters": {"company": "Hidden Bank"}}
    return service.call("POST", "/api/v1/analyze", body, with_key=key)


def test_a_key_without_the_label_is_told_of_no_such_company_and_one_with_it_is_answered(
    service: RunningService,
) -> None:
    assert service.call("POST", "/api/v1/documents", {"documents": [RESTRICTED]}).status == 200
    assert asked(service, "analyst").status == 422
    answer = asked(service, "equities")
    assert {source["document_id"] for source in answer.json["sources"]} == {"restricted"}
    row = service.wait_for_row(answer)
    assert (row["skip_reason"], row["documents"]) == ("restricted_source", ["restricted"])
    assert service.rows("select 1 from training_data where id = %s", row["id"]) == []


def test_an_answer_with_a_labelled_source_is_collected_where_the_inventory_names_the_label(
    new_service: Any,
) -> None:
    service = new_service(TRAINING_LABELS="desk: credit; desk: equities")
    assert service.call("POST", "/api/v1/documents", {"documents": [RESTRICTED]}).status == 200
    row = service.wait_for_row(asked(service, "equities"))
    assert row["skip_reason"] is None
    [(labels,)] = service.rows("select labels from training_data where id = %s", row["id"])
    assert labels == ["desk: equities"]
