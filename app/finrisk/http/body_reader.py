"""How a request's body is read: bounded, JSON, valid; each failure says which field and why."""

import codecs
import json
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from finrisk.http.error_codes import FieldProblem
from finrisk.http.errors import ApiError

LIMITS = {
    "/api/v1/analyze": 512 * 1024,
    "/api/v1/feedback": 512 * 1024,
    "/api/v1/documents": 16 * 1024 * 1024,
}
"""Most bytes of a body, for each path that reads one (by POST)."""

Model = TypeVar("Model", bound=BaseModel)


def limit_of(method: str, path: str) -> int:
    """Most bytes of body that a request may bring; 0 where none is read."""
    return LIMITS.get(path, 0) if method == "POST" else 0


def _is_utf8(charset: str | None) -> bool:
    """Whether a charset is one of the names of UTF-8; JSON without one is UTF-8."""
    try:
        return charset is None or codecs.lookup(charset).name == "utf-8"
    except LookupError:
        return False


def _check_labels(request: Request) -> None:
    """Refuse a body that says it is anything but JSON in UTF-8, as it stands."""
    if request.mimetype != "application/json" or not _is_utf8(request.mimetype_params.get("charset")):
        message = "send the body as Content-Type: application/json, in UTF-8"
        raise ApiError(415, "unsupported_media_type", message)
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() != "identity":
        message = f"send the body as it is: Content-Encoding {encoding!r} is not read"
        raise ApiError(415, "unsupported_media_type", message)


def _bytes(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit, whether its length was announced or it came in chunks."""
    if (request.content_length or 0) > limit:
        raise ApiError(413, "too_large", f"the body has {request.content_length} bytes, the limit is {limit}")
    body = bytearray()
    try:
        while piece := request.stream.read(min(65536, limit + 1 - len(body))):
            body += piece
    except OSError:  # the server has not waited for it: its key was not known when the head came
        raise ApiError(400, "bad_request", "the body ends before it is whole; send it again") from None
    if len(body) > limit:
        raise ApiError(413, "too_large", f"the body has more than {limit} bytes, which is the limit")
    return bytes(body)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each said once: of two, readers may take either (RFC 8259, section 4)."""
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _RepeatedNameError
    return value


class _RepeatedNameError(ValueError):
    """An object says a name twice."""


def _value(body: bytes) -> Any:
    """What the body says; a byte order mark before it is passed over (RFC 8259, section 8.1)."""
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_constant, object_pairs_hook=_object)
    except _RepeatedNameError:
        raise ApiError(400, "not_json", "an object of the body says a name twice") from None
    except (ValueError, RecursionError):
        raise ApiError(400, "not_json", "the body is not JSON (UTF-8)") from None


def _problem(detail: ErrorDetails) -> FieldProblem:
    """What is wrong with a field, without the names of our classes."""
    of_object = detail["type"] in ("model_type", "dict_type")
    field = ".".join(str(part) for part in detail["loc"]) or "body"
    return {"field": field, "message": "must be a JSON object" if of_object else detail["msg"]}


def parsed(request: Request, model: type[Model]) -> Model:
    """The request's body as the model.

    Raises:
        ApiError: 415 another media type, 413 too large, 400 not JSON, 422 fields that are wrong, each named.
    """
    _check_labels(request)
    value = _value(_bytes(request, limit_of(request.method, request.path)))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors(include_url=False, include_input=False)[:20]]
        fields = ", ".join(dict.fromkeys(problem["field"] for problem in problems))
        raise ApiError(422, "invalid", f"cannot use: {fields}", details=problems) from None
