"""What a wrong request gets: the right 4xx, in the one error shape, and never a traceback."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator

import pytest

from tests.grounds.refusals import error
from tests.grounds.service import STRATEGY, RunningService, key


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "strategy"),
        ({"strategy": ""}, "strategy"),
        ({"strategy": "   \n "}, "strategy"),
        ({"strategy": "x" * 30_001}, "strategy"),
        ({"strategy": 5}, "strategy"),
        ({"strategy": None}, "strategy"),
        ({"strategy": ["a"]}, "strategy"),
        ({"strategy": "a\x00b"}, "strategy"),
        ({"strategy": "half \ud800 pair"}, "strategy"),
        ({"strategy": "ok", "user_id": 7}, "user_id"),
        ({"strategy": "ok", "user_id": "u" * 257}, "user_id"),
        ({"strategy": "ok", "session_id": {"a": 1}}, "session_id"),
        ({"strategy": "ok", "filters": "2024"}, "filters"),
        ({"strategy": "ok", "filters": {"year": "2024"}}, "filters.year"),
        ({"strategy": "ok", "filters": {"year": 20240}}, "filters.year"),
        ({"strategy": "ok", "filters": {"sector": "banks"}}, "filters.sector"),
        ({"strategy": "ok", "unknown": 1}, "unknown"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_an_invalid_body_gets_422_and_each_field_is_named(
    service: RunningService, body: object, field: str
) -> None:
    found = error(service.call("POST", "/api/v1/analyze", body), 422, "invalid")
    assert field in [detail["field"] for detail in found["details"]]
    assert field in found["message"]


def test_a_strategy_of_exactly_the_limit_is_answered(service: RunningService) -> None:
    assert service.analyze("é" * 30_000).status == 200
    assert service.analyze("x").status == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"strategy=x", b'{"strategy": NaN}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_body_that_is_not_json_gets_400(service: RunningService, body: bytes) -> None:
    error(service.call("POST", "/api/v1/analyze", body), 400, "not_json")


def test_another_media_type_gets_415(service: RunningService) -> None:
    answer = service.call("POST", "/api/v1/analyze", b"{}", headers={"Content-Type": "text/plain"})
    error(answer, 415, "unsupported_media_type")


def test_a_body_over_the_limit_gets_413_with_its_size(service: RunningService) -> None:
    found = error(service.call("POST", "/api/v1/analyze", b" " * 600_000), 413, "too_large")
    assert "600000" in found["message"]
    assert "524288" in found["message"]


def test_a_chunked_body_over_the_limit_gets_413_and_is_never_cut_silently(service: RunningService) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"strategy": "'
        for _ in range(10):
            yield b"x" * 60_000
        yield b'"}'

    error(service.call("POST", "/api/v1/analyze", chunks()), 413, "too_large")


def test_a_chunked_body_within_the_limit_is_answered(service: RunningService) -> None:
    chunks = iter([b'{"strategy": "', STRATEGY.encode(), b'"}'])
    assert service.call("POST", "/api/v1/analyze", chunks).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic " + key("all")},
        {"Authorization": "Bearer frk_nobody_" + "x" * 43},
        {"Authorization": "Bearer frk_all_" + "x" * 43},
        {"Authorization": "Bearer " + key("all")[:-1]},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/analyze", "/api/v1/feedback", "/api/v1/documents"])
def test_no_or_a_wrong_key_gets_401(service: RunningService, headers: dict[str, str], path: str) -> None:
    answer = service.call("POST", path, {"strategy": "x"}, with_key=None, headers=headers)
    error(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/documents", "/openapi.json"])
def test_nothing_of_the_api_answers_without_a_key(service: RunningService, path: str) -> None:
    error(service.call("GET", path, with_key=None), 401, "unauthorized")


def test_a_key_without_the_role_gets_403_and_the_role_is_named(service: RunningService) -> None:
    answer = service.call("POST", "/api/v1/analyze", {"strategy": "x"}, with_key="librarian")
    assert "analyze" in error(answer, 403, "forbidden")["message"]
    error(service.call("GET", "/api/v1/documents", with_key="analyst"), 403, "forbidden")


def test_a_revoked_key_stops_working_within_seconds(new_service: Callable[..., RunningService]) -> None:
    service = new_service()
    assert service.call("GET", "/api/v1/status", with_key="analyst").status == 200
    service.write_keys({"all": ["admin"]})
    service.wait_until(lambda: service.call("GET", "/api/v1/status", with_key="analyst").status == 401, 5)


def test_unknown_paths_and_methods_get_404_and_405_in_the_same_shape(service: RunningService) -> None:
    error(service.call("GET", "/nothing"), 404, "not_found")
    answer = service.call("GET", "/api/v1/analyze")
    error(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_metrics_are_not_on_the_api_port(service: RunningService) -> None:
    error(service.call("GET", "/metrics"), 404, "not_found")
    assert service.call("GET", "/metrics", with_key=None, port=service.ops_port).status == 200


@pytest.mark.parametrize("request_id", ["", "abc", "123e4567-e89b-42d3-a456-426614174000", "x" * 65])
def test_feedback_on_what_is_no_request_id_gets_422(service: RunningService, request_id: str) -> None:
    found = error(
        service.call("POST", "/api/v1/feedback", {"request_id": request_id, "rating": 1}), 422, "invalid"
    )
    assert found["details"][0]["field"] == "request_id"


@pytest.mark.parametrize("rating", [0, 2, "1", 1.5, True])
def test_feedback_with_another_rating_gets_422(service: RunningService, rating: object) -> None:
    request_id = service.analyze().metadata["request_id"]
    answer = service.call("POST", "/api/v1/feedback", {"request_id": request_id, "rating": rating})
    assert error(answer, 422, "invalid")["details"][0]["field"] == "rating"


def test_feedback_on_an_old_unknown_request_gets_404(service: RunningService) -> None:
    body = {"request_id": "01890a5d-ac96-774b-bcce-b302099a8057", "rating": 1}  # of July 2023
    error(service.call("POST", "/api/v1/feedback", body), 404, "not_found")


def test_more_requests_than_the_key_may_send_get_429_with_the_wait(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(RATE_LIMIT_PER_MINUTE=8, WORKERS=2)
    answers = [service.call("GET", "/api/v1/status") for _ in range(12)]
    limited = [answer for answer in answers if answer.status == 429]
    assert limited
    error(limited[0], 429, "rate_limited")
    assert int(limited[0].headers["Retry-After"]) >= 1


def test_half_a_request_line_does_not_stop_the_service(service: RunningService) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(b"POST /api/v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert service.analyze().status == 200


def test_without_required_keys_the_operator_has_said_so(new_service: Callable[..., RunningService]) -> None:
    service = new_service(REQUIRE_API_KEY="false")
    assert service.call("GET", "/api/v1/status", with_key=None).status == 200


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET /" + b"y" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n", b"501"),
    ],
)
def test_what_is_no_http_request_gets_the_one_shape_too(
    service: RunningService, raw: bytes, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(raw)
        reply = b""
        while piece := connection.recv(65536):
            reply += piece
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status, reply
    assert b"Content-Type: application/json" in head
    assert set(json.loads(body)["error"]) == {"code", "message", "request_id"}


@pytest.mark.parametrize("document_id", ["a\nQUESTION\nb", "a\x00b", "", "x" * 257, "a\u2028b"])
def test_a_document_id_that_could_break_a_line_is_refused(service: RunningService, document_id: str) -> None:
    body = {"documents": [{"id": document_id, "title": "t", "text": "x"}]}
    found = error(service.call("POST", "/api/v1/documents", body), 422, "invalid")
    assert found["details"][0]["field"] == "documents.0.id"


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_document_of_white_space_is_refused(service: RunningService, field: str) -> None:
    document = {"id": "d", "title": "t", "text": "x", field: " \n "}
    error(service.call("POST", "/api/v1/documents", {"documents": [document]}), 422, "invalid")
