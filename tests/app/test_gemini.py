"""The traps of the SDK and of HTTP that the service's model calls have to get around, each sprung once."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Generator

import pytest

from finrisk.completion import GenerationError
from finrisk.gemini import Gemini
from finrisk.versions import Versions
from tests.grounds.odd import ANSWER, BASE, Odd, by_key, settings, whole
from tests.grounds.service import RunningService
from tests.grounds.wire import Wire


def test_a_model_that_drips_bytes_does_not_outlast_the_deadline(odd: Callable[..., Odd]) -> None:
    def drip(connection: socket.socket, _: bytes) -> bool:
        body = json.dumps(ANSWER).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        for byte in body:
            connection.sendall(bytes([byte]))
            time.sleep(0.2)
        return True

    gemini = by_key(odd(drip).url)
    gemini.endpoint(BASE)
    started = time.monotonic()
    with pytest.raises(GenerationError) as failure:
        gemini.complete(BASE, "i", "p", seconds=1.5)
    assert failure.value.kind == "timeout"
    assert 1.4 < time.monotonic() - started < 3


def test_a_model_that_never_answers_does_not_outlast_the_deadline(odd: Callable[..., Odd]) -> None:
    def silent(*_: object) -> bool:
        time.sleep(5)
        return False

    gemini = by_key(odd(silent).url)
    gemini.endpoint(BASE)
    started = time.monotonic()
    with pytest.raises(GenerationError) as failure:
        gemini.complete(BASE, "i", "p", seconds=1)
    assert (failure.value.kind, failure.value.transient) == ("timeout", True)
    assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("stalled", ["headers", "body"])
def test_a_late_answer_that_stalls_does_not_outlast_the_deadline(
    odd: Callable[..., Odd], stalled: str
) -> None:
    """The client's own time-out starts anew with every byte: here just before it would end."""

    def late(connection: socket.socket, _: bytes) -> bool:
        time.sleep(1.2)
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n"
        connection.sendall(head if stalled == "headers" else head + b"\r\n{")
        time.sleep(6)
        return False

    gemini = by_key(odd(late).url)
    gemini.endpoint(BASE)
    calls: list[Callable[[], object]] = [
        lambda: gemini.complete(BASE, "i", "p", seconds=1.5),
        lambda: list(gemini.stream(BASE, "i", "p", seconds=1.5)),
    ]
    for call in calls:
        started = time.monotonic()
        with pytest.raises(GenerationError) as failure:
            call()
        assert (failure.value.kind, failure.value.transient) == ("timeout", True)
        assert 1.4 < time.monotonic() - started < 2.6


def test_what_is_no_longer_read_is_not_read_on(odd: Callable[..., Odd]) -> None:
    """A user who leaves a stream costs the model's connection at most one piece more."""
    closed = threading.Event()

    def endless(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        piece = {"candidates": [{"content": {"role": "model", "parts": [{"text": "and "}]}}]}
        try:
            while True:
                connection.sendall(b"data: " + json.dumps(piece).encode() + b"\n\n")
                time.sleep(0.05)
        except OSError:
            closed.set()
        return False

    stream = by_key(odd(endless).url).stream(BASE, "i", "p", seconds=10)
    assert next(stream) == "and "
    assert isinstance(stream, Generator)
    stream.close()
    assert closed.wait(5)


def test_sparse_calls_keep_their_connection(odd: Callable[..., Odd]) -> None:
    """httpx2 drops an idle connection after five seconds by default: a handshake for every sparse call."""
    server = odd(lambda connection, _: whole(connection, ANSWER))
    gemini = by_key(server.url)
    for pause in (0, 0, 5.5):
        time.sleep(pause)
        assert gemini.complete(BASE, "i", "p", 5).text == "Yes."
    assert (server.connections, server.requests) == (1, 3)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("upstream_error", lambda connection, _: connection.sendall(b"")),  # closes without a word
        (
            "upstream_error",
            lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n<>"),
        ),
        (
            "upstream_error",
            lambda connection, _: connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
            ),
        ),
    ],
)
def test_transport_errors_and_answers_that_are_no_json_are_temporary_failures(
    odd: Callable[..., Odd], kind: str, answer: Callable[[socket.socket, bytes], bool]
) -> None:
    with pytest.raises(GenerationError) as failure:
        by_key(odd(answer).url).complete(BASE, "i", "p", 3)
    assert (failure.value.kind, failure.value.transient) == (kind, True)


