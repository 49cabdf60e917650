"""The other arm's model is asked after the reply: nobody waits for it, and nothing of a user's changes."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from finrisk.http import app
from finrisk.settings import SettingsError
from tests.grounds.arms import SPLIT, user_on
from tests.grounds.odd import BASE, BLOCKED, Odd, events, parts, settings, whole
from tests.grounds.service import PAGE, STRATEGY, RunningService
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

RIGHT = "The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 from 131 % [1]."
WRONG = (
    "The ratio of Corvane Bank fell to 117 % at the end of 2024 [1]. Write to jane.roe@example.com for more."
)


class Models:
    """Base answers rightly; what the tuned model does is the test's to say, for a shadow's call alone."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.tuned: Callable[[socket.socket], bool] = lambda connection: whole(
            connection, parts(WRONG, finish="STOP")
        )

    def has_asked_tuned(self, times: int) -> bool:
        return self.asked["tuned"] >= times

    def answer(self, connection: socket.socket, request: bytes) -> bool:
        path = request.split(b" ", 2)[1].decode()
        arm = "base" if f"/{BASE}:" in path else "tuned"
        self.asked[arm] += 1
        if arm == "tuned":
            return self.tuned(connection)
        said = parts(RIGHT, finish="STOP")
        return events(connection, said) if "stream" in path else whole(connection, said)


@pytest.fixture
def models() -> Models:
    return Models()


@pytest.fixture
def shadowed(
    new_service: Callable[..., RunningService], models: Models
) -> Iterator[Callable[..., RunningService]]:
    """A service whose every question is for both models, where the test says nothing else."""
    with Odd(models.answer) as server:

        def make(**more: object) -> RunningService:
            keys = {**SPLIT, "SHADOW_SHARE": 1, "GEMINI_BASE_URL": server.url, **more}
            service = new_service(**keys)
            service.add_page()
            return service

        yield make


def outcomes(service: RunningService) -> dict[str, int]:
    """How many questions for the tuned model ended how."""
    text = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    found = re.findall(r'^finrisk_shadow_total\{arm="tuned",outcome="(\w+)"\} (\d+)', text, re.MULTILINE)
    return {outcome: int(count) for outcome, count in found}


def ended(service: RunningService, number: int) -> dict[str, int]:
    return service.wait_until(lambda: told if sum((told := outcomes(service)).values()) == number else None)


