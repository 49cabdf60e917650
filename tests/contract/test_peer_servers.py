"""Our clients on servers that others wrote: aimock and llmock for models, fake-gcs-server for uploads."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from google import genai
from google.genai import types

from finrisk.completion import Completion, GenerationError
from finrisk.gemini import Gemini
from finrisk.generation import Generation, NoAnswerError
from finrisk.settings import Settings
from finrisk_ops.cloud import patience
from finrisk_rules.prompt import SYSTEM_INSTRUCTION
from tests.contract import peer_processes
from tests.contract.tap import Tap, tap
from tests.grounds.google_client import LITE, PROMPT
from tests.grounds.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("peers")]

ANSWER = "## Liquidity risk\n\nThe liquidity coverage ratio of Northwind Bank fell to 104% in 2024 [1]."
USAGE = {"promptTokenCount": 210, "candidatesTokenCount": 21, "totalTokenCount": 231}
FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "Northwind"}, "response": {"content": ANSWER, "usage": USAGE}},
    {"match": {"userMessage": "too long"}, "response": {"content": ANSWER, "finishReason": "length"}},
    {"match": {"userMessage": "unsafe"}, "response": {"content": ANSWER, "finishReason": "content_filter"}},
    {
        "match": {"userMessage": "break off"},
        "response": {"content": ANSWER},
        "truncateAfterChunks": 3,
        "latency": 30,
    },
    {
        "match": {"userMessage": "too many"},
        "response": {
            "error": {"message": "Slow down", "type": "RESOURCE_EXHAUSTED"},
            "status": 429,
            "retryAfter": 2,
        },
    },
]
PATHS = {
    "vertex": f"/v1/projects/finrisk-sandbox/locations/us-central1/publishers/google/models/{LITE}",
    "gemini_api": f"/v1beta/models/{LITE}",
}


def settings(gemini: Wire, url: str, provider: str, **more: Any) -> Settings:
    """The service's settings for another server; bearers come from the simulator's token endpoint."""
    given = {
        "gemini_provider": provider,
        "gemini_base_url": url,
        "gemini_api_key": "k",
        "google_cloud_project": "finrisk-sandbox",
        "google_cloud_location": "us-central1",
        "google_application_credentials": str(gemini.var / "service-account.json"),
        "base_model": LITE,
        "user_hash_key": "k",
    }
    return Settings(**(given | more))


# ---- aimock


@pytest.fixture(scope="module")
def aimock(peers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001 - installed first
    fixtures = tmp_path_factory.mktemp("aimock") / "answers.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}))
    with peer_processes.aimock(fixtures) as url:
        yield url


@pytest.fixture(params=["vertex", "gemini_api"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def served(gemini: Wire, aimock: str, provider: str) -> Gemini:
    """The service's client of aimock: Vertex AI's v1, and the Gemini API's v1beta."""
    return Gemini(settings(gemini, aimock, provider))


def test_aimock_understands_the_service_and_the_service_understands_aimock(
    served: Gemini, aimock: str, provider: str
) -> None:
    peer_processes.call("POST", aimock, "/__aimock/reset/journal")
    whole = served.complete(LITE, SYSTEM_INSTRUCTION, PROMPT, 10)
    *pieces, last = served.stream(LITE, SYSTEM_INSTRUCTION, PROMPT, 10)
    assert isinstance(last, Completion)
    assert whole.text == last.text == "".join(map(str, pieces)) == ANSWER
    assert len(pieces) > 2
    assert (whole.prompt_tokens, whole.answer_tokens) == (210, 21)
    entries = peer_processes.call("GET", aimock, "/__aimock/journal")
    verbs = ["generateContent", "streamGenerateContent?alt=sse"]
    assert [entry["path"] for entry in entries] == [f"{PATHS[provider]}:{verb}" for verb in verbs]
    said = [
        {message["role"]: message["content"] for message in entry["body"]["messages"]} for entry in entries
    ]
    assert said == [{"system": SYSTEM_INSTRUCTION, "user": PROMPT}] * 2


