"""Inference on the simulator's wire, against Google's own client and Google's own schemas."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from google.genai import types

from tests.grounds.google_client import (
    ASK,
    DEVELOPER,
    GENERATE,
    JOBS,
    KEY,
    LITE,
    PARENT,
    PROMPT,
    Judge,
    developer,
    vertex,
)
from tests.grounds.wire import Wire, wire


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_every_inference_call_of_googles_client_is_one_that_google_publishes(
    gemini: Wire, version: str
) -> None:
    judge = Judge(version)
    client = vertex(gemini, version, judge)
    config = types.GenerateContentConfig(
        system_instruction="Answer from the sources.",
        temperature=0.2,
        max_output_tokens=900,
        labels={"arm": "base"},
    )
    answer = client.models.generate_content(model=LITE, contents=PROMPT, config=config)
    chunks = list(client.models.generate_content_stream(model=LITE, contents=PROMPT, config=config))
    counted = client.models.count_tokens(model=LITE, contents=PROMPT)
    one = client.models.embed_content(
        model="gemini-embedding-001",
        contents="cash",
        config=types.EmbedContentConfig(output_dimensionality=64),
    )
    two = client.models.embed_content(
        model="gemini-embedding-001", contents=["cash and deposits", "phishing"]
    )
    old = client.models.embed_content(model="text-embedding-005", contents=["cash"])

    assert judge.problems == []
    assert {call.partition(":")[2] for call in judge.calls} == {
        "generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents",
        "predict",
    }  # fmt: skip
    assert answer.text == "".join(chunk.text or "" for chunk in chunks)
    assert answer.text.startswith(
        "# Extract of 4 statements from 2 sources; no language model wrote this text."
    )
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.model_version == "extractive-1"
    assert answer.usage_metadata.traffic_type == types.TrafficType.ON_DEMAND
    assert len(chunks) > 2
    assert [bool(chunk.usage_metadata) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].usage_metadata == answer.usage_metadata
    assert counted.total_tokens == len(PROMPT) // 4 + 1
    assert len(one.embeddings[0].values) == 64
    assert sum(x * x for x in one.embeddings[0].values) == pytest.approx(1.0, abs=1e-4)
    assert [len(e.values) for e in (*two.embeddings, *old.embeddings)] == [3072, 3072, 768]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_the_developer_api_serves_the_same_client_with_a_key(gemini: Wire, version: str) -> None:
    client = developer(gemini, version)
    answer = client.models.generate_content(model="gemini-3.8-flash", contents=PROMPT)
    streamed = client.models.generate_content_stream(model="gemini-3.8-flash", contents=PROMPT)
    assert answer.text == "".join(chunk.text or "" for chunk in streamed)
    assert answer.candidates[0].index == 0
    assert answer.create_time is None
    assert (
        len(client.models.embed_content(model="gemini-embedding-001", contents=["a b", "c"]).embeddings) == 2
    )
    assert client.models.count_tokens(model="gemini-3.8-flash", contents="x" * 40).total_tokens == 10
    assert LITE in {str(model.name).removeprefix("models/") for model in client.models.list()}


@pytest.mark.parametrize("path", [GENERATE, DEVELOPER])
@pytest.mark.parametrize(
    "change",
    [
        {"temprature": 1},
        {"contents": [{"role": "user", "parts": [{"txt": "x"}]}]},
        {"generationConfig": {"maxTokens": 5}},
        {"generationConfig": {"temperature": "hot"}},
        {"contents": []},
        {"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]},
        {"contents": "x"},
    ],
)
def test_a_body_that_google_would_refuse_gets_400(gemini: Wire, path: str, change: dict[str, Any]) -> None:
    answer = gemini.call("POST", path, ASK | change, gemini.bearer() | KEY)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_snake_case_is_accepted_as_proto_json_does(gemini: Wire) -> None:
    body = ASK | {
        "system_instruction": {"parts": [{"text": "x"}]},
        "generation_config": {"max_output_tokens": 5},
    }
    answer = gemini.call("POST", GENERATE, body, gemini.bearer()).json
    assert answer["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert answer["usageMetadata"]["candidatesTokenCount"] == 5


def test_without_a_good_bearer_vertex_answers_401_in_googles_shape(gemini: Wire) -> None:
    gemini.fault(kind="token_seconds", seconds=0, times=1)
    expired, good = gemini.bearer(), gemini.bearer()
    foreign = {"Authorization": good["Authorization"][:-2] + "xx"}
    for headers in ({}, expired, foreign, {"Authorization": "Bearer ya29.x"}):
        for path in (GENERATE, JOBS):
            answer = gemini.call("POST", path, ASK, headers)
            assert (answer.status, answer.json["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert gemini.call("POST", GENERATE, ASK, good).status == 200


def test_an_assertion_signed_by_another_key_gets_no_token(gemini: Wire, tmp_path: Any) -> None:
    from sandbox.gemini import service_account

    made = service_account(tmp_path, f"{gemini.url}/token", "finrisk-sandbox")
    other = Wire(gemini.url, tmp_path)
    with pytest.raises(Exception, match="Invalid JWT Signature"):
        other.bearer()
    again = service_account(tmp_path, "http://127.0.0.1:1/token", "finrisk-sandbox")
    assert (again["private_key"], again["token_uri"]) == (made["private_key"], "http://127.0.0.1:1/token")
    assert (tmp_path / "service-account.json").stat().st_mode & 0o777 == 0o600


def test_a_call_without_a_key_or_for_a_model_or_project_that_is_not_there_says_so(gemini: Wire) -> None:
    bearer = gemini.bearer()
    assert gemini.call("POST", DEVELOPER, ASK).status == 403
    retired = GENERATE.replace(LITE, "gemini-1.5-flash-002")
    assert gemini.call("POST", retired, ASK, bearer).json["error"]["status"] == "NOT_FOUND"
    assert gemini.call("POST", f"/v1/{PARENT}/endpoints/8:generateContent", ASK, bearer).status == 404
    assert gemini.call("POST", GENERATE.replace("finrisk-sandbox", "other"), ASK, bearer).status == 403
    assert gemini.call("POST", GENERATE.replace("us-central1", "mars-1"), ASK, bearer).status == 400
    gone = gemini.call("POST", "/v1beta/tunedModels/x:generateContent", ASK, KEY)
    assert gone.status == 404
    assert "May 2025" in gone.json["error"]["message"]


def test_the_simulator_listens_on_loopback_alone_unless_another_address_is_named(tmp_path: Path) -> None:
    url = "http://simulator.example:8443"
    with wire(tmp_path / "own", "--bind", "127.0.0.2", "--public-url", url) as running:
        account = json.loads((tmp_path / "own" / "service-account.json").read_text())
        assert (running.url, account["token_uri"]) == (url, f"{url}/token")
        assert _listens_on(running.process.pid) == {"127.0.0.2"}
    with wire(tmp_path / "default") as running:
        assert running.url.startswith("http://127.0.0.1:")
        assert _listens_on(running.process.pid) == {"127.0.0.1"}


def _listens_on(pid: int) -> set[str]:
    """The addresses on which a process listens, after proc(5)."""
    own = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    found = set()
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
            found.add(socket.inet_ntoa(bytes.fromhex(fields[1].split(":")[0])[::-1]))
    return found
