"""How an answer ends: in any chunk, with a word or without, for a reason, or never."""

from __future__ import annotations

import json
import re
import socket
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from finrisk.completion import Completion, GenerationError
from finrisk.gemini import Gemini
from tests.grounds.odd import BASE, BLOCKED, USAGE, Odd, by_key, ended, events, parts, whole


def told(gemini: Gemini, way: str) -> tuple[list[str], Completion]:
    """What the model said: the pieces of a stream, and the whole."""
    if way == "whole":
        return [], gemini.complete(BASE, "i", "p", 10)
    *pieces, completion = gemini.stream(BASE, "i", "p", 10)
    assert isinstance(completion, Completion)
    return [str(piece) for piece in pieces], completion


def in_chunks(way: str, *chunks: dict[str, Any]) -> Callable[[socket.socket, bytes], bool]:
    """A model that answers so: as a stream, or the same as the one chunk of a whole answer."""
    if way == "stream":
        return lambda connection, _: events(connection, *chunks)
    [only] = chunks
    return lambda connection, _: whole(connection, only)


@pytest.mark.parametrize("way", ["whole", "stream"])
@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (BLOCKED, "blocked", "blocked"),
        (parts("Yes", promptFeedback={"blockReason": "SAFETY"}), "blocked", "blocked"),
        (ended("SAFETY"), "blocked", "refused"),
        (parts("Yes", finish="RECITATION"), "blocked", "refused"),
        (parts("Yes", finish="LATER"), "blocked", "refused"),
        (ended("MAX_TOKENS"), "blocked", "length"),
        (parts("Yes", finish="MAX_TOKENS"), "blocked", "length"),
        (parts("", finish="STOP"), "blocked", "refused"),
        (parts(" \n", finish="STOP"), "blocked", "refused"),
        ({"candidates": []}, "upstream_error", None),
        (ended("FINISH_REASON_UNSPECIFIED"), "upstream_error", None),
        (parts("Yes"), "cut_stream", None),
        (parts("Yes", finish="FINISH_REASON_UNSPECIFIED"), "cut_stream", None),
    ],
)
@pytest.mark.filterwarnings("ignore:LATER is not a valid FinishReason")
def test_only_a_stop_with_text_is_an_answer(
    odd: Callable[..., Odd], way: str, answer: dict[str, Any], kind: str, reason: str | None
) -> None:
    gemini = by_key(odd(in_chunks(way, answer)).url)
    with pytest.raises(GenerationError) as failure:
        told(gemini, way)
    assert (failure.value.kind, failure.value.reason) == (kind, reason)
    assert failure.value.transient == (kind == "upstream_error")


@pytest.mark.parametrize(
    "tail",
    [
        [parts("yes.", finish="STOP"), {"usageMetadata": USAGE}],
        [parts("yes.", finish="STOP", usageMetadata=USAGE)],
        [parts("yes."), ended("STOP") | {"usageMetadata": USAGE}],
        [parts("yes."), ended("STOP"), {"candidates": [{"content": {}}], "usageMetadata": USAGE}],
        [parts("yes.", finish="STOP", usageMetadata={"promptTokenCount": 1}), {"usageMetadata": USAGE}],
        [ended("STOP") | {"usageMetadata": USAGE}, parts("yes.")],
        [parts("yes.", finish="FINISH_REASON_UNSPECIFIED"), ended("STOP") | {"usageMetadata": USAGE}, {}],
    ],
    ids=["usage alone", "all in one", "stop alone", "empty last", "last usage", "text late", "unspecified"],
)
def test_an_end_in_any_chunk_ends_the_answer_and_thoughts_are_billed(
    odd: Callable[..., Odd], tail: list[dict[str, Any]]
) -> None:
    thought = {"candidates": [{"content": {"parts": [{"text": "Hm.", "thought": True}]}}]}
    pieces, completion = told(by_key(odd(in_chunks("stream", thought, parts("Oh "), *tail)).url), "stream")
    assert pieces == ["Oh ", "yes."]
    assert (completion.text, completion.prompt_tokens, completion.answer_tokens) == ("Oh yes.", 9, 404)


def test_a_block_in_any_chunk_blocks(odd: Callable[..., Odd]) -> None:
    chunks = [parts("Oh "), BLOCKED, ended("STOP")]
    with pytest.raises(GenerationError) as failure:
        told(by_key(odd(in_chunks("stream", *chunks)).url), "stream")
    assert (failure.value.kind, failure.value.reason) == ("blocked", "blocked")


@pytest.mark.parametrize("way", ["whole", "stream"])
def test_a_model_that_stops_without_a_word_is_asked_once_more(odd: Callable[..., Odd], way: str) -> None:
    answers = iter([parts(word, finish="STOP", usageMetadata=USAGE) for word in (" ", "Yes.")])
    server = odd(lambda connection, request: in_chunks(way, next(answers))(connection, request))
    pieces, completion = told(by_key(server.url), way)
    assert completion.text == "Yes."
    assert (completion.prompt_tokens, completion.answer_tokens) == (18, 808)  # both are billed
    assert "".join(pieces) in ("", "Yes.")
    assert server.requests == 2


def test_what_a_silent_model_is_asked_again_begins_anew(odd: Callable[..., Odd]) -> None:
    answers = iter([parts("\ud83d", finish="STOP"), parts("Yes.", finish="STOP")])
    server = odd(lambda connection, _: whole(connection, next(answers)))
    assert told(by_key(server.url), "whole")[1].text == "Yes."


def test_a_model_that_never_says_a_word_is_asked_twice_and_no_more(odd: Callable[..., Odd]) -> None:
    server = odd(in_chunks("whole", ended("STOP")))
    with pytest.raises(GenerationError, match="stopped with STOP and no usable text"):
        told(by_key(server.url), "whole")
    assert server.requests == 2


