"""The traps of the SDK and of HTTP that the service's model calls have to get around, each sprung once."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials

from finrisk import google_account, google_token
from finrisk.completion import Completion, GenerationError
from finrisk.gemini import Gemini
from finrisk.settings import Settings, settings_from_environment
from finrisk.versions import Versions
from tests.app.conftest import RunningService
from tests.tuning_ground import LOCATION, PROJECT, Wire

BASE = "gemini-3.5-flash-lite"
ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Yes."}]}, "finishReason": "STOP"}],
    "modelVersion": "v",
}


def settings(url: str, credentials: Path | str, **more: object) -> Settings:
    keys: dict[str, object] = {
        "USER_HASH_KEY": "k",
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GOOGLE_CLOUD_LOCATION": LOCATION,
        "GEMINI_BASE_URL": url,
        "GOOGLE_APPLICATION_CREDENTIALS": credentials,
    }
    return settings_from_environment({key: str(value) for key, value in (keys | more).items()})


class Odd:
    """A server that answers with bytes of the test's choosing."""

    def __init__(self, answer: Callable[[socket.socket, bytes], bool]) -> None:
        self.connections = 0
        self.requests = 0
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while (request := _request(connection)) and self._count() and self._answer(connection, request):
                pass

    def _count(self) -> bool:
        self.requests += 1
        return True


def _request(connection: socket.socket) -> bytes:
    held = b""
    while b"\r\n\r\n" not in held:
        piece = connection.recv(65536)
        if not piece:
            return b""
        held += piece
    head, _, body = held.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def whole(connection: socket.socket, value: object) -> bool:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return True


@pytest.fixture
def odd() -> Iterator[Callable[[Callable[[socket.socket, bytes], bool]], Odd]]:
    made: list[Odd] = []

    def make(answer: Callable[[socket.socket, bytes], bool]) -> Odd:
        made.append(Odd(answer))
        return made[-1]

    yield make
    for each in made:
        each.close()


def by_key(url: str, **more: object) -> Gemini:
    """The service's client with an API key, which needs no token first."""
    return Gemini(settings(url, "", GEMINI_PROVIDER="gemini_api", GEMINI_API_KEY="k", **more))


