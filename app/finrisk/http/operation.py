"""The parts that operations of the API's description are made of."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from finrisk.http import examples
from finrisk.http.error_codes import MEANINGS, ErrorCode

Schema = dict[str, Any]

_HEADERS_OF = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
_ELSEWHERE: tuple[ErrorCode, ...] = ("method_not_allowed", "length_required", "unavailable", "error")
"""What no operation names: it comes with statuses that a client of this description does not meet."""


def ref(kind: str, name: str) -> Schema:
    """A reference to a component of the description."""
    return {"$ref": f"#/components/{kind}/{name}"}


def json_content(schema: str, **named: Mapping[str, object]) -> Schema:
    """JSON of a schema of the description, with named examples."""
    media: Schema = {"schema": ref("schemas", schema)}
    if named:
        media["examples"] = {name: {"value": value} for name, value in named.items()}
    return {"application/json": media}


def _response(status: int | None, description: str, content: Schema) -> Schema:
    names = ["X-Request-Id", *_HEADERS_OF.get(status or 0, [])]
    headers = {name: ref("headers", name) for name in names}
    return {"description": description, "headers": headers, "content": content}


def _status(code: ErrorCode) -> int:
    return MEANINGS[code].status or 0


def _error_responses(codes: tuple[ErrorCode, ...]) -> Schema:
    """A response for each status that the codes come with, and one for every other."""
    responses = {}
    for status, group in groupby(sorted(codes, key=_status), _status):
        same = list(group)
        text = "\n".join(f"`{code}`: {MEANINGS[code].when}." for code in same)
        shown = {code: examples.error(code) for code in same}
        responses[str(status)] = _response(status, text, json_content("ErrorBody", **shown))
    text = "Anything else that went wrong, such as a request that no server could read."
    shown = {code: examples.error(code) for code in _ELSEWHERE}
    return {**responses, "default": _response(None, text, json_content("ErrorBody", **shown))}


def operation(
    name: str,
    tag: str,
    summary: str,
    replies: dict[int, tuple[str, Schema]],
    codes: tuple[ErrorCode, ...],
    *,
    text: str = "",
    roles: tuple[str, ...] = (),
    open_to_all: bool = False,
    body: Schema | None = None,
    parameters: list[Schema] | None = None,
) -> Schema:
    """An operation; its key needs one of the roles, any valid key will do where there are none."""
    told: Schema = {"operationId": name, "tags": [tag], "summary": summary}
    if text:
        told["description"] = text
    told["security"] = [] if open_to_all else [{"key": [role]} for role in roles] or [{"key": []}]
    if parameters:
        told["parameters"] = parameters
    if body:
        told["requestBody"] = {"required": True, "content": body}
    replied = {str(status): _response(status, said, content) for status, (said, content) in replies.items()}
    told["responses"] = replied | _error_responses(codes)
    return told