def fail(connection: socket.socket) -> bool:
    connection.sendall(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n")
    return True


def ask(service: RunningService, arm: str = "base") -> Any:
    answer = service.analyze(user_id=user_on(arm))
    assert answer.status == 200, answer.body
    return answer


def test_both_answers_to_a_question_stand_side_by_side_and_go_together(
    shadowed: Callable[..., RunningService],
) -> None:
    service = shadowed()
    answer = ask(service)
    assert answer.metadata["arm_served"] == "base"
    assert ended(service, 1) == {"ok": 1}
    pair = service.rows("select request_id::text, base_wrong, tuned_wrong, tuned_model from shadow_pairs")
    assert pair == [(answer.headers["X-Request-Id"], False, True, "gemini-3.5-flash")]
    [(text,)] = service.rows("select analysis from shadows")
    assert ("117 %" in text, "jane.roe" in text) == (True, False), text
    assert service.rows("select arm from training_data where arm <> 'base'") == []
    assert service.rows("select distinct arm, sum(requests) from exposures group by 1") == [("base", 1)]
    assert service.rows("select (wrong_figures, arm_served)::text from analyses") == [("(0,base)",)]
    assert service.rows("delete from analyses returning 1") == [(1,)]
    assert service.rows("select count(*) from shadows") == [(0,)]


def test_a_model_that_hangs_keeps_no_user_waiting_and_no_worker_from_its_end(
    shadowed: Callable[..., RunningService], models: Models
) -> None:
    over, asked = threading.Event(), threading.Event()

    def hang(connection: socket.socket) -> bool:
        del connection
        asked.set()
        over.wait(120)
        return False

    models.tuned = hang
    service = shadowed(MAX_IN_FLIGHT=1, REQUEST_DEADLINE_SECONDS=60)
    try:
        body = {"strategy": STRATEGY, "user_id": user_on("base")}
        stream = service.call(
            "POST", "/api/v1/analyze", body, headers={"Accept": "text/event-stream"}
        )  # its end comes though the tuned model will not answer before this test is over
        assert b"event: done" in stream.body
        assert asked.wait(30)
        for _ in range(14):  # the only place is free each time
            ask(service)
        told = service.wait_until(lambda: outcomes(service) if outcomes(service) else None)
        assert told == {"busy": 5}  # two are being asked, eight wait
        service.configure(**SPLIT, WORKERS=1)  # the next revision asks nobody else
        assert service.process
        service.process.send_signal(signal.SIGHUP)
        dropped = service.wait_until(lambda: outcomes(service).get("shutdown"), seconds=45)
        assert dropped == 10  # the worker did not wait for the 60 seconds of the model
    finally:
        over.set()
    assert service.rows("select count(*) from shadows") == [(0,)]


def test_a_model_that_fails_opens_no_breaker_and_no_question_is_asked_a_second_time(
    shadowed: Callable[..., RunningService], models: Models
) -> None:
    models.tuned = lambda connection: whole(connection, BLOCKED)
    service = shadowed()
    ask(service)
    assert ended(service, 1) == {"blocked": 1}
    models.tuned = fail
    for number in range(12):
        ask(service)
        ended(service, number + 2)
    assert outcomes(service) == {"blocked": 1, "upstream_error": 12}
    assert models.asked["tuned"] == 13
    breakers = service.call("GET", "/readyz", port=service.ops_port).json["breakers"]
    assert set(breakers.values()) == {False}
    models.tuned = lambda connection: whole(connection, parts(RIGHT, finish="STOP"))
    assert ask(service, "tuned").metadata["arm_served"] == "tuned"


def test_two_workers_share_one_limit_and_text_is_kept_only_where_it_may_be(
    shadowed: Callable[..., RunningService], models: Models
) -> None:
    service = shadowed(WORKERS=2, SHADOW_DAILY_CALLS=3, ANALYSIS_RETENTION_DAYS=0)
    for number in range(10):
        ask(service)
        ended(service, number + 1)
    assert outcomes(service) == {"ok": 3, "limit": 7}
    assert models.asked["tuned"] == 3
    assert service.rows("select calls from shadow_days") == [(3,)]
    assert service.rows("select count(*), count(analysis), count(quality) from shadows") == [(3, 0, 3)]


def test_the_other_model_is_asked_when_the_reply_was_sent_and_not_before(
    database_url: str, gemini: Wire, models: Models, tmp_path: Path
) -> None:
    with Odd(models.answer) as server:
        keys = {**SPLIT, "SHADOW_SHARE": 1, "DATABASE_URL": database_url, "REQUIRE_API_KEY": "false"}
        keys |= {"FINRISK_VAR_DIR": tmp_path}
        running = app.service(settings(server.url, gemini.credentials_file, **keys))
        client = app.create_app(running).test_client()
        try:
            client.post("/api/v1/documents", json={"documents": [PAGE]})
            for kind in ("application/json", "text/event-stream"):
                before = models.asked["tuned"]
                body = {"strategy": STRATEGY, "user_id": user_on("base")}
                reply = client.post("/api/v1/analyze", json=body, headers={"Accept": kind}, buffered=False)
                assert b"118 %" in b"".join(reply.iter_encoded()), kind
                time.sleep(0.5)  # a call that had begun would be there
                assert models.asked["tuned"] == before
                reply.close()
                until(partial(models.has_asked_tuned, before + 1))
        finally:
            for part in (running.shadow, running.collection, running.database):
                part.close()


def test_by_default_no_other_model_is_asked(shadowed: Callable[..., RunningService], models: Models) -> None:
    service = shadowed(SHADOW_SHARE=0)
    for _ in range(3):
        service.wait_for_row(ask(service))
    assert (models.asked["tuned"], outcomes(service)) == (0, {})
    assert service.rows("select count(*) from shadow_days") == [(0,)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"SHADOW_SHARE": 5}, "SHADOW_SHARE='5' cannot be used.*a share from 0 to 1, not a percentage"),
        ({"SHADOW_DAILY_CALLS": 0}, "SHADOW_DAILY_CALLS='0' cannot be used"),
        ({"SHADOW_SHARE": 0.1, "FINETUNED_MODEL_NAME": "endpoints/8"}, "is no endpoint"),
        (
            {"SHADOW_SHARE": 0.1, "GEMINI_PROVIDER": "gemini_api", "GEMINI_API_KEY": "k"},
            "SHADOW_SHARE=0.1 cannot be used.*serves base models only",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        settings("", "", **wrong)
