"""What the judge finds in an answer, as clients, rows, the log and the metrics see it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.grounds.calls import Answer
from tests.grounds.odd import Odd, events, parts, whole
from tests.grounds.refusals import error
from tests.grounds.service import STRATEGY, RunningService

RIGHT = """## Liquidity risk
The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 from 131 % a year earlier [1].
Wholesale deposits of $412 million left in the fourth quarter, which caused the fall of the ratio [1].
Deposits of the ten largest customers were 14.2 % of all deposits in 2024, so it depends on them [1].
"""
WRONG = RIGHT.replace("$412 million", "$421 million")
GERMAN = """## Liquiditätsrisiko
Die Liquiditätsdeckungsquote der Corvane Bank fiel Ende 2024 auf 118 % nach 131 % ein Jahr zuvor [1].
Im vierten Quartal flossen Einlagen von Großkunden in Höhe von 412 Millionen Dollar ab [1].
Die zehn größten Kunden hielten 2024 rund 14,2 % aller Einlagen, was die Bank von ihnen abhängig macht [1].
"""
BROKEN = """
from finrisk_rules.judge import judgement
def judge(question, answer, sources):
    raise RecursionError(answer)
judgement.judge = judge
"""


@dataclass
class Model:
    """A model that says what the test wants."""

    text: str = RIGHT

    def answer(self, connection: socket.socket, request: bytes) -> bool:
        said = parts(self.text, finish="STOP", modelVersion="v")
        return events(connection, said) if b"stream" in request.split(b" ", 2)[1] else whole(connection, said)


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def with_model(new_service: Callable[..., RunningService], model: Model) -> Iterator[Callable[..., Any]]:
    """Start a service with these settings, a page, and the model."""
    server = Odd(model.answer)

    def start(hooks: Path | None = None, **settings: object) -> RunningService:
        service = new_service(start=False, GEMINI_BASE_URL=server.url, **settings)
        if hooks:
            service.environment["PYTHONPATH"] = str(hooks)
        service.start()
        service.add_page()
        return service

    yield start
    server.close()


def done(service: RunningService) -> dict[str, Any]:
    """What a stream ends with."""
    stream = {"Accept": "text/event-stream"}
    answer = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY}, headers=stream)
    [body] = re.findall(r"event: done\ndata: (.*)\n\n", answer.body.decode())
    found: dict[str, Any] = json.loads(body)
    return found


def verdicts(body: dict[str, Any]) -> dict[str, str]:
    return {figure["text"]: figure["verdict"] for figure in body["figures"]}


def example(service: RunningService, answer: Answer) -> list[tuple[Any, ...]]:
    service.wait_for_row(answer)
    return service.rows(
        "select quality_parts from training_data where id = %s", answer.headers["X-Request-Id"]
    )


def test_a_right_answer_is_grounded_and_collected_with_its_verdicts(
    with_model: Callable[..., RunningService],
) -> None:
    service = with_model()
    answer = service.analyze()
    assert set(verdicts(answer.json).values()) == {"stated"}
    assert answer.metadata["grounded"] is True
    row = service.wait_for_row(answer)
    assert (row["skip_reason"], row["grounded"], row["wrong_figures"]) == (None, True, 0)
    assert row["figures"] == len(answer.json["figures"])
    [(stored,)] = example(service, answer)
    assert stored["verdicts"] == {"stated": row["figures"]}
    assert stored["judge_version"]


def test_one_wrong_figure_keeps_an_answer_out_and_is_told_to_everybody(
    with_model: Callable[..., RunningService], model: Model
) -> None:
    service = with_model(DATA_COLLECTION_QUALITY="0")
    right = service.analyze()
    model.text = WRONG
    answer = service.analyze()
    assert answer.status == 200
    wrong = [text for text, verdict in verdicts(answer.json).items() if verdict != "stated"]
    assert len(wrong) == 1
    assert "421" in wrong[0]
    assert answer.metadata["grounded"] is False
    assert answer.metadata["quality_score"] < 0.6 < right.metadata["quality_score"]
    row = service.wait_for_row(answer)
    assert (row["skip_reason"], row["wrong_figures"]) == ("figure_not_supported", 1)
    assert example(service, answer) == []
    assert [figure["verdict"] for figure in done(service)["figures"]] == [
        figure["verdict"] for figure in answer.json["figures"]
    ]
    metrics = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    assert 'finrisk_collection_skipped_total{reason="figure_not_supported"} 2.0' in metrics
    assert re.search(r'^finrisk_figures_total\{served="base",verdict="stated"\} \d', metrics, re.MULTILINE)
    assert service.call("GET", "/api/v1/status").json["collection"]["skipped"]["figure_not_supported"] >= 1


def test_an_answer_in_another_language_than_its_sources_is_collected_only_where_that_is_wanted(
    with_model: Callable[..., RunningService], model: Model
) -> None:
    model.text = GERMAN
    service = with_model(DATA_COLLECTION_QUALITY="0")
    answer = service.analyze()
    assert "unread" in verdicts(answer.json).values()
    assert service.wait_for_row(answer)["skip_reason"] == "answer_unread"
    assert example(service, answer) == []
    willing = with_model(DATA_COLLECTION_QUALITY="0", COLLECT_UNREAD="true")
    assert willing.wait_for_row(willing.analyze())["skip_reason"] is None
    model.text = GERMAN.replace("412", "421")
    assert willing.wait_for_row(willing.analyze())["skip_reason"] == "figure_not_supported"


def test_nothing_secret_comes_back_as_a_figure(
    with_model: Callable[..., RunningService], model: Model
) -> None:
    service = with_model()
    model.text = f"{RIGHT}Pay to DE89370400440532013000, card 4111 1111 1111 1111, 12.5 million [1].\n"
    body = service.analyze().json
    assert "12.5 million" in verdicts(body)
    assert not re.search("3704|4111", json.dumps(body))


def test_the_list_of_figures_has_an_end(with_model: Callable[..., RunningService], model: Model) -> None:
    service = with_model(MAX_OUTPUT_TOKENS=8192)
    model.text = RIGHT + " ".join(f"{n}.5 million" for n in range(20, 900))
    answer = service.analyze()
    assert len(answer.json["figures"]) == 500
    assert service.wait_for_row(answer)["figures"] > 800


def test_a_failing_judge_costs_an_example_or_a_correction_and_neither_answer_nor_record(
    with_model: Callable[..., RunningService], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    service = with_model(tmp_path)
    answer = service.analyze()
    assert (answer.status, answer.json["analysis"], answer.json["figures"]) == (200, RIGHT.strip(), [])
    assert answer.metadata["grounded"] is False
    row = service.wait_for_row(answer)
    assert (row["outcome"], row["skip_reason"], row["figures"]) == ("ok", "judge_failed", None)
    assert example(service, answer) == []
    [line] = service.log_lines("judge_failed")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "118" not in json.dumps(line), "no text of an answer is logged"
    correction = {"request_id": answer.headers["X-Request-Id"], "correction": RIGHT}
    refused = service.call("POST", "/api/v1/feedback", correction)
    error(refused, 422, "invalid")
    assert "judge_failed" in refused.json["error"]["message"]