@pytest.mark.parametrize("way", ["whole", "stream"])
def test_a_model_that_asks_to_be_asked_on_and_on_is_asked_once(odd: Callable[..., Odd], way: str) -> None:
    """The SDK follows a continuationToken by itself, without a limit of its own."""
    answer = parts("and so on, ", finish="CONTINUATION")
    answer["candidates"][0]["continuationToken"] = "YWdhaW4="
    server = odd(in_chunks(way, answer))
    with pytest.raises(GenerationError) as failure:
        told(by_key(server.url), way)
    assert (failure.value.kind, failure.value.reason, server.requests) == ("blocked", "length", 1)


@pytest.mark.parametrize(
    "body", ["[]", "5", "null", '"text"', '{"candidates": 5}', '{"candidates": [5]}', "[" * 9999]
)
def test_an_answer_of_another_shape_is_a_failure_of_the_model(odd: Callable[..., Odd], body: str) -> None:
    def answer(connection: socket.socket, _: bytes) -> bool:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body.encode())
        return True

    with pytest.raises(GenerationError) as failure:
        told(by_key(odd(answer).url), "whole")
    assert failure.value.kind == "upstream_error"


def test_a_made_up_count_still_fits_its_column(odd: Callable[..., Odd]) -> None:
    usage = {"promptTokenCount": 10**12, "candidatesTokenCount": 2**31 - 1, "thoughtsTokenCount": 5}
    _, completion = told(
        by_key(odd(in_chunks("whole", parts("a", finish="STOP", usageMetadata=usage))).url), "whole"
    )
    assert (completion.prompt_tokens, completion.answer_tokens) == (2**31 - 1, 2**31 - 1)


def test_a_made_up_version_is_cut(odd: Callable[..., Odd]) -> None:
    answer = parts("a", finish="STOP", modelVersion="v" * 500_000)
    assert told(by_key(odd(in_chunks("whole", answer)).url), "whole")[1].model_version == "v" * 200


# ---- answers without an end


def without_end(first: bytes, again: bytes, encoding: str = "") -> Callable[[socket.socket, bytes], bool]:
    """A model that repeats bytes until the other side has had enough."""

    def answer(connection: socket.socket, _: bytes) -> bool:
        kind = "text/event-stream" if first.startswith(b"data") else "application/json"
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{encoding}\r\n".encode())
        squeeze = zlib.compressobj(wbits=31)
        piece = again * (65536 // len(again))
        for number in range(20_000):  # more than a gigabyte
            sent = piece if number else first + piece
            if encoding:
                sent = squeeze.compress(sent) + squeeze.flush(zlib.Z_SYNC_FLUSH)
            connection.sendall(sent)
        return False

    return answer


def peak_of_memory() -> int:
    """The most memory that this process has held, in KiB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])  # type: ignore[index]  # it is there


TEXT = b"data: " + json.dumps(parts("and so on, " * 20)).encode() + b"\n\n"
THOUGHT = TEXT.replace(b'"text"', b'"thought": true, "text"')
GZIP = "Content-Encoding: gzip\r\n"


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ("whole", without_end(b'{"candidates": [{"content": {"parts": [{"text": "', b"and so on, ")),
        ("whole", without_end(b"{", b" ")),
        ("whole", without_end(b"{", b" ", GZIP)),
        ("stream", without_end(TEXT, TEXT)),
        ("stream", without_end(TEXT, b" ")),
        ("stream", without_end(TEXT, TEXT, GZIP)),
        ("stream", without_end(THOUGHT, THOUGHT)),
        ("stream", without_end(b"data: {}", b"\n\n")),
    ],
    ids=["text", "blanks", "packed", "chunks", "blank chunk", "packed chunks", "thoughts", "empty lines"],
)
def test_an_answer_without_an_end_is_cut_and_costs_no_memory(
    odd: Callable[..., Odd], way: str, answer: Callable[[socket.socket, bytes], bool]
) -> None:
    gemini = by_key(odd(answer).url)
    gemini.endpoint(BASE)
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory is counted from here
    before = peak_of_memory()

    def ask(_: int) -> tuple[str, bool]:
        with pytest.raises(GenerationError) as failure:
            list(gemini.stream(BASE, "i", "p", 30)) if way == "stream" else gemini.complete(
                BASE, "i", "p", 30
            )
        return failure.value.kind, failure.value.transient

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {("cut_stream", False)}
    assert peak_of_memory() < before + 150_000


RATINGS = [
    {"category": f"HARM_CATEGORY_{name}", "probability": "NEGLIGIBLE", "severity": "HARM_SEVERITY_NEGLIGIBLE"}
    for name in ("HATE_SPEECH", "DANGEROUS_CONTENT", "HARASSMENT", "SEXUALLY_EXPLICIT")
]
ENVELOPE: dict[str, Any] = {
    "usageMetadata": USAGE,
    "modelVersion": "gemini-3.5-flash-lite",
    "responseId": "r" * 22,
}


def test_a_long_answer_within_the_limit_is_whole(odd: Callable[..., Odd]) -> None:
    """The longest that a model may write with MAX_OUTPUT_TOKENS 4096, in letters of three bytes, each token
    in a chunk of its own with all that services send along."""
    chunk = parts("市" * 5, **ENVELOPE)
    chunk["candidates"][0]["safetyRatings"] = RATINGS
    pieces, completion = told(by_key(odd(in_chunks("stream", *[chunk] * 4095, ended("STOP"))).url), "stream")
    assert completion.text == "市" * 5 * 4095
    assert len(pieces) == 4095
