"""As whom Vertex AI is asked, and a token service that is slow, down, or told a wrong time."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials, TokenState

from finrisk import deadline, google_account, google_token
from finrisk.completion import Completion, GenerationError
from finrisk.gemini import Gemini
from tests.grounds.odd import ANSWER, BASE, Odd, by_key, settings, whole
from tests.grounds.wire import Wire


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
    held.endpoint(BASE)

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
    held.endpoint(BASE)

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
    held.endpoint(BASE)

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


def test_a_token_near_its_end_is_renewed_beside_the_requests(
    gemini: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = google_account.credentials(settings(gemini.url, gemini.credentials_file))
    monkeypatch.setattr(google_account, "credentials", lambda _: credentials)
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
        assert credentials.expiry is not None
        seconds_left.append((credentials.expiry - datetime.now(UTC).replace(tzinfo=None)).total_seconds())
        time.sleep(0.2)
    assert seconds_left[0] < 200
    assert seconds_left[-1] > 3000
    assert len(gemini.requests("^/token$")) == 3  # the first, the one refused, the renewal


def in_utc(seconds: float) -> datetime:
    """The time so many seconds from now, as google-auth writes it."""
    return datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=seconds)


class Moved(datetime):
    """A wall clock that has been set two hours ahead."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # as much as is asked of it
        return datetime.now(tz) + timedelta(hours=2)


def test_a_token_outlives_a_wall_clock_that_is_moved(gemini: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """google-auth takes the token for old, and the request for a new one holds a time that is refused."""
    gemini.forget_requests()
    held = Gemini(settings(gemini.url, gemini.credentials_file))
    held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5)
    gemini.fault(kind="status", path="^/token$", code=400)
    monkeypatch.setattr(google_token, "datetime", Moved)
    monkeypatch.setattr("google.auth._helpers.utcnow", lambda: Moved.now(UTC).replace(tzinfo=None))
    for _ in range(3):
        assert held.complete(BASE, "i", "QUESTION\nIs there a risk?", 5).text
    assert len(gemini.requests("^/token$")) == 1


def test_a_token_whose_end_is_misread_by_a_slow_clock_is_renewed_within_the_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Source(AnonymousCredentials):
        def refresh(self, _request: object) -> None:
            self.token, self.expiry = "t", in_utc(seconds=4 * 3600)

    held = google_token.EarlyRenewal(Source())  # type: ignore[no-untyped-call]  # untyped library
    held.refresh(None)
    assert held.token_state is TokenState.FRESH
    later = time.clock_gettime(time.CLOCK_BOOTTIME) + 3600
    monkeypatch.setattr(google_token, "_now", lambda: later)
    assert held.expired


def test_a_thread_that_cannot_start_is_a_temporary_failure_and_renews_the_token_later(
    odd: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Source(AnonymousCredentials):
        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # untyped library
            self.asked = threading.Event()

        def refresh(self, _request: object) -> None:
            self.asked.set()
            self.token, self.expiry = "t", in_utc(seconds=100)

    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    source = Source()
    held = google_token.EarlyRenewal(source)
    held.refresh(None)
    source.asked.clear()
    gemini = by_key(odd(lambda connection, _: whole(connection, ANSWER)).url)
    with monkeypatch.context() as busy:
        busy.setattr(threading.Thread, "start", full)
        busy.setattr(deadline, "_idle", deque())  # none has nothing to do either
        assert not held.expired
        with pytest.raises(GenerationError, match="the call could not be made: can't start") as failure:
            gemini.complete(BASE, "i", "p", 3)
    assert (failure.value.kind, failure.value.transient) == ("upstream_error", True)
    assert not source.asked.is_set()
    assert not held.expired
    assert source.asked.wait(5)
    assert gemini.complete(BASE, "i", "p", 3).text == "Yes."
