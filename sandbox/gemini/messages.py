"""What goes in and out of a route: request, reply, and the one error Google's APIs answer with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    409: "ALREADY_EXISTS",
    411: "INVALID_ARGUMENT",
    412: "FAILED_PRECONDITION",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case, `query` holds the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as a JSON object; no body counts as `{}`. Raises ApiError 400 on anything else."""
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ApiError(400, f"Invalid JSON payload received. {error}") from None
        if not isinstance(value, dict):
            raise ApiError(400, "Invalid JSON payload received. The root must be an object.")
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. A body that is an iterator goes out chunk by chunk."""

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """An error answer in Google's shape."""

    def __init__(
        self,
        code: int,
        message: str,
        status: str | None = None,
        details: list[Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS_NAMES.get(code, "UNKNOWN")
        self.details = details
        self.headers = dict(headers or {})

    def reply(self) -> Reply:
        """This error as an answer."""
        error: Json = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return json_reply({"error": error}, self.code, self.headers)


class Dropped(Exception):  # noqa: N818 - a decision of a fault rule, not an error of ours
    """The connection is to be closed without another byte."""


def encoded(value: Any) -> bytes:
    """`value` as compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer with a JSON body."""
    return Reply(
        status, encoded(value), {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}
    )