@pytest.mark.parametrize(("prompt", "reason"), [("too long", "MAX_TOKENS"), ("unsafe", "SAFETY")])
def test_an_answer_of_aimock_that_did_not_stop_by_itself_is_none(
    served: Gemini, prompt: str, reason: str
) -> None:
    with pytest.raises(GenerationError, match=f"stopped with {reason}") as raised:
        served.complete(LITE, SYSTEM_INSTRUCTION, prompt, 10)
    assert (raised.value.kind, raised.value.transient) == ("blocked", False)


def test_a_stream_that_aimock_breaks_off_is_a_cut_stream(served: Gemini) -> None:
    received: list[Any] = []
    with pytest.raises(GenerationError, match="broke off") as raised:
        received.extend(served.stream(LITE, SYSTEM_INSTRUCTION, "break off", 10))
    assert received
    assert raised.value.kind == "cut_stream"


def test_aimocks_429_and_its_wait_are_understood(served: Gemini) -> None:
    with pytest.raises(GenerationError, match="429 RESOURCE_EXHAUSTED: Slow down") as raised:
        served.complete(LITE, SYSTEM_INSTRUCTION, "too many", 10)
    assert (raised.value.transient, raised.value.retry_after) == (True, 2)


def test_the_operators_client_asks_aimock_as_the_service_does(gemini: Wire, aimock: str) -> None:
    from finrisk_ops.cloud import gemini as vertex

    account = str(gemini.var / "service-account.json")
    client = vertex.client(vertex.Platform("vertex", "finrisk-sandbox", "us-central1", account, aimock))
    assert vertex.generate(client, LITE, PROMPT, SYSTEM_INSTRUCTION).text == ANSWER
    with pytest.raises(patience.UnreachableError, match="429") as raised:
        vertex.generate(client, LITE, "too many")
    assert raised.value.retry_after == 2


# ---- llmock


@pytest.fixture(scope="module")
def one_llmock(peers: None) -> Iterator[str]:  # noqa: ARG001 - installed first
    with peer_processes.llmock() as url:
        yield url


@pytest.fixture
def llmock(one_llmock: str) -> str:
    peer_processes.call("POST", one_llmock, "/_llmock/reset")
    return one_llmock


@pytest.fixture
def generation(gemini: Wire, llmock: str) -> Generation:
    """The service's way from an arm to an answer, with its deadline and its retry, on llmock."""
    return Generation(settings(gemini, f"{llmock}/gemini", "gemini_api", request_deadline_seconds=12))


def provoke(llmock: str, *behaviors: dict[str, Any]) -> None:
    peer_processes.call("POST", llmock, "/_llmock/scenario", {"behaviors": behaviors})


def verdict(llmock: str) -> tuple[int, list[str]]:
    """How often llmock was asked, and what it finds wrong with the client, warnings too."""
    found = peer_processes.call("GET", llmock, "/_llmock/verdict")
    return found["attempts"], [finding["code"] for finding in found["findings"]]


@pytest.mark.parametrize(
    "fault",
    [
        {"type": "fail", "status": 429, "retry_after": 1},
        {"type": "fail", "status": 503, "retry_after": 1},
        {"type": "fail", "status": 500},
        {"type": "fail", "status": 503},
    ],
)
def test_llmock_finds_the_service_resilient(
    llmock: str, generation: Generation, fault: dict[str, Any]
) -> None:
    provoke(llmock, fault)
    served = generation.answer("base", PROMPT, time.monotonic())
    assert served.completion.text
    assert verdict(llmock) == (2, [])


def test_llmock_sees_no_retry_of_what_cannot_succeed_and_no_storm_in_an_outage(
    llmock: str, generation: Generation
) -> None:
    provoke(llmock, {"type": "fail", "status": 400})
    with pytest.raises(NoAnswerError):
        generation.answer("base", PROMPT, time.monotonic())
    assert verdict(llmock) == (1, [])
    peer_processes.call("POST", llmock, "/_llmock/reset")
    provoke(llmock, {"type": "fail", "status": 503, "times": None})
    with pytest.raises(NoAnswerError):
        generation.answer("base", PROMPT, time.monotonic())
    assert verdict(llmock) == (2, [])
    peer_processes.call("POST", llmock, "/_llmock/reset")


