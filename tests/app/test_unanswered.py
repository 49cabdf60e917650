"""Questions that get no answer, models that never end or say nothing: what users, rows and arms see."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from finrisk import breaker
from finrisk.generation import Generation, NoAnswerError
from tests.grounds.arms import SPLIT, user_on
from tests.grounds.calls import Answer
from tests.grounds.odd import ANSWER, BASE, BLOCKED, Odd, ended, events, parts, settings, whole
from tests.grounds.service import STRATEGY, RunningService
from tests.grounds.wire import Wire

Chunks = list[dict[str, Any]]
GOOD = "The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 [1]."
REASONS: list[tuple[Chunks, str]] = [
    ([BLOCKED], "blocked"),
    ([ended("SAFETY")], "refused"),
    ([ended("STOP")], "refused"),
    ([ended("MAX_TOKENS")], "length"),
]


@dataclass
class Models:
    """What each of both models says; None: nothing, until the test is over."""

    said: dict[str, Chunks | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    seconds: float = 0.0  # that the tuned model takes
    over: threading.Event = field(default_factory=threading.Event)

    def reset(self) -> None:
        self.over.set()
        self.over = threading.Event()
        self.said = {arm: [parts(GOOD, finish="STOP")] for arm in ("base", "tuned")}
        self.asked = []
        self.seconds = 0.0

    def answer(self, connection: socket.socket, request: bytes) -> bool:
        path = request.split(b" ", 2)[1].decode()
        arm = "base" if f"/{BASE}:" in path else "tuned"
        self.asked.append(arm)
        said = self.said[arm]
        if said is None:
            self.over.wait(60)
            return False
        if arm == "tuned":
            self.over.wait(self.seconds)
        if "stream" in path:
            return events(connection, *said)
        return whole(connection, said[0])


@pytest.fixture(scope="module")
def both() -> Models:
    return Models()


@pytest.fixture
def models(both: Models) -> Iterator[Models]:
    """Both models, each of which answers as it should."""
    both.reset()
    yield both
    both.over.set()


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory,
    gemini: Wire,
    both: Models,
    new_database: Callable[[bool], str],
) -> Iterator[RunningService]:
    """One worker, half of whose users are on the tuned arm."""
    server = Odd(both.answer)
    service = RunningService(tmp_path_factory.mktemp("var"), gemini, new_database(True))
    service.configure(**SPLIT, WORKERS=1, GEMINI_BASE_URL=server.url)
    service.start()
    try:
        yield service
    finally:
        service.stop()
        server.close()


def streamed(service: RunningService, user: str) -> tuple[Answer, list[tuple[str, dict[str, Any]]]]:
    """An answer as it is written, and its events."""
    body = {"strategy": STRATEGY, "user_id": user}
    answer = service.call("POST", "/api/v1/analyze", body, headers={"Accept": "text/event-stream"})
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.body.decode())
    return answer, [(name, json.loads(data)) for name, data in found]


def noted(service: RunningService, answer: Answer) -> tuple[Any, ...]:
    row = service.wait_for_row(answer)
    return tuple(row[name] for name in ("outcome", "arm_error", "block_reason", "fallback_reason"))


@pytest.mark.parametrize(("said", "reason"), REASONS)
def test_a_question_that_a_model_will_not_answer_is_not_to_be_asked_again(
    service: RunningService, models: Models, said: Chunks, reason: str
) -> None:
    models.said["base"] = said
    whole_answer = service.analyze(user_id=user_on("base"))
    assert whole_answer.status == 422
    stream_answer, told = streamed(service, user_on("base"))
    assert [name for name, _ in told] == ["meta", "error"]
    for answer, body in ((whole_answer, whole_answer.json), (stream_answer, told[-1][1])):
        assert (body["error"]["code"], body["error"]["details"]) == ("blocked", {"reason": reason})
        assert "Retry-After" not in answer.headers
        assert "ask another" in body["error"]["message"]
        assert noted(service, answer) == ("blocked", "blocked", reason, None)
    lines = {line["request_id"]: line for line in service.log_lines("analysis_unanswered")}
    assert lines[whole_answer.headers["X-Request-Id"]]["level"] == "INFO"
    assert service.log_lines("analysis_failed") == []


def test_a_stream_that_ends_in_a_refusal_says_so_after_its_text(
    service: RunningService, models: Models
) -> None:
    for arm in ("base", "tuned"):
        models.said[arm] = [parts("As far as "), parts("it goes ", finish="MAX_TOKENS")]
        answer, told = streamed(service, user_on(arm))
        assert [name for name, _ in told] == ["meta", "delta", "delta", "error"]
        assert told[-1][1]["error"]["details"] == {"reason": "length"}
        assert noted(service, answer) == ("blocked", "blocked", "length", None)


@pytest.mark.parametrize(("said", "reason"), REASONS)
def test_what_the_tuned_model_will_not_answer_is_asked_of_base_once(
    service: RunningService, models: Models, said: Chunks, reason: str
) -> None:
    models.said["tuned"] = said
    answer = service.analyze(user_id=user_on("tuned"))
    assert (answer.metadata["arm_served"], answer.metadata["fallback_reason"]) == ("base", "blocked")
    assert noted(service, answer) == ("ok", "blocked", reason, "blocked")
    answer, told = streamed(service, user_on("tuned"))
    assert [name for name, _ in told] == ["meta", "delta", "done"]
    assert told[-1][1]["metadata"]["fallback_reason"] == "blocked"
    models.said["base"], models.asked = [BLOCKED], []
    assert service.analyze(user_id=user_on("tuned")).json["error"]["details"] == {"reason": "blocked"}
    assert models.asked.count("base") == 1


def test_one_users_blocked_questions_leave_both_models_to_the_others(
    service: RunningService, models: Models
) -> None:
    models.said = {"base": [BLOCKED], "tuned": [BLOCKED]}
    for arm in ("base", "tuned"):
        assert {service.analyze(user_id=user_on(arm)).status for _ in range(20)} == {422}
    models.reset()
    for arm in ("base", "tuned"):
        assert service.analyze(user_id=user_on(arm, 1)).metadata["arm_served"] == arm
    assert not any(service.call("GET", "/readyz", port=service.ops_port).json["breakers"].values())


def test_a_prompt_that_the_service_finds_wrong_leaves_the_model_to_the_others(
    gemini: Wire,
) -> None:
    """Status 400 is a failure, but one of that request: such as a prompt that is too long for the model."""
    for code, is_left in ((400, True), (500, False)):
        generation = Generation(settings(gemini.url, gemini.credentials_file))
        gemini.fault(kind="status", path="generateContent", code=code)
        for _ in range(12):
            with pytest.raises(NoAnswerError):
                generation.answer("base", "p", time.monotonic())
        assert generation.breaker_states()[BASE] is not is_left
        gemini.clear()


def base_figures(service: RunningService) -> dict[str, Any]:
    found: dict[str, Any] = service.call("GET", "/api/v1/status").json["traffic"]["base"]
    return found


def test_what_is_blocked_is_a_class_of_its_own_in_the_arms_figures(
    service: RunningService, models: Models
) -> None:
    noted(service, service.analyze(user_id=user_on("base")))  # so that the arm has figures
    before = base_figures(service)
    models.said["base"] = [BLOCKED]
    for _ in range(3):
        last = service.analyze(user_id=user_on("base"))
    noted(service, last)
    service.wait_until(lambda: base_figures(service)["blocked"] >= before["blocked"] + 3)
    assert base_figures(service)["errors"] == before["errors"]
    assert before["errors"].keys() == {"upstream", "timeout", "cut"}
    metrics = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    assert 'finrisk_rejected_total{code="blocked"}' not in metrics


def test_a_blocked_question_closes_the_breaker_that_tries_a_model_again(
    models: Models, gemini: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model works: a probe that its question blocks must not keep it from everybody, nor hang."""
    monkeypatch.setattr(breaker, "OPEN_SECONDS", 0.0)
    server = Odd(models.answer)
    generation = Generation(settings(server.url, gemini.credentials_file))
    models.said["base"] = [{"candidates": []}]  # no answer, which is a failure
    for _ in range(5):
        with pytest.raises(NoAnswerError):
            generation.answer("base", "p", time.monotonic())
    assert generation.breaker_states()[BASE]
    models.said["base"] = [BLOCKED]
    with pytest.raises(NoAnswerError) as failure:
        generation.answer("base", "p", time.monotonic())
    assert failure.value.block_reason == "blocked"
    assert not generation.breaker_states()[BASE]
    server.close()