def test_a_connection_that_was_closed_meanwhile_is_repeated_by_the_service(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service()
    service.add_page()
    service.gemini.fault(kind="drop", path="generateContent", times=1)
    assert service.analyze().status == 200
    service.gemini.fault(kind="not_json", path="generateContent", times=1)
    assert service.analyze().status == 200


def test_fields_and_kinds_that_are_new_do_not_disturb(odd: Callable[..., Odd]) -> None:
    new = {"usageMetadata": {"promptTokenCount": 3, "serviceTier": "new"}, "somethingNew": {"a": 1}}
    server = odd(lambda connection, _: whole(connection, ANSWER | new))
    assert by_key(server.url).complete(BASE, "i", "p", 3).prompt_tokens == 3


def test_after_a_fork_the_child_has_connections_of_its_own(odd: Callable[..., Odd]) -> None:
    """A pool that two processes share gives one of them the other's answer."""
    server = odd(lambda connection, _: whole(connection, ANSWER))
    gemini = by_key(server.url)
    gemini.complete(BASE, "i", "p", 3)
    parents = gemini.endpoint(BASE)
    child = os.fork()
    if child == 0:
        own = gemini.endpoint(BASE) is not parents and gemini.complete(BASE, "i", "p", 3).text == "Yes."
        os._exit(0 if own else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert gemini.endpoint(BASE) is parents
    assert gemini.complete(BASE, "i", "p", 3).text == "Yes."
    assert server.connections == 2


def test_each_endpoint_is_asked_at_the_host_of_its_own_region(gemini: Wire) -> None:
    held = Gemini(settings("", gemini.credentials_file))
    hosts = [held.endpoint(model).url for model in (BASE, "projects/p/locations/europe-west4/endpoints/8")]
    assert hosts == [
        "https://us-central1-aiplatform.googleapis.com",
        "https://europe-west4-aiplatform.googleapis.com",
    ]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ("Retry-After: 7", 7),
        ("Retry-After: 600", 60),
        ("Retry-After: 99999999999999999999", 60),
        ("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:42 GMT", 5),
        ("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Mon, 07 Nov 1994 08:49:37 GMT", 60),
        ("Retry-After: Sun, 06 Nov 1994 08:49:42 GMT", 0),
        ("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", 60),
        ("Retry-After: soon", None),
    ],
)
def test_a_wait_is_read_by_the_models_own_clock_and_is_a_minute_at_most(
    odd: Callable[..., Odd], headers: str, wait: float | None
) -> None:
    def busy(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(f"HTTP/1.1 429 Busy\r\n{headers}\r\nContent-Length: 0\r\n\r\n".encode())
        return True

    with pytest.raises(GenerationError) as failure:
        by_key(odd(busy).url).complete(BASE, "i", "p", 10)
    assert failure.value.retry_after == wait


# ---- which model it really is


def test_a_version_counts_as_new_once_and_the_first_one_is_no_change() -> None:
    versions = Versions()
    seen = [versions.changed_from(model, version) for model, version in [
        ("a", "1"), ("a", "1"), ("b", "1"), ("a", "2"), ("a", "1"), ("a", "2"), ("a", ""), ("a", "3"),
    ]]  # fmt: skip
    assert seen == [None, None, None, "1", None, None, None, "2"]


def test_a_model_that_moves_behind_its_name_is_recorded_logged_and_counted(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1)
    service.add_page()
    assert service.wait_for_row(service.analyze())["model_version"] == "extractive-1"
    service.gemini.fault(kind="model_version", message="extractive-2")
    answer = service.analyze()
    assert answer.metadata["model_version"] == "extractive-2"
    assert service.wait_for_row(answer)["model_version"] == "extractive-2"
    service.analyze()
    [line] = service.log_lines("model_version_changed")
    assert (line["level"], line["version"], line["before"]) == ("WARNING", "extractive-2", "extractive-1")
    metrics = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    assert f'finrisk_model_version_changes_total{{model="{BASE}"}} 1.0' in metrics


def test_made_up_versions_do_not_fill_the_memory() -> None:
    versions = Versions()
    for number in range(1000):
        versions.changed_from(BASE, f"v{number}")
    assert versions.changed_from(BASE, "v999") is None
    assert versions.changed_from(BASE, "v0") == "v999"
