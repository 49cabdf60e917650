"""What the service asks of a model is what google-genai would ask, byte by byte but for who says it asks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from google import genai
from google.auth.credentials import Credentials
from google.genai import types

from finrisk import google_account
from finrisk.gemini import Gemini
from finrisk.gemini_wire import Turn
from finrisk_rules.platforms import API_VERSION, location_of
from sandbox.connection import LOCATION, PROJECT
from tests.grounds.odd import ANSWER, Odd, body, by_key, settings

OWN_NAME = ("user-agent:", "x-goog-api-client:")
"""Headers that name the program which asks."""
ENDPOINT = "projects/p/locations/europe-west4/endpoints/8"
TEXTS = [
    ("Answer from the sources.", "QUESTION\nWhat is the risk?"),
    (
        "Antworte knapp: § 5 %, \u2028 \u0000 \U0001f600",
        'Umlaute äöü, „Zitat", \\ und "Anführung", 億円\r\n\t',
    ),
    ("i", "A lone half \ud83d of a sign, and a long text. " * 900),
]


class Known(Credentials):
    """Credentials that have their token already."""

    def __init__(self, quota: str | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped library
        self.token = "token"
        self._quota_project_id = quota

    def refresh(self, _: object) -> None:
        raise AssertionError("the token is good")


@pytest.fixture
def sent() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a model that answers, and the requests that it got."""
    requests: list[bytes] = []

    def answer(connection: socket.socket, request: bytes) -> bool:
        requests.append(request)
        [piece] = body(b"stream" in request.split(b"\r\n")[0], ANSWER)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(piece) + piece)
        return True

    with closing(Odd(answer)) as server:
        yield server.url, requests


def official(url: str, provider: str, model: str, credentials: Credentials | None) -> Any:
    """Google's client, set as the service sets its own."""
    if provider == "gemini_api":
        options = types.HttpOptions(base_url=url or None, api_version=API_VERSION["gemini_api"])
        return genai.Client(vertexai=False, api_key="k", http_options=options)
    return genai.Client(
        vertexai=True,
        project=PROJECT,
        location=location_of(model, LOCATION),
        credentials=credentials,
        http_options=types.HttpOptions(base_url=url or None, api_version=API_VERSION["vertex"]),
    )


def comparable(request: bytes) -> tuple[str, list[str], bytes]:
    """The line, the headers in any order, and the body."""
    head, _, content = request.partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    kept = sorted(f"{name.lower()}:{value}" for name, _, value in (each.partition(":") for each in headers))
    return line, [each for each in kept if not each.startswith(OWN_NAME)], content


@pytest.mark.parametrize("seconds", [30.0, 12.3456])
@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(
    ("provider", "model", "quota"),
    [
        ("gemini_api", "gemini-3.5-flash-lite", None),
        ("gemini_api", "models/gemini-3.5-flash-lite", None),
        ("gemini_api", "tunedModels/risk-1", None),
        ("vertex", "gemini-3.5-flash-lite", None),
        ("vertex", "gemini-3.5-flash-lite", "payer"),
        ("vertex", "publishers/google/models/gemini-3.5-flash-lite", None),
        ("vertex", "models/7", None),
        ("vertex", "other/some-model", None),
        ("vertex", ENDPOINT, "payer"),
    ],
)
def test_a_request_is_what_google_genai_sends(
    sent: tuple[str, list[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    model: str,
    quota: str | None,
    streams: bool,
    seconds: float,
) -> None:
    url, requests = sent
    credentials = Known(quota)
    monkeypatch.setattr(google_account, "credentials", lambda _: credentials)
    own = Gemini(settings(url, "", GEMINI_PROVIDER=provider, GEMINI_API_KEY="k")).endpoint(model)
    client = official(url, provider, model, credentials)
    for instruction, prompt in TEXTS:
        config = types.GenerateContentConfig(
            system_instruction=instruction,
            max_output_tokens=settings(url, "").max_output_tokens,
            automatic_continuation=False,
            http_options=types.HttpOptions(timeout=max(1, round(seconds * 1000))),
        )
        models, asked = client.models, {"model": model, "contents": prompt, "config": config}
        if streams:
            list(models.generate_content_stream(**asked))
        else:
            models.generate_content(**asked)
        list((own.stream if streams else own.whole)(model, instruction, prompt, seconds))
        assert comparable(requests[-1]) == comparable(requests[-2])
    assert len(requests) == 2 * len(TEXTS)


def test_a_conversation_is_what_google_genai_sends(sent: tuple[str, list[bytes]]) -> None:
    url, requests = sent
    turns: list[Turn] = [("user", "Why?"), ("model", "Because."), ("user", "And then?")]
    contents = [types.Content(role=role, parts=[types.Part(text=text)]) for role, text in turns]
    config = types.GenerateContentConfig(
        system_instruction="i",
        max_output_tokens=settings(url, "").max_output_tokens,
        http_options=types.HttpOptions(timeout=5000),
    )
    client = official(url, "gemini_api", "m", None)
    client.models.generate_content(model="m", contents=contents, config=config)
    by_key(url).complete("m", "i", turns, 5)
    assert comparable(requests[1]) == comparable(requests[0])


@pytest.mark.parametrize("location", ["us-central1", "europe-west4", "global", "us", "eu"])
def test_each_location_is_asked_at_the_host_that_google_genai_knows(
    monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    credentials = Known(None)
    monkeypatch.setattr(google_account, "credentials", lambda _: credentials)
    model = f"projects/p/locations/{location}/endpoints/8"
    client = official("", "vertex", model, credentials)
    assert Gemini(settings("", "")).endpoint(model).url + "/" == client._api_client._http_options.base_url


def test_the_gemini_api_is_asked_at_the_host_that_google_genai_knows() -> None:
    own = Gemini(settings("", "", GEMINI_PROVIDER="gemini_api", GEMINI_API_KEY="k")).endpoint("m")
    client = official("", "gemini_api", "m", None)
    assert own.url + "/" == client._api_client._http_options.base_url
