"""The one shape in which the service refuses a request."""

from __future__ import annotations

import json
from typing import Any

from tests.grounds.calls import Answer


def error(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert answer.status == status, answer.body
    assert set(answer.json) == {"error"}
    found: dict[str, Any] = answer.json["error"]
    assert {"code", "message", "request_id"} <= set(found) <= {"code", "message", "request_id", "details"}
    assert found["code"] == code
    assert found["request_id"] == answer.headers["X-Request-Id"]
    assert "Traceback" not in answer.body.decode()
    return found


def refused(reply: bytes, status: int) -> dict[str, Any]:
    """The error of an answer, which has the one shape and its request's id."""
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].split(" ")[1] == str(status), reply
    headers = dict(line.split(": ", 1) for line in lines[1:])
    found: dict[str, Any] = json.loads(body)["error"]
    assert headers["X-Request-Id"] == found["request_id"]
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    return found