def test_a_model_that_drips_bytes_does_not_outlast_the_deadline(odd: Callable[..., Odd]) -> None:
    def drip(connection: socket.socket, _: bytes) -> bool:
        body = json.dumps(ANSWER).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        for byte in body:
            connection.sendall(bytes([byte]))
            time.sleep(0.2)
        return True

    gemini = by_key(odd(drip).url)
    gemini.client(BASE)
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
    gemini.client(BASE)
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
    gemini.client(BASE)
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


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"candidates": []}, "blocked_or_empty"),
        ({"candidates": None, "promptFeedback": {"blockReason": "SAFETY"}}, "blocked_or_empty"),
        ({"candidates": [{"content": {}, "finishReason": "SAFETY"}]}, "blocked_or_empty"),
        ({"candidates": [{"content": {}, "finishReason": "MAX_TOKENS"}]}, "blocked_or_empty"),
        (
            {"candidates": [{"content": {"parts": [{"text": "Yes"}]}, "finishReason": "MAX_TOKENS"}]},
            "blocked_or_empty",
        ),
        ({"candidates": [{"content": {"parts": [{"text": "Yes"}]}}]}, "blocked_or_empty"),
        (
            {"candidates": [{"content": {"parts": [{"text": " "}]}, "finishReason": "STOP"}]},
            "blocked_or_empty",
        ),
        (
            {"candidates": [{"content": {"parts": [{"text": "Yes"}]}, "finishReason": "LATER"}]},
            "blocked_or_empty",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:LATER is not a valid FinishReason")
def test_only_a_stop_with_text_is_an_answer(
    odd: Callable[..., Odd], change: dict[str, Any], kind: str
) -> None:
    server = odd(lambda connection, _: whole(connection, ANSWER | change))
    with pytest.raises(GenerationError) as failure:
        by_key(server.url).complete(BASE, "i", "p", 3)
    assert failure.value.kind == kind


def test_fields_and_kinds_that_are_new_do_not_disturb(odd: Callable[..., Odd]) -> None:
    new = {"usageMetadata": {"promptTokenCount": 3, "serviceTier": "new"}, "somethingNew": {"a": 1}}
    server = odd(lambda connection, _: whole(connection, ANSWER | new))
    assert by_key(server.url).complete(BASE, "i", "p", 3).prompt_tokens == 3


def test_after_a_fork_the_child_has_connections_of_its_own(odd: Callable[..., Odd]) -> None:
    """A pool that two processes share gives one of them the other's answer."""
    server = odd(lambda connection, _: whole(connection, ANSWER))
    gemini = by_key(server.url)
    gemini.complete(BASE, "i", "p", 3)
    parents = gemini.client(BASE)
    child = os.fork()
    if child == 0:
        own = gemini.client(BASE) is not parents and gemini.complete(BASE, "i", "p", 3).text == "Yes."
        os._exit(0 if own else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert gemini.client(BASE) is parents
    assert gemini.complete(BASE, "i", "p", 3).text == "Yes."
    assert server.connections == 2


def test_each_endpoint_is_asked_at_the_host_of_its_own_region(gemini: Wire) -> None:
    held = Gemini(settings("", gemini.credentials_file))
    hosts = {
        model: str(held.client(model)._api_client._http_options.base_url)
        for model in (BASE, "projects/p/locations/europe-west4/endpoints/8")
    }
    assert list(hosts.values()) == [
        "https://us-central1-aiplatform.googleapis.com/",
        "https://europe-west4-aiplatform.googleapis.com/",
    ]


# ---- as whom


def test_a_workload_identity_answers_without_a_key_and_without_the_resource_manager(
    gemini: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    held = settings(gemini.url, gemini.var / "workload-identity.json")
    google_account.check_credentials(held)
    answer = Gemini(held).complete(BASE, "i", "SOURCES\n(none)\n\nQUESTION\nIs there a risk?", 5)
    assert isinstance(answer, Completion)


def test_the_application_default_credentials_are_taken_when_no_file_is_named(
    gemini: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(gemini.credentials_file))
    answer = Gemini(settings(gemini.url, "")).complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
    assert answer.model_version == "extractive-1"


def account(gemini: Wire, folder: Path, token_uri: str) -> Path:
    """The simulator's service account, whose tokens come from somewhere else."""
    path = folder / "account.json"
    path.write_text(json.dumps(json.loads(gemini.credentials_file.read_text()) | {"token_uri": token_uri}))
    return path


def test_a_token_service_that_is_silent_does_not_outlast_the_deadline(
    gemini: Wire, odd: Callable[..., Odd], tmp_path: Path
) -> None:
    def silent(*_: object) -> bool:
        time.sleep(8)
        return False

    held = Gemini(settings(gemini.url, account(gemini, tmp_path, odd(silent).url)))
    held.client(BASE)

    def ask(_: int) -> tuple[str, bool, float]:
        started = time.monotonic()
        with pytest.raises(GenerationError) as failure:
            held.complete(BASE, "i", "p", seconds=1)
        return failure.value.kind, failure.value.transient, time.monotonic() - started

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert {answer[:2] for answer in answers} == {("timeout", True)}
    assert max(seconds for _, _, seconds in answers) < 2.5


def test_what_is_left_behind_while_it_waits_for_a_token_asks_no_model_later(gemini: Wire) -> None:
    """Else every call of an outage reaches the model at its end, is billed, and answers nobody."""
    gemini.forget_requests()
    gemini.fault(kind="latency", path="^/token$", ms=3000, times=1)
    held = Gemini(settings(gemini.url, gemini.credentials_file))
    held.client(BASE)

    def ask(_: int) -> None:
        with pytest.raises(GenerationError, match="did not answer in time"):
            held.complete(BASE, "i", "p", seconds=1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    time.sleep(4)
    assert gemini.requests("generateContent") == []
    assert len(gemini.requests("^/token$")) == 1
    held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
    assert len(gemini.requests("generateContent")) == 1


def test_calls_do_not_wait_one_after_the_other_for_a_token_service_that_is_silent(
    gemini: Wire, odd: Callable[..., Odd], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_token, "SECONDS", 1.0)

    def silent(*_: object) -> bool:
        time.sleep(8)
        return False

    server = odd(silent)
    held = Gemini(settings(gemini.url, account(gemini, tmp_path, server.url)))
    held.client(BASE)

    def ask(_: int) -> str:
        with pytest.raises(GenerationError) as failure:
            held.complete(BASE, "i", "p", seconds=8)
        return str(failure.value)

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(ask, range(12)))
    assert said == ["no token came: TransportError"] * 12
    assert server.requests <= 3


def test_a_token_is_not_used_in_its_last_half_minute(gemini: Wire) -> None:
    gemini.forget_requests()
    gemini.fault(kind="token_seconds", seconds=20, times=1)
    held = Gemini(settings(gemini.url, gemini.credentials_file))
    for _ in range(2):
        held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
    assert len(gemini.requests("^/token$")) == 2


@pytest.mark.parametrize(
    ("answer", "said", "transient"),
    [
        (lambda *_: False, "no token came: TransportError", True),
        (
            lambda connection, _: connection.sendall(
                b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
            "no token came: RefreshError",
            True,
        ),
        (
            lambda connection, _: connection.sendall(
                b'HTTP/1.1 400 No\r\nContent-Length: 25\r\n\r\n{"error":"invalid_grant"}'
            ),
            "credentials were not accepted: RefreshError",
            False,
        ),
    ],
    ids=["cut", "busy", "revoked"],
)
def test_a_token_that_does_not_come_is_temporary_and_one_refused_is_not(
    gemini: Wire, odd: Callable[..., Odd], tmp_path: Path, answer: Any, said: str, transient: bool
) -> None:
    held = Gemini(settings(gemini.url, account(gemini, tmp_path, odd(answer).url)))
    with pytest.raises(GenerationError) as failure:
        held.complete(BASE, "i", "p", seconds=15)
    assert (failure.value.kind, failure.value.transient) == ("upstream_error", transient)
    assert str(failure.value) == said


def test_a_token_near_its_end_is_renewed_beside_the_requests(gemini: Wire) -> None:
    gemini.forget_requests()
    gemini.fault(kind="token_seconds", seconds=200, times=1)  # google-auth renews from 225 s on
    held = Gemini(settings(gemini.url, gemini.credentials_file))
    held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
    gemini.fault(kind="status", path="^/token$", code=400, times=1)
    gemini.fault(kind="latency", path="^/token$", ms=4000)
    started = time.monotonic()
    for _ in range(3):
        held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
    assert time.monotonic() - started < 3.5  # nobody waited for the token
    seconds_left: list[float] = []
    until = time.monotonic() + 60
    while (not seconds_left or seconds_left[-1] < 3000) and time.monotonic() < until:
        held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
        credentials = held.client(BASE)._api_client._credentials
        assert credentials is not None
        assert credentials.expiry is not None
        seconds_left.append((credentials.expiry - datetime.now(UTC).replace(tzinfo=None)).total_seconds())
        time.sleep(0.2)
    assert seconds_left[0] < 200
    assert seconds_left[-1] > 3000
    assert len(gemini.requests("^/token$")) == 3  # the first, the one refused, the renewal


def test_a_thread_that_cannot_start_is_a_temporary_failure_and_renews_the_token_later(
    odd: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Source(AnonymousCredentials):
        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # untyped library
            self.asked = threading.Event()

        def refresh(self, _request: object) -> None:
            self.asked.set()

    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    source = Source()
    held = google_token.EarlyRenewal(source)
    held.token, held.expiry = "t", datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=100)
    gemini = by_key(odd(lambda connection, _: whole(connection, ANSWER)).url)
    with monkeypatch.context() as busy:
        busy.setattr(threading.Thread, "start", full)
        assert not held.expired
        with pytest.raises(GenerationError, match="the call could not be made: can't start") as failure:
            gemini.complete(BASE, "i", "p", 3)
    assert (failure.value.kind, failure.value.transient) == ("upstream_error", True)
    assert not source.asked.is_set()
    assert not held.expired
    assert source.asked.wait(5)
    assert gemini.complete(BASE, "i", "p", 3).text == "Yes."


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