def test_a_wait_that_does_not_fit_the_deadline_is_not_shortened(llmock: str, generation: Generation) -> None:
    provoke(llmock, {"type": "fail", "status": 429, "retry_after": 60})
    with pytest.raises(NoAnswerError) as raised:
        generation.answer("base", PROMPT, time.monotonic())
    assert raised.value.retry_after == 60
    assert verdict(llmock)[0] == 1


@pytest.mark.parametrize("kind", ["disconnect", "truncate", "malformed"])
def test_a_stream_that_llmock_damages_is_told_to_the_user_and_not_taken_for_an_answer(
    llmock: str, generation: Generation, kind: str
) -> None:
    provoke(llmock, {"type": "stream_fault", "kind": kind, "after_chunks": 2})
    received: list[Any] = []
    with pytest.raises(NoAnswerError) as raised:
        received.extend(generation.stream("base", PROMPT, time.monotonic()))
    assert received
    assert raised.value.kind == "cut_stream"


def test_a_stream_that_llmock_lets_hang_ends_with_the_deadline(gemini: Wire, llmock: str) -> None:
    hasty = settings(gemini, f"{llmock}/gemini", "gemini_api", request_deadline_seconds=4)
    provoke(llmock, {"type": "stream_fault", "kind": "stall", "after_chunks": 2, "stall_seconds": 20})
    started = time.monotonic()
    with pytest.raises(NoAnswerError):
        list(Generation(hasty).stream("base", PROMPT, started))
    assert time.monotonic() - started < 12
    assert "no_read_timeout" not in verdict(llmock)[1]


def test_llmock_finds_a_client_that_does_not_wait(llmock: str) -> None:
    retries = types.HttpRetryOptions(attempts=3, initial_delay=0.1, max_delay=0.1, jitter=0.0)
    options = types.HttpOptions(base_url=f"{llmock}/gemini", api_version="v1beta", retry_options=retries)
    provoke(llmock, {"type": "fail", "status": 429, "retry_after": 2})
    client = genai.Client(api_key="k", http_options=options)
    client.models.generate_content(model=LITE, contents=PROMPT)
    assert verdict(llmock)[1] == ["retry_after_ignored"]


# ---- fake-gcs-server


@pytest.fixture(scope="module")
def one_fake_gcs(peers: None) -> Iterator[str]:  # noqa: ARG001 - installed first
    with peer_processes.fake_gcs() as url:
        peer_processes.call("POST", url, "/storage/v1/b?project=p", {"name": "datasets"})
        yield url


@pytest.fixture
def watched(one_fake_gcs: str) -> Iterator[Tap]:
    with tap(one_fake_gcs) as running:
        yield running


@pytest.fixture
def bucket(gemini: Wire, watched: Tap) -> Any:
    from finrisk_ops.cloud import bucket as storage

    return storage.Bucket("datasets", watched.url, gemini.credentials(), timeout_seconds=20)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[int], tuple[Any, str]]:
    """Make a file of so many random bytes and the name of its object."""
    from finrisk_ops.cloud import bucket as storage

    def make(size: int) -> tuple[Any, str]:
        path = tmp_path / f"{size}.jsonl"
        path.write_bytes(os.urandom(size))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return storage.LocalFile.of(path), storage.object_name("test", digest, "train")

    return make


def statuses(watched: Tap, method: str) -> list[int]:
    return [exchange.status for exchange in watched.exchanges if exchange.method == method]


def stored(url: str, name: str) -> Any:
    return peer_processes.call("GET", url, f"/storage/v1/b/datasets/o/{quote(name, safe='')}")


def md5_of(path: Path) -> str:
    return base64.b64encode(hashlib.md5(path.read_bytes(), usedforsecurity=False).digest()).decode()


