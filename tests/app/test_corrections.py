"""A reviewer's correction takes the place of an answer, if the sources bear it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from finrisk import ids
from finrisk.db.pool import Database
from finrisk.retention import forget_old_text
from finrisk_ops.dataset import export
from finrisk_rules.version import rules_version
from tests.grounds.calls import Answer
from tests.grounds.refusals import error
from tests.grounds.service import KEYS, PAGE, STRATEGY, RunningService

CORRECTION = (
    "## Liquidity risk\n"
    "- The liquidity coverage ratio of Corvane Bank fell to 118 % in 2024 from 131 % a year earlier [1].\n"
    "- Wholesale deposits of $412 million left in the fourth quarter, which caused it [1].\n"
)
WRONG = CORRECTION.replace("118 %", "113 %")
ROW = "select to_jsonb(t) from training_data t where id = %s"


def corrected(
    service: RunningService, answer: Answer, text: str = CORRECTION, key: str = "reviewer", **fields: object
) -> Answer:
    body = {"request_id": answer.headers["X-Request-Id"], "correction": text, **fields}
    return service.call("POST", "/api/v1/feedback", body, with_key=key)


def collected(service: RunningService, answer: Answer) -> dict[str, Any] | None:
    rows = service.rows(ROW, answer.headers["X-Request-Id"])
    return rows[0][0] if rows else None


@pytest.fixture
def answer(service: RunningService) -> Answer:
    """An answer that is in the database."""
    answer = service.analyze()
    service.wait_for_row(answer)
    return answer


def exported(service: RunningService, folder: Path) -> dict[str, dict[str, Any]]:
    """What export.yml writes, by id."""
    request = export.Request(service.database_url, folder, "test", min_examples=0, min_quality=0.9)
    done = export.run(request, check_mode=False)
    return {row["id"]: row for row in json.loads(Path(done["raw_file"]).read_text())}


def test_a_correction_is_exported_in_the_place_of_the_answer(
    service: RunningService, answer: Answer, tmp_path: Path
) -> None:
    assert service.wait_for_row(answer)["skip_reason"] is None
    receipt = corrected(service, answer)
    assert receipt.status == 200, receipt.json
    assert {figure["text"] for figure in receipt.json["figures"]} >= {"118 %", "131 %", "$412 million"}
    row = exported(service, tmp_path)[answer.headers["X-Request-Id"]]
    assert row["analysis"] == CORRECTION.strip()
    assert row["model_analysis"] == answer.json["analysis"]
    assert row["provenance"] == "human"


def test_a_pair_that_was_not_collected_gets_its_row_by_its_correction(
    new_service: Any, tmp_path: Path
) -> None:
    service = new_service(DATA_COLLECTION_QUALITY="1")
    service.add_page()
    answer = service.analyze()
    assert service.wait_for_row(answer)["skip_reason"] == "quality_below_threshold"
    assert collected(service, answer) is None
    assert corrected(service, answer).status == 200
    row = collected(service, answer)
    assert row is not None
    assert (row["correction"], row["analysis"]) == (CORRECTION.strip(), answer.json["analysis"])
    assert row["sources"] == [{"document_id": PAGE["id"], "company": PAGE["company"], "year": PAGE["year"]}]
    assert PAGE["text"][:80] in row["prompt"]
    assert (row["corrected_by"], row["rules_version"]) == ("reviewer", rules_version())
    assert list(exported(service, tmp_path)) == [answer.headers["X-Request-Id"]]


def test_a_correction_with_a_wrong_figure_is_refused_with_the_figure_and_nothing_is_kept(
    service: RunningService, answer: Answer
) -> None:
    refused = corrected(service, answer, WRONG, key="all", rating=-1)
    error(refused, 422, "figure_not_supported")
    assert [figure["text"] for figure in refused.json["error"]["details"]["figures"]] == ["113 %"]
    row = collected(service, answer)
    assert row is not None
    assert row["correction"] is None
    assert not service.rows("select 1 from feedback where request_id = %s", row["id"])


def test_the_last_correction_counts_and_personal_data_in_it_is_redacted(
    service: RunningService, answer: Answer
) -> None:
    assert corrected(service, answer).status == 200
    later = CORRECTION + "- Questions go to jane.roe@corvane.example, says the report on its liquidity [1].\n"
    assert corrected(service, answer, later).status == 200
    row = collected(service, answer)
    assert row is not None
    assert row["correction"].startswith(CORRECTION.strip())
    assert "jane.roe" not in json.dumps(row)


def test_a_bad_rating_of_the_answer_leaves_its_correction_an_example(
    service: RunningService, answer: Answer, tmp_path: Path
) -> None:
    identifier = answer.headers["X-Request-Id"]
    assert corrected(service, answer, key="all", rating=-1, comment="the cause is missing").status == 200
    withdrawn = "select 1 from training_data where id = %s and withdrawn_at is not null"
    service.wait_until(lambda: service.rows(withdrawn, identifier))
    assert exported(service, tmp_path)[identifier]["provenance"] == "human"


@pytest.mark.parametrize(("key", "status"), [("analyst", 403), ("librarian", 403), ("reviewer", 200)])
def test_only_a_reviewer_corrects(service: RunningService, answer: Answer, key: str, status: int) -> None:
    assert corrected(service, answer, key=key).status == status


def test_a_reviewer_does_not_rate(service: RunningService, answer: Answer) -> None:
    refused = corrected(service, answer, rating=1)
    error(refused, 403, "forbidden")
    assert "feedback" in refused.json["error"]["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"comment": "fine"}, "body"),
        ({"correction": "too short"}, "correction"),
        ({"correction": "x" * 30_001}, "correction"),
        ({"correction": 7}, "correction"),
        ({"correction": "I am sorry, but I cannot help with that. " * 4}, "correction"),
    ],
)
def test_what_is_no_correction_is_named(
    service: RunningService, answer: Answer, body: dict[str, object], field: str
) -> None:
    sent = {"request_id": answer.headers["X-Request-Id"], **body}
    refused = service.call("POST", "/api/v1/feedback", sent)
    error(refused, 422, "invalid")
    assert field in {problem["field"] for problem in refused.json["error"]["details"]}


def test_an_answer_whose_sources_the_reviewer_may_not_read_is_not_there(service: RunningService) -> None:
    restricted = PAGE | {"id": "restricted", "company": "Hidden Bank", "labels": ["desk: equities"]}
    assert service.call("POST", "/api/v1/documents", {"documents": [restricted]}).status == 200
    body = {"strategy": STRATEGY, "filters": {"company": "Hidden Bank"}}
    answer = service.call("POST", "/api/v1/analyze", body, with_key="equities")
    service.wait_for_row(answer)
    assert corrected(service, answer).status == 404
    service.call("DELETE", "/api/v1/documents/restricted")


def test_a_document_that_got_its_label_since_is_hidden_from_the_reviewer_all_the_same(
    new_service: Any,
) -> None:
    service = new_service()
    service.add_page()
    answer = service.analyze()
    service.wait_for_row(answer)
    labelled = PAGE | {"labels": ["desk: equities"]}
    assert service.call("POST", "/api/v1/documents", {"documents": [labelled]}).status == 200
    assert corrected(service, answer, WRONG).status == 404


@pytest.mark.parametrize(("labels", "status"), [("", 422), ("desk: equities", 200)])
def test_a_correction_on_labelled_sources_is_kept_only_where_they_are_trained_on(
    new_service: Any, labels: str, status: int
) -> None:
    service = new_service(start=False, TRAINING_LABELS=labels)
    service.write_keys({**KEYS, "equities": ["analyze", "review"]})
    service.start()
    labelled = PAGE | {"labels": ["desk: equities"]}
    assert service.call("POST", "/api/v1/documents", {"documents": [labelled]}).status == 200
    answer = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY}, with_key="equities")
    service.wait_for_row(answer)
    told = corrected(service, answer, key="equities")
    assert told.status == status, told.json
    row = collected(service, answer)
    assert bool(row and row["correction"]) == (status == 200)
    if status == 422:
        assert "restricted_source" in told.json["error"]["message"]


def test_many_wrong_figures_are_named_in_the_details_alone(service: RunningService, answer: Answer) -> None:
    wrong = " ".join(f"The ratio of Corvane Bank was {n}.7 % in 2024 [1]." for n in range(200, 240))
    refused = corrected(service, answer, f"{CORRECTION}{wrong}")
    error(refused, 422, "figure_not_supported")
    assert len(refused.json["error"]["details"]["figures"]) == 40
    assert refused.json["error"]["message"].endswith("204.7 % and 35 more")


def test_an_old_answer_that_nobody_knows_is_not_there_and_a_new_one_is_waited_for(
    service: RunningService,
) -> None:
    new = Answer(200, {"X-Request-Id": str(ids.request_id())}, b"")
    refused = corrected(service, new)
    error(refused, 503, "not_kept")
    assert int(refused.headers["Retry-After"]) >= 1


def test_what_was_forgotten_cannot_be_corrected(new_service: Any) -> None:
    service = new_service(DATA_COLLECTION_QUALITY="1")
    service.add_page()
    answer = service.analyze()
    service.wait_for_row(answer)
    service.rows("update analyses set created_at = now() - interval '91 days' returning id")
    database = Database(service.database_url, 1)
    assert forget_old_text(database, 90)["analyses"] == 1
    database.close()
    [(prompt,)] = service.rows("select prompt from analyses")
    assert prompt is None
    assert corrected(service, answer).status == 404
