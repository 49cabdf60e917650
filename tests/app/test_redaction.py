"""Personal data on its way into the service: names are refused, texts are redacted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.grounds.odd import Odd, events, parts, whole
from tests.grounds.service import RunningService

BROKEN = """
from finrisk_rules.redaction import redactor
spans = redactor._spans
def broken(text, *rest):
    if "Tripwire" in text:
        raise IndexError(text)
    return spans(text, *rest)
redactor._spans = broken
"""
ANSWER = "The ratio of Corvane Bank fell to 118 % from 131 %, and the Tripwire is at 104.5 % [1]. "


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("id", "jane.roe@example.com", "email"),
        ("company", "GB82 WEST 1234 5698 7654 32", "iban"),
        ("ticker", "4111111111111111", "card"),
    ],
)
def test_a_name_that_holds_an_identifier_gets_422_with_its_kind_alone(
    service: RunningService, field: str, value: str, kind: str
) -> None:
    document = {"id": "d", "title": "t", "text": "Cash was 12 million."} | {field: value}
    reply = service.call("POST", "/api/v1/documents", {"documents": [document]})
    assert reply.status == 422
    assert kind in json.dumps(reply.json)
    assert value not in json.dumps(reply.json)


def test_a_value_of_a_row_has_one_placeholder(service: RunningService) -> None:
    strategy = "What did a@example.com and b@example.com say of liquidity, and who wrote to A@example.com?"
    answer = service.call("POST", "/api/v1/analyze", {"strategy": strategy})
    stored = "What did [email_1] and [email_2] say of liquidity, and who wrote to [email_1]?"
    assert service.wait_for_row(answer)["strategy"] == stored


@pytest.fixture
def broken(new_service: Callable[..., RunningService], tmp_path: Path) -> Iterator[RunningService]:
    """A service whose redactor fails on one word, which its model always says."""
    (tmp_path / "sitecustomize.py").write_text(BROKEN)

    def answer(connection: Any, request: bytes) -> bool:
        said = parts(ANSWER * 3, finish="STOP", modelVersion="v")
        return events(connection, said) if b"stream" in request.split(b" ", 2)[1] else whole(connection, said)

    with Odd(answer) as model:
        service = new_service(start=False, GEMINI_BASE_URL=model.url)
        service.environment["PYTHONPATH"] = str(tmp_path)
        service.start()
        service.add_page()
        yield service


def assert_told(service: RunningService, failures: int, skipped: int) -> None:
    """The log has each failure with its place and no text; the metrics count what was not collected."""
    lines = service.log_lines("redaction_failed")
    assert [(line["exception"], line["level"]) for line in lines] == [("IndexError", "ERROR")] * failures
    assert all(line["request_id"] and line["at"] for line in lines)
    assert "Tripwire" not in service.log_text()
    metrics = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    assert f'finrisk_collection_skipped_total{{reason="redaction_failed"}} {skipped:.1f}' in metrics


def test_an_answer_that_cannot_be_redacted_is_served_and_nothing_of_its_text_is_kept(
    broken: RunningService,
) -> None:
    answer = broken.analyze()
    assert (answer.status, answer.json["analysis"]) == (200, (ANSWER * 3).strip())
    row = broken.wait_for_row(answer)
    assert (row["outcome"], row["skip_reason"]) == ("ok", "redaction_failed")
    assert (row["analysis"], row["quality_parts"]) == (None, None)
    assert row["strategy"]
    assert broken.rows("select * from training_data") == []
    assert all(b"Tripwire" not in path.read_bytes() for path in broken.var.rglob("*") if path.is_file())
    assert_told(broken, failures=1, skipped=1)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_question_that_cannot_be_redacted_is_refused_and_never_sent_or_kept(
    broken: RunningService, accept: str
) -> None:
    question = {"strategy": "What is the Tripwire of Corvane Bank, and how far is the ratio from it?"}
    answer = broken.call("POST", "/api/v1/analyze", question, headers={"Accept": accept})
    assert answer.body.count(b"redaction_failed") == 1
    assert answer.status == (422 if accept == "application/json" else 200)
    assert broken.rows("select * from analyses") == []
    assert_told(broken, failures=1, skipped=1)


def test_what_else_cannot_be_redacted_is_refused_whole(broken: RunningService) -> None:
    request_id = broken.wait_for_row(broken.analyze())["id"]
    for path, body in (
        ("/api/v1/feedback", {"request_id": str(request_id), "rating": 1, "comment": "A Tripwire!"}),
        ("/api/v1/documents", {"documents": [{"id": "d", "title": "The Tripwire", "text": "Cash is king."}]}),
        ("/api/v1/documents", {"documents": [{"id": "Tripwire", "title": "t", "text": "Cash is king."}]}),
    ):
        refused = broken.call("POST", path, body)
        assert (refused.status, refused.json["error"]["code"]) == (422, "redaction_failed")
    assert broken.rows("select count(*) from documents") == [(1,)]
    assert broken.rows("select * from feedback") == []
    metrics = broken.call("GET", "/metrics", port=broken.ops_port).body.decode()
    assert 'finrisk_rejected_total{code="redaction_failed"} 3.0' in metrics
    assert_told(broken, failures=4, skipped=1)


def test_names_of_the_firms_list_are_taken_out_of_everything_and_stand_in_no_log(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(REDACTION_NAMES="# customers\nJane Tripwire\n")
    service.add_page()
    document = {"id": "d", "title": "Of Jane Tripwire", "text": "The ratio of jane tripwire was 118 %."}
    assert service.call("POST", "/api/v1/documents", {"documents": [document]}).status == 200
    answer = service.analyze("What is the liquidity coverage ratio that Jane Tripwire has, and what of it?")
    row = service.wait_for_row(answer)
    assert row["strategy"] == "What is the liquidity coverage ratio that [person_1] has, and what of it?"
    rating = {"request_id": str(row["id"]), "rating": 1, "comment": "Ask Tripwire, Jane"}
    assert service.call("POST", "/api/v1/feedback", rating).status == 200
    service.wait_until(lambda: service.rows("select comment from feedback") == [("Ask [person_1]",)])
    assert service.rows("select title from documents where id = 'd'") == [("Of [person_1]",)]
    assert service.rows("select text from passages where text ~* 'tripwire'") == []
    assert "ripwire" not in service.log_text()