def test_a_dataset_goes_up_once_and_is_found_there_afterwards(
    watched: Tap, bucket: Any, file: Callable[[int], tuple[Any, str]]
) -> None:
    from finrisk_ops.cloud import bucket as storage

    sent, name = file(100_000)
    first = storage.upload(bucket, name, sent)
    second = storage.upload(bucket, name, sent)
    assert (first.added, first.complete, second.added, second.complete) == (True, True, False, True)
    assert first.uri == second.uri == f"gs://datasets/{name}"
    assert statuses(watched, "POST") == [200]
    held = stored(watched.target, name)
    assert (held["size"], held["md5Hash"]) == ("100000", md5_of(sent.path))
    assert held["contentType"] == "application/jsonl"


def test_a_412_of_the_other_storage_means_that_it_is_there_already(
    watched: Tap, bucket: Any, file: Callable[[int], tuple[Any, str]]
) -> None:
    from finrisk_ops.cloud import bucket as storage
    from finrisk_ops.errors import FinriskError

    sent, name = file(5_000)
    assert storage.send_whole(bucket, name, sent).added
    again = storage.send_whole(bucket, name, sent)  # as when another run was faster after our look
    assert (again.added, again.complete) == (False, True)
    assert statuses(watched, "POST") == [200, 412]
    other, _ = file(5_001)
    with pytest.raises(FinriskError, match="exists with other content"):
        storage.send_whole(bucket, name, other)
    assert statuses(watched, "POST") == [200, 412, 412]
    assert stored(watched.target, name)["md5Hash"] == md5_of(sent.path)


def test_a_large_file_goes_up_in_pieces(
    watched: Tap, bucket: Any, file: Callable[[int], tuple[Any, str]], tmp_path: Path
) -> None:
    from finrisk_ops.cloud.resumable import PIECE, Session

    size, note = 2 * PIECE + 1234, tmp_path / ".upload"
    sent, name = file(size)
    first = Session(bucket, name, sent, note).send(5)
    second = Session(bucket, name, sent, note).send(5)
    assert (first.complete, first.added, second.complete, second.added) == (True, True, True, False)
    held = stored(watched.target, name)
    assert (held["size"], held["md5Hash"]) == (str(size), md5_of(sent.path))
    pieces = [exchange for exchange in watched.exchanges if exchange.method == "PUT"]
    ends = [(0, PIECE), (PIECE, 2 * PIECE), (2 * PIECE, size)]
    ranges = [f"bytes {start}-{end - 1}/{size}" for start, end in ends]
    assert [piece.sent_headers["content-range"] for piece in pieces] == ranges
    assert statuses(watched, "PUT") == [308, 308, 200]
    assert not note.exists()


def test_an_upload_that_the_other_storage_ends_too_early_is_found_out(
    bucket: Any, file: Callable[[int], tuple[Any, str]], tmp_path: Path
) -> None:
    from finrisk_ops.cloud.resumable import PIECE, Session
    from finrisk_ops.errors import FinriskError

    sent, name = file(2 * PIECE)
    cut = Session(bucket, name, sent, tmp_path / ".upload").send(5, seconds=0)
    assert (cut.complete, cut.offset) == (False, PIECE)
    with pytest.raises(FinriskError, match="exists with other content"):
        Session(bucket, name, sent, tmp_path / ".upload").send(
            5
        )  # it takes the question how far it is for the end


def test_a_bucket_that_the_other_storage_does_not_have_is_named(
    gemini: Wire, watched: Tap, file: Callable[[int], tuple[Any, str]]
) -> None:
    from finrisk_ops.cloud import bucket as storage
    from finrisk_ops.errors import FinriskError

    sent, name = file(100)
    nowhere = storage.Bucket("nowhere", watched.url, gemini.credentials(), timeout_seconds=20)
    with pytest.raises(FinriskError, match="the bucket does not exist"):
        storage.check_bucket(nowhere, "us-central1")
    with pytest.raises(FinriskError, match="the bucket does not exist"):
        storage.upload(nowhere, name, sent)
