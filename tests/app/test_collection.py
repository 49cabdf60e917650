"""Collection: nothing acknowledged is lost or doubled, feedback is joined, and a user never pays for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.grounds.postgresql import OwnPostgresql, own_postgresql
from tests.grounds.service import STRATEGY, RunningService


@pytest.fixture
def own_server() -> Iterator[OwnPostgresql]:
    with own_postgresql() as server:
        yield server


def test_while_the_database_is_away_answers_go_on_ungrounded_and_then_recover_by_themselves(
    own_server: OwnPostgresql, new_service: Callable[..., RunningService]
) -> None:
    service = new_service(database_url=own_server.database_url)
    service.add_page()
    own_server.kill()
    away = service.analyze()
    assert away.status == 200
    assert away.metadata["approach"] == "ungrounded"
    assert service.call("GET", "/readyz", port=service.ops_port).json["database"] == "down"
    status = service.call("GET", "/api/v1/status").json
    assert (status["collection"], status["experiment"], status["traffic"]) == (None, None, None)
    assert "PostgreSQL" in status["problem"]
    started = time.monotonic()
    assert service.analyze().status == 200
    assert time.monotonic() - started < 2, "an outage must not hold up every request"
    own_server.start()
    service.wait_until(lambda: service.analyze().metadata["approach"] == "rag_base", 10)
    assert service.wait_for_row(away)["skip_reason"] == "ungrounded"


def test_where_retrieval_is_required_an_outage_is_503_with_retry_after(
    own_server: OwnPostgresql, new_service: Callable[..., RunningService]
) -> None:
    service = new_service(database_url=own_server.database_url, RETRIEVAL_REQUIRED="true")
    own_server.kill()
    answer = service.analyze()
    assert answer.status == 503
    assert answer.json["error"]["code"] == "retrieval_unavailable"
    assert answer.headers["Retry-After"]


def test_the_service_starts_and_answers_without_any_database(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(database_url="postgresql://nobody:x@127.0.0.1:1/none")
    assert service.analyze().metadata["approach"] == "ungrounded"


def test_a_database_behind_this_release_counts_as_away_and_the_fix_is_named(
    new_database: Callable[[bool], str], new_service: Callable[..., RunningService]
) -> None:
    service = new_service(database_url=new_database(False))
    assert service.analyze().metadata["approach"] == "ungrounded"
    assert "schema is empty" in service.call("GET", "/api/v1/status").json["problem"]


def test_feedback_right_after_the_answer_is_accepted_and_joined_when_the_row_arrives(
    service: RunningService,
) -> None:
    answer = service.analyze()
    body = {
        "request_id": answer.metadata["request_id"],
        "rating": -1,
        "comment": "wrong, write to a@example.com",
    }
    reply = service.call("POST", "/api/v1/feedback", body)
    assert reply.status in (200, 202)
    row = service.wait_until(
        lambda: service.rows(
            "select rating, quality_score from analyses where id = %s and rating = -1", body["request_id"]
        )
    )[0]
    assert row[1] < 0.9
    [(comment,)] = service.rows("select comment from feedback where request_id = %s", body["request_id"])
    assert comment == "wrong, write to [email_1]"


def test_a_thumb_down_withdraws_the_training_example_and_the_last_rating_counts(
    service: RunningService,
) -> None:
    answer = service.analyze()
    service.wait_for_row(answer)
    identifier = answer.metadata["request_id"]
    query = "select withdrawn_at is not null, quality_score >= 0.9 from training_data where id = %s"
    assert service.rows(query, identifier) == [(False, True)]
    down = service.call("POST", "/api/v1/feedback", {"request_id": identifier, "rating": -1})
    assert (down.status, down.json["status"]) == (200, "joined")
    service.wait_until(lambda: service.rows(query, identifier) == [(True, False)])
    service.call("POST", "/api/v1/feedback", {"request_id": identifier, "rating": 1})
    service.wait_until(lambda: service.rows(query, identifier) == [(False, True)])


def test_collection_can_be_switched_off(new_service: Callable[..., RunningService]) -> None:
    service = new_service(ENABLE_DATA_COLLECTION="false")
    service.add_page()
    row = service.wait_for_row(service.analyze())
    assert row["skip_reason"] == "collection_disabled"
    assert service.rows("select 1 from training_data") == []


def test_a_threshold_of_one_keeps_only_perfect_answers(new_service: Callable[..., RunningService]) -> None:
    service = new_service(DATA_COLLECTION_QUALITY="1")
    service.add_page()
    answer = service.analyze(
        "Which customers hold the deposits of Corvane Bank, and how would currency hedges matter in 2021?"
    )
    assert answer.metadata["quality_score"] < 1
    assert service.wait_for_row(answer)["skip_reason"] == "quality_below_threshold"


def test_with_retention_zero_no_text_is_kept_in_analyses(new_service: Callable[..., RunningService]) -> None:
    service = new_service(ANALYSIS_RETENTION_DAYS=0)
    service.add_page()
    row = service.wait_for_row(service.analyze())
    assert row["strategy"] is None
    assert row["analysis"] is None
    assert service.rows("select strategy from training_data") == [(STRATEGY,)]


def test_text_older_than_the_retention_is_forgotten_and_the_figures_stay(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(ANALYSIS_RETENTION_DAYS=30)
    service.add_page()
    answer = service.analyze()
    row = service.wait_for_row(answer)
    with psycopg.connect(service.database_url) as connection:
        connection.execute("update analyses set created_at = now() - interval '31 days'")
    service.stop()
    service.start()
    query = "select strategy, analysis, latency_ms from analyses where id = %s"
    service.wait_until(
        lambda: service.rows(query, row["id"]) == [(None, None, pytest.approx(row["latency_ms"]))]
    )


def test_pairs_older_than_their_retention_are_removed(new_service: Callable[..., RunningService]) -> None:
    service = new_service(TRAINING_RETENTION_DAYS=30)
    service.add_page()
    service.wait_for_row(service.analyze())
    with psycopg.connect(service.database_url) as connection:
        connection.execute("update training_data set created_at = now() - interval '31 days'")
    service.stop()
    service.start()
    service.wait_until(lambda: service.rows("select count(*) from training_data") == [(0,)])


def test_a_terminated_service_leaves_nothing_in_the_journal(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service()
    answers = [service.analyze() for _ in range(5)]
    service.stop()
    stored = {str(row[0]) for row in service.rows("select id from analyses")}
    assert {answer.metadata["request_id"] for answer in answers} <= stored
    assert [path.name for path in (service.var / "journal").iterdir()] == []