def test_an_answer_without_an_end_is_the_arms_failure_and_costs_the_worker_no_memory(
    service: RunningService, models: Models
) -> None:
    [worker] = service.workers()
    Path(f"/proc/{worker}/clear_refs").write_text("5")  # the peak of memory is counted from here
    before = peak_of_memory(worker)
    models.said["base"] = [parts("and so on, " * 100)] * 20_000  # 22 MB
    answer, told = streamed(service, user_on("base"))
    assert {name for name, _ in told} == {"meta", "delta", "error"}
    assert told[-1][1]["error"]["code"] == "cut_stream"
    assert noted(service, answer) == ("cut_stream", "cut_stream", None, None)
    models.said["base"] = models.said["tuned"] = [parts("and so on, " * 2_000_000, finish="STOP")]
    asked = len(models.asked)
    answer = service.analyze(user_id=user_on("base"))
    assert (answer.status, answer.json["error"]["code"]) == (503, "cut_stream")
    assert len(models.asked) == asked + 1  # it is not asked again
    models.said["base"] = [ANSWER]
    assert noted(service, service.analyze(user_id=user_on("tuned"))) == (
        "ok",
        "cut_stream",
        None,
        "cut_stream",
    )
    assert peak_of_memory(worker) < before + 100_000


def peak_of_memory(process: int) -> int:
    """The most memory that a process has held, in KiB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1])


def test_a_tuned_model_that_falls_silent_is_given_up_by_its_own_pace(
    service: RunningService, models: Models
) -> None:
    for number in range(20):
        assert service.analyze(user_id=user_on("tuned", number)).metadata["arm_served"] == "tuned"
        streamed(service, user_on("tuned", number))
    service.analyze(user_id=user_on("base"))
    models.said["tuned"] = None
    for ask in (service.analyze, lambda user_id: streamed(service, user_id)[0]):
        started = time.monotonic()
        answer = ask(user_id=user_on("tuned"))
        assert 1.9 < time.monotonic() - started < 8  # 18 s without a pace of its own
        assert noted(service, answer) == ("ok", "timeout", None, "timeout")


def test_a_tuned_model_that_gets_slower_is_given_up_once_and_then_waited_for(
    models: Models, gemini: Wire
) -> None:
    """The answer that came too late for its own question is listened to, and tells that others will come."""
    server = Odd(models.answer)
    generation = Generation(settings(server.url, gemini.credentials_file, **SPLIT))
    generation.answer("base", "p", time.monotonic())
    for _ in range(20):
        generation.answer("tuned", "p", time.monotonic())
    models.seconds = 3.0
    assert generation.answer("tuned", "p", time.monotonic()).arm_error == "timeout"
    models.over.wait(1.5)  # until it comes
    assert generation.answer("tuned", "p", time.monotonic()).arm == "tuned"
    server.close()


def test_a_tuned_model_is_waited_for_where_base_cannot_take_over(models: Models, gemini: Wire) -> None:
    server = Odd(models.answer)
    held = settings(server.url, gemini.credentials_file, REQUEST_DEADLINE_SECONDS=6, **SPLIT)
    generation = Generation(held)
    for _ in range(20):
        generation.answer("tuned", "p", time.monotonic())
    models.said["tuned"] = None
    started = time.monotonic()
    served = generation.answer("tuned", "p", started)
    assert served.arm_error == "timeout"
    assert time.monotonic() - started > 3.5  # 60 % of its deadline: nobody knew that base would answer
    started = time.monotonic()
    assert generation.answer("tuned", "p", started).arm_error == "timeout"
    assert time.monotonic() - started < 3.5
    server.close()
