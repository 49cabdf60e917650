"""Two arms: sticky users, fallback to base, deadlines, breaker; and which answers count."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from finrisk_rules.assignment import bucket
from sandbox.connection import LOCATION, PROJECT
from tests.grounds.arms import SPLIT, user_on
from tests.grounds.service import STRATEGY, RunningService, key
from tests.grounds.wire import Wire

TUNED = "publishers/google/models/gemini-3.5-flash"
"""Stands for a tuned model: the service only needs a name that answers."""
ON_TUNED = "models/gemini-3\\.5-flash:"
ON_BASE = "models/gemini-3\\.5-flash-lite:"


@pytest.fixture
def service(new_service: Callable[..., RunningService]) -> RunningService:
    running = new_service(**SPLIT)
    running.add_page()
    return running


def test_a_user_keeps_its_arm_over_requests_workers_and_restarts(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(**SPLIT, WORKERS=2)
    users = [f"user-{n}" for n in range(40)]
    expected = {user: "tuned" if bucket("finrisk-v1-demo", "user", user) < 5000 else "base" for user in users}
    for is_second_round in (False, True):
        if is_second_round:
            service.stop()
            service.start()
        for user in users:
            assert service.analyze(user_id=user).metadata["arm_assigned"] == expected[user]
    assert set(expected.values()) == {"base", "tuned"}


def test_the_tuned_answer_says_so(service: RunningService) -> None:
    metadata = service.analyze(user_id=user_on("tuned")).metadata
    assert metadata["approach"] == "rag_finetuned"
    assert metadata["finetuned_model_used"] is True
    assert metadata["model"] == "gemini-3.5-flash"
    [line] = service.log_lines("analysis_served")
    assert line["message"] == "model gemini-3.5-flash, fine-tuned true"
    started = service.log_lines("ab_testing_configured")[0]["message"]
    assert started == (
        "A/B testing enabled: split 0.5, base model gemini-3.5-flash-lite, fine-tuned model gemini-3.5-flash"
    )


@pytest.mark.parametrize(
    ("kind", "fault", "reason"),
    [
        ("status", {"kind": "status", "code": 500}, "upstream_error"),
        ("status", {"kind": "status", "code": 429, "retry_after": 60}, "upstream_error"),
        ("drop", {"kind": "drop"}, "upstream_error"),
        ("safety", {"kind": "safety"}, "blocked"),
        ("blocked", {"kind": "blocked_prompt"}, "blocked"),
        ("length", {"kind": "empty"}, "blocked"),
    ],
)
def test_when_the_tuned_model_fails_base_answers_and_the_failure_is_the_tuned_arms(
    service: RunningService, kind: str, fault: dict[str, object], reason: str
) -> None:
    service.gemini.fault(path=ON_TUNED, **fault)
    answer = service.analyze(user_id=user_on("tuned"))
    assert answer.status == 200, (kind, answer.body)
    metadata = answer.metadata
    assert (metadata["arm_assigned"], metadata["arm_served"]) == ("tuned", "base")
    assert metadata["finetuned_model_used"] is False
    assert metadata["approach"] == "rag_base"
    assert metadata["fallback_reason"] == reason
    row = service.wait_for_row(answer)
    assert (row["arm_assigned"], row["arm_served"], row["arm_error"], row["outcome"]) == (
        "tuned",
        "base",
        reason,
        "ok",
    )


def test_a_slow_tuned_model_leaves_base_its_share_of_the_deadline(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(**SPLIT, REQUEST_DEADLINE_SECONDS=3)
    service.add_page()
    service.gemini.fault(path=ON_TUNED, kind="latency", ms=10_000)
    started = time.monotonic()
    answer = service.analyze(user_id=user_on("tuned"))
    assert answer.metadata["fallback_reason"] == "timeout"
    assert 1.7 < time.monotonic() - started < 3.2
    row = service.wait_for_row(answer)
    assert 1700 < row["arm_ms"] < row["latency_ms"]  # what base took after it is not the tuned model's time


def test_an_arm_that_answers_itself_took_as_long_as_its_user_waited(service: RunningService) -> None:
    for arm in ("base", "tuned"):
        row = service.wait_for_row(service.analyze(user_id=user_on(arm)))
        assert (row["arm_served"], row["arm_ms"]) == (arm, row["latency_ms"])


def test_base_is_asked_once_more_after_429_and_the_wait_it_asks_for_is_kept(service: RunningService) -> None:
    service.gemini.fault(path=ON_BASE, kind="status", code=429, retry_after=1, times=1)
    started = time.monotonic()
    answer = service.analyze(user_id=user_on("base"))
    assert answer.status == 200
    assert time.monotonic() - started >= 1.0


def test_a_stream_asks_base_once_more_as_long_as_it_has_given_nothing(service: RunningService) -> None:
    service.gemini.fault(path=ON_BASE, kind="status", code=429, retry_after=1, times=1)
    started = time.monotonic()
    answer = service.call(
        "POST",
        "/api/v1/analyze",
        {"strategy": STRATEGY, "user_id": user_on("base")},
        headers={"Accept": "text/event-stream"},
    )
    assert "event: done" in answer.body.decode()
    assert time.monotonic() - started >= 1.0


def test_a_wait_beyond_the_deadline_is_an_error_at_once(new_service: Callable[..., RunningService]) -> None:
    service = new_service(**SPLIT, REQUEST_DEADLINE_SECONDS=5)
    service.gemini.fault(path=ON_BASE, kind="status", code=429, retry_after=60)
    started = time.monotonic()
    answer = service.analyze(user_id=user_on("base"))
    assert time.monotonic() - started < 2
    assert answer.status == 503
    assert answer.json["error"]["code"] == "upstream_error"
    assert int(answer.headers["Retry-After"]) == 60


def test_when_no_model_answers_the_request_fails_in_the_one_shape_and_is_recorded(
    service: RunningService,
) -> None:
    service.gemini.fault(path="generateContent", kind="status", code=500)
    answer = service.analyze(user_id=user_on("tuned"))
    assert answer.status == 503
    assert answer.json["error"]["code"] == "upstream_error"
    assert "Traceback" not in answer.body.decode()
    row = service.wait_for_row(answer)
    assert (row["outcome"], row["arm_error"], row["arm_served"]) == ("upstream_error", "upstream_error", None)
    assert row["skip_reason"] == "no_answer"


def test_a_tuned_model_that_mostly_fails_is_left_alone_by_the_breaker(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(**SPLIT, WORKERS=1)  # each worker counts on its own
    service.add_page()
    service.gemini.fault(path=ON_TUNED, kind="status", code=500)
    reasons = [service.analyze(user_id=user_on("tuned")).metadata["fallback_reason"] for _ in range(15)]
    assert reasons == ["upstream_error"] * 10 + ["breaker"] * 5
    service.gemini.forget_requests()
    service.analyze(user_id=user_on("tuned"))
    assert service.gemini.requests(ON_TUNED) == []


def test_what_base_fails_at_while_the_tuned_model_rests_is_not_the_tuned_models_failure(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(**SPLIT, WORKERS=1)
    service.gemini.fault(path=ON_TUNED, kind="status", code=500)
    for _ in range(10):
        service.analyze(user_id=user_on("tuned"))
    service.gemini.fault(path=ON_BASE, kind="status", code=500)
    row = service.wait_for_row(service.analyze(user_id=user_on("tuned")))
    assert (row["outcome"], row["fallback_reason"]) == ("upstream_error", "breaker")
    assert (row["arm_error"], row["arm_ms"]) == (None, None)


def test_a_stream_falls_back_before_its_first_piece(service: RunningService) -> None:
    service.gemini.fault(path=ON_TUNED, kind="status", code=500)
    answer = service.call(
        "POST",
        "/api/v1/analyze",
        {"strategy": STRATEGY, "user_id": user_on("tuned")},
        headers={"Accept": "text/event-stream"},
    )
    done = json.loads(answer.body.decode().strip().rpartition("data: ")[2])
    assert done["metadata"]["fallback_reason"] == "upstream_error"
    assert done["metadata"]["arm_served"] == "base"


@pytest.mark.parametrize("fault", [{"kind": "cut_stream", "after_chunks": 1}, {"kind": "clean_cut"}])
def test_a_stream_that_breaks_off_is_the_arms_error_and_is_not_collected(
    service: RunningService, fault: dict[str, object]
) -> None:
    service.gemini.fault(path=ON_TUNED, **fault)
    answer = service.call(
        "POST",
        "/api/v1/analyze",
        {"strategy": STRATEGY, "user_id": user_on("tuned")},
        headers={"Accept": "text/event-stream"},
    )
    last = answer.body.decode().strip().split("\n\n")[-1]
    assert last.startswith("event: error")
    assert json.loads(last.partition("data: ")[2])["error"]["code"] == "cut_stream"
    row = service.wait_for_row(answer)
    assert (row["arm_assigned"], row["arm_error"], row["outcome"]) == ("tuned", "cut_stream", "cut_stream")
    assert service.rows("select 1 from training_data where id = %s", row["id"]) == []


def test_with_unit_request_one_user_meets_both_models(new_service: Callable[..., RunningService]) -> None:
    service = new_service(**SPLIT, AB_TEST_UNIT="request")
    arms = {service.analyze(user_id="test_user").metadata["arm_assigned"] for _ in range(30)}
    assert arms == {"base", "tuned"}


def test_the_session_decides_where_no_user_is_named(service: RunningService) -> None:
    place = bucket("finrisk-v1-demo", "session", "test_session")
    answer = service.analyze(session_id="test_session")
    assert answer.metadata["arm_assigned"] == ("tuned" if place < 5000 else "base")
    assert service.wait_for_row(answer)["unit_kind"] == "session"


def test_a_tuned_endpoint_of_another_region_is_called_in_that_region(
    new_service: Callable[..., RunningService], gemini: Wire
) -> None:
    endpoint = f"projects/{PROJECT}/locations/europe-west4/endpoints/77"
    service = new_service(**{**SPLIT, "AB_TEST_TRAFFIC_SPLIT": "1", "FINETUNED_MODEL_NAME": endpoint})
    gemini.forget_requests()
    answer = service.analyze(user_id="u")
    assert answer.metadata["fallback_reason"] == "upstream_error"  # there is no such endpoint
    asked = [request["path"] for request in gemini.requests("generateContent")]
    assert f"/v1/{endpoint}:generateContent" in asked
    assert any(
        f"/locations/{LOCATION}/publishers/google/models/gemini-3.5-flash-lite" in path for path in asked
    )


def test_settings_that_cannot_be_used_keep_the_service_from_starting(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(start=False, AB_TEST_TRAFFIC_SPLIT="25")
    service.start(wait=False)
    assert service.process is not None
    assert service.process.wait(timeout=20) != 0
    refused = service.log_lines("settings_refused")
    assert "AB_TEST_TRAFFIC_SPLIT" in refused[0]["message"]


@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_unusable_credentials_fail_requests_with_the_reason_and_not_the_service(
    new_service: Callable[..., RunningService], content: str | None
) -> None:
    service = new_service(start=False)
    path = service.var / "broken.json"
    if content is not None:
        path.write_text(content)
    held = json.loads((service.var / "credentials.json").read_text())
    held["stringData"]["GOOGLE_APPLICATION_CREDENTIALS"] = str(path)
    (service.var / "credentials.json").write_text(json.dumps(held))
    service.start()
    answer = service.analyze()
    assert (answer.status, answer.json["error"]["code"]) == (503, "upstream_error")
    assert service.log_lines("model_client_failed")
    checked = subprocess.run(
        [sys.executable, "-m", "finrisk", "settings"],
        env={"USER_HASH_KEY": "k", "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "l"}
        | held["stringData"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 2
    assert "GOOGLE_APPLICATION_CREDENTIALS" in checked.stderr


def test_a_base_model_that_mostly_fails_gets_a_rest_and_then_users_again(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1)
    service.gemini.fault(path="generateContent", kind="status", code=500)
    for _ in range(8):
        assert service.analyze().status == 503
    service.gemini.forget_requests()
    started = time.monotonic()
    answer = service.analyze()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert time.monotonic() - started < 0.5
    assert service.gemini.requests("generateContent") == []
    assert service.call("GET", "/readyz", port=service.ops_port).json["breakers"] == {
        "gemini-3.5-flash-lite": True
    }
    service.gemini.clear()
    service.wait_until(lambda: service.analyze().status == 200, 15)
    assert service.call("GET", "/readyz", port=service.ops_port).json["breakers"] == {
        "gemini-3.5-flash-lite": False
    }


def leave(service: RunningService, user: str) -> None:
    """Ask for a stream and go after its first bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    headers = {"Authorization": f"Bearer {key('all')}", "Content-Type": "application/json"}
    headers["Accept"] = "text/event-stream"
    question = {"strategy": STRATEGY, "user_id": user}
    connection.request("POST", "/api/v1/analyze", json.dumps(question), headers)
    response = connection.getresponse()
    response.read(20)
    response.close()
    connection.close()


def test_a_client_that_leaves_a_stream_leaves_a_row_that_is_no_failure_of_the_arm(
    service: RunningService,
) -> None:
    service.gemini.fault(path="streamGenerateContent", kind="latency", ms=300)
    leave(service, "leaver")
    query = "select arm_error, skip_reason from analyses where outcome = 'abandoned'"
    assert service.wait_until(lambda: service.rows(query)) == [(None, "no_answer")]
    assert not [line for line in service.log_lines("analysis_failed") if line["outcome"] == "abandoned"]


def test_a_client_that_leaves_while_base_answers_hides_no_failure_of_the_tuned_model(
    service: RunningService,
) -> None:
    service.gemini.fault(path=ON_TUNED, kind="status", code=500)
    service.gemini.fault(path=ON_BASE + "stream", kind="latency", ms=300)
    leave(service, user_on("tuned"))
    query = (
        "select arm_error, fallback_reason, arm_served, arm_ms > 0 from analyses where outcome = 'abandoned'"
    )
    assert service.wait_until(lambda: service.rows(query)) == [
        ("upstream_error", "upstream_error", None, True)
    ]
