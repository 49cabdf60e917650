"""What is read of a model's response, however it is cut, and what is none."""

import json
from typing import Any

import pytest

from finrisk.gemini_wire import Chunk, chunk, events

FIRST: dict[str, Any] = {"text": "a line\u2028that does not end, and \u0085"}


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'data: {"a": 1}\n\ndata: {"a": 2}\n\n', [{"a": 1}, {"a": 2}]),
        (b'data: {"a": 1}\r\n\r\ndata: {"a": 2}', [{"a": 1}, {"a": 2}]),
        (b'data:{"a":\ndata: 1}\n\n', [{"a": 1}]),
        (b': still there\n\nevent: message\nid: 7\nretry: 1\ndata: {"a": 1}\n\n', [{"a": 1}]),
        (b'[{"error":\n {"code": 503}}\n]', [{"error": {"code": 503}}]),
        (b'{\n"error": {"code": 503}}', [{"error": {"code": 503}}]),
        (b"", []),
        (f"data: {json.dumps(FIRST, ensure_ascii=False)}\n\n".encode(), [FIRST]),
    ],
    ids=[
        "LF",
        "CRLF",
        "two lines",
        "other fields",
        "an array",
        "an object",
        "nothing",
        "ends of lines in text",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_events_are_read_however_they_are_cut(body: bytes, values: list[Any], size: int) -> None:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    assert list(events(pieces)) == values


@pytest.mark.parametrize("body", [b"data: {\n\n", b"data: \n\n", b"<html>", b"[DONE]"])
def test_what_is_no_json_cannot_be_read(body: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        list(events([body]))


@pytest.mark.parametrize(
    "response",
    [
        [],
        "text",
        {"candidates": {}},
        {"candidates": [5]},
        {"candidates": [{"content": []}]},
        {"candidates": [{"content": {"parts": [{"text": 5}]}}]},
        {"candidates": [{"finishReason": 1}]},
        {"promptFeedback": "blocked"},
        {"usageMetadata": {"promptTokenCount": 1.5}},
        {"modelVersion": {}},
    ],
    ids=str,
)
def test_a_response_of_another_shape_is_none(response: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        chunk(response)


@pytest.mark.parametrize("response", [{}, None, {"candidates": None}, {"candidates": [{"content": None}]}])
def test_a_response_may_say_nothing(response: object) -> None:
    assert chunk(response) == Chunk()
