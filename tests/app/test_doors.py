"""Doors: who is refused leaves a trace, who is wrong about a key waits, and the right key is always taken."""

from __future__ import annotations

import http.client
import json
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from finrisk import cli
from tests.grounds.refusals import error
from tests.grounds.service import KEYS, STRATEGY, RunningService, key


def statuses(service: RunningService, given: list[str]) -> list[int]:
    """Ask for the status with each of the keys, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=40)
    try:
        found = []
        for each in given:
            connection.request("GET", "/api/v1/status", headers={"Authorization": f"Bearer {each}"})
            response = connection.getresponse()
            response.read()
            found.append(response.status)
        return found
    finally:
        connection.close()


def requests_told(service: RunningService, **fields: object) -> Counter[str]:
    """How many refusals with these fields the log tells of, by code."""
    counts: Counter[str] = Counter()
    for line in service.log_lines("request_refused"):
        if all(line[name] == value for name, value in fields.items()):
            counts[line["code"]] += 1 + line["left_out"]
    return counts


def keys_of(service: RunningService) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((service.var / "api_keys.json").read_text())
    return found


def test_1500_wrong_keys_leave_few_lines_and_wait_while_the_right_key_is_served(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=2)
    wrong = [f"frk_analyst_{secrets.token_urlsafe(32)}" for _ in range(1500)]
    right = key("analyst")
    mixed = [given for one in wrong for given in (one, right)]
    with ThreadPoolExecutor(6) as pool:
        parts = list(
            pool.map(
                lambda part: statuses(service, part), [mixed[at : at + 500] for at in range(0, 3000, 500)]
            )
        )
    answers = [status for part in parts for status in part]
    assert set(answers[1::2]) == {200}
    told = Counter(answers[::2])
    assert told.keys() == {401, 429}
    assert told[429] > 1000
    assert len(service.log_lines("request_refused")) <= 60
    service.stop()
    counted = {"unauthorized": told[401], "too_many_wrong_keys": told[429]}
    assert requests_told(service, key_id="analyst", address="127.0.0.1") == counted
    log = service.log_text()
    assert not [given for given in [*wrong, right] if given[12:] in log]


def test_who_tries_too_often_learns_when_to_come_back_and_that_the_right_key_is_taken(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1)
    wrong = {"Authorization": f"Bearer frk_nobody_{'x' * 43}"}
    for _ in range(10):
        error(service.call("GET", "/api/v1/status", with_key=None, headers=wrong), 401, "unauthorized")
    answer = service.call("GET", "/api/v1/status", with_key=None, headers=wrong)
    assert "127.0.0.1" in error(answer, 429, "too_many_wrong_keys")["message"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 6
    other = [f"frk_other{number}_{'x' * 43}" for number in range(60)]
    told = Counter(statuses(service, other))
    assert told[401] >= 39
    assert told[429] >= 5
    assert statuses(service, [key("all")]) == [200]
    metrics = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    assert "finrisk_wrong_keys_total 71.0" in metrics
    assert 'finrisk_rejected_total{code="too_many_wrong_keys"}' in metrics


def test_an_expired_key_is_told_so_and_only_to_who_has_its_secret(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(start=False)
    past, ahead = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    entries = [
        entry | {"expires": (past if entry["id"] == "analyst" else ahead).isoformat()}
        for entry in keys_of(service)
    ]
    (service.var / "api_keys.json").write_text(json.dumps(entries))
    service.start()
    assert service.call("GET", "/api/v1/status").status == 200
    answer = service.call("GET", "/api/v1/status", with_key="analyst")
    assert "has expired" in error(answer, 401, "unauthorized")["message"]
    guessed = {"Authorization": f"Bearer {key('analyst')[:-1]}x"}
    answer = service.call("GET", "/api/v1/status", with_key=None, headers=guessed)
    assert error(answer, 401, "unauthorized")["message"] == "the API key is not known"
    assert requests_told(service, key_id="analyst") == {"unauthorized": 2}


def test_an_ended_key_is_refused_within_a_second_and_the_others_go_on(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1)
    assert service.call("GET", "/api/v1/status", with_key="analyst").status == 200
    cli.main(["keys", "end", "analyst", str(service.var / "api_keys.json")])
    service.wait_until(lambda: service.call("GET", "/api/v1/status", with_key="analyst").status == 401, 5)
    answer = service.call("GET", "/api/v1/status", with_key="analyst")
    assert "has ended" in error(answer, 401, "unauthorized")["message"]
    assert service.call("GET", "/api/v1/status").status == 200


def test_a_bad_entry_or_file_takes_no_key_out_and_is_logged_once(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1)
    path = service.var / "api_keys.json"
    good = keys_of(service)
    misplaced = key("librarian")
    path.write_text(
        json.dumps([good[0], {"id": "late", "name": "x", "sha256": misplaced, "roles": []}, *good[1:]])
    )
    service.wait_until(lambda: service.call("GET", "/api/v1/status").status and problems(service), 5)
    assert "entry 2 (late) is left out" in problems(service)[0]
    for with_key in KEYS:
        assert service.call("GET", "/api/v1/status", with_key=with_key).status == 200
    path.write_text('[{"id": "al')
    service.wait_until(lambda: service.call("GET", "/api/v1/status").status and problems(service)[1:], 5)
    for _ in range(30):
        assert service.call("GET", "/api/v1/status", with_key="analyst").status == 200
    path.write_text(json.dumps(good[:1]))
    service.wait_until(lambda: service.call("GET", "/api/v1/status", with_key="analyst").status == 401, 5)
    assert len(problems(service)) == 2
    assert misplaced[16:] not in service.log_text()


def problems(service: RunningService) -> list[str]:
    return [line["message"] for line in service.log_lines("api_keys_problem")]


def test_every_record_names_the_key_that_asked(service: RunningService) -> None:
    answer = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY}, with_key="analyst")
    request_id = answer.metadata["request_id"]
    rating = {"request_id": request_id, "rating": 1}
    assert service.call("POST", "/api/v1/feedback", rating, with_key="all").status < 300
    assert service.wait_for_row(answer)["key_id"] == "analyst"
    query = "select key_id from {} where request_id = %s"
    assert service.wait_until(lambda: service.rows(query.format("training_data"), request_id)) == [
        ("analyst",)
    ]
    assert service.wait_until(lambda: service.rows(query.format("feedback"), request_id)) == [("all",)]
    [line] = [line for line in service.log_lines("analysis_served") if line["request_id"] == request_id]
    assert line["key_id"] == "analyst"


def test_a_request_that_no_model_answers_names_its_key_too(service: RunningService) -> None:
    service.gemini.fault(path="generateContent", kind="status", code=400)
    answer = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY}, with_key="analyst")
    assert answer.status == 503
    request_id = answer.headers["X-Request-Id"]
    [line] = [line for line in service.log_lines("analysis_failed") if line["request_id"] == request_id]
    assert line["key_id"] == "analyst"
    assert service.wait_for_row(answer)["key_id"] == "analyst"


@pytest.mark.parametrize(
    ("method", "path", "body", "with_key", "status", "code", "route"),
    [
        ("GET", "/nothing?text=word-of-a-client", None, "all", 404, "not_found", None),
        ("GET", f"/word-of-a-client/{key('all')}", None, None, 404, "not_found", None),
        ("PUT", "/api/v1/analyze", None, "all", 405, "method_not_allowed", None),
        ("GET", "/api/v1/documents?limit=word-of-a-client", None, "all", 422, "invalid", "/api/v1/documents"),
        ("GET", "/api/v1/documents", None, "analyst", 403, "forbidden", "/api/v1/documents"),
        ("GET", "/api/v1/documents", None, None, 401, "unauthorized", "/api/v1/documents"),
        ("POST", "/api/v1/analyze", b"{word-of-a-client", "all", 400, "not_json", "/api/v1/analyze"),
        ("POST", "/api/v1/analyze", {"word-of-a-client": 1}, "analyst", 422, "invalid", "/api/v1/analyze"),
        ("POST", "/api/v1/analyze", b" " * 600_000, "all", 413, "too_large", "/api/v1/analyze"),
        (
            *("DELETE", "/api/v1/documents/word-of-a-client", None, "librarian", 404, "not_found"),
            "/api/v1/documents/<document_id:document_id>",
        ),
    ],
)
def test_a_refusal_leaves_a_line_without_a_word_of_the_client(
    service: RunningService,
    method: str,
    path: str,
    body: Any,
    with_key: str | None,
    status: int,
    code: str,
    route: str | None,
) -> None:
    answer = service.call(method, path, body, with_key=with_key)
    error(answer, status, code)
    lines = service.log_lines("request_refused")
    [line] = [line for line in lines if line["request_id"] == answer.headers["X-Request-Id"]]
    assert (line["status"], line["code"], line["address"]) == (status, code, "127.0.0.1")
    assert line["route"] == route
    assert line["key_id"] == (with_key if route else None)
    log = service.log_text()
    assert "word-of-a-client" not in log
    assert key("all")[9:] not in log


@pytest.mark.parametrize(
    "given",
    [
        key("all")[len("frk_all_") :],
        f"frk_{'a' * 20}_{'b' * 22}",
        f"frk_all_{'s' * 19}",
        "frk_" + "i" * 33 + "_" + "x" * 43,
        "frk_all\tx_" + "x" * 43,
        "frk__" + "x" * 43,
    ],
)
def test_what_has_not_the_form_of_a_key_is_no_id_in_the_log(service: RunningService, given: str) -> None:
    headers = {"Authorization": f"Bearer {given}"}
    answer = service.call("GET", "/openapi.json", with_key=None, headers=headers)
    error(answer, 401, "unauthorized")
    for line in service.log_lines("request_refused"):
        if line["route"] == "/openapi.json":
            assert line["key_id"] is None
    assert given[4:] not in service.log_text()
