"""Request bodies: bounded, JSON, valid; each failure says which field and why."""

import json
from typing import Annotated, Any, Literal, TypeVar

from flask import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from finrisk.http.errors import ApiError
from finrisk_rules.limits import IDENTIFIER_MAX, REQUEST_STRATEGY_MAX

ANALYZE_BYTES = 512 * 1024
DOCUMENTS_BYTES = 16 * 1024 * 1024

Model = TypeVar("Model", bound=BaseModel)


def _storable(value: object) -> object:
    """Text that PostgreSQL and JSON can carry: no NUL, no lone surrogate."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("must not contain a NUL character")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("must be valid Unicode: it holds half of a surrogate pair")
    return value


def _whole(value: object) -> object:
    """JSON's true and 1.0 are equal to 1 in Python, but they are no rating."""
    if type(value) is not int:
        raise ValueError("must be -1 or 1")
    return value


Text = Annotated[str, BeforeValidator(_storable)]
Identifier = Annotated[Text, StringConstraints(min_length=1, max_length=IDENTIFIER_MAX)]
Year = Annotated[int, Field(ge=1900, le=2100)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Filters(_Body):
    """Which filings may be quoted."""

    company: (
        Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None
    ) = None
    year: Year | None = None


class AnalyzeBody(_Body):
    """A strategy to analyse."""

    strategy: Annotated[
        Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=REQUEST_STRATEGY_MAX)
    ]
    user_id: Identifier | None = None
    session_id: Identifier | None = None
    filters: Filters | None = None


class FeedbackBody(_Body):
    """A reader's judgement of an answer."""

    request_id: Annotated[Text, StringConstraints(max_length=64)]
    rating: Annotated[Literal[-1, 1], BeforeValidator(_whole)]
    comment: Annotated[Text, StringConstraints(max_length=4000)] | None = None


class DocumentBody(_Body):
    """A document to index; form feeds in the text separate its pages."""

    id: Identifier
    title: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    text: Annotated[Text, StringConstraints(min_length=1, max_length=4_000_000)]
    company: (
        Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None
    ) = None
    year: Year | None = None


class DocumentsBody(_Body):
    """Documents to add or to bring up to date."""

    documents: Annotated[list[DocumentBody], Field(min_length=1, max_length=1000)]


def _bytes(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit, whether its length was announced or it came in chunks."""
    if (request.content_length or 0) > limit:
        raise ApiError(413, "too_large", f"the body has {request.content_length} bytes, the limit is {limit}")
    body = bytearray()
    while piece := request.stream.read(min(65536, limit + 1 - len(body))):
        body += piece
        if len(body) > limit:
            raise ApiError(413, "too_large", f"the body has more than {limit} bytes, which is the limit")
    return bytes(body)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def parsed(request: Request, model: type[Model], limit: int = ANALYZE_BYTES) -> Model:
    """The request's body as the model.

    Raises:
        ApiError: 415 another media type, 413 too large, 400 not JSON, 422 fields that are wrong, each named.
    """
    if request.mimetype != "application/json":
        raise ApiError(415, "unsupported_media_type", "send the body as Content-Type: application/json")
    body = _bytes(request, limit)
    try:
        value = json.loads(body, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise ApiError(400, "not_json", "the body is not JSON (UTF-8)") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        details = [
            {"field": ".".join(str(part) for part in detail["loc"]) or "body", "message": detail["msg"]}
            for detail in error.errors(include_url=False, include_input=False)[:20]
        ]
        fields = ", ".join(dict.fromkeys(detail["field"] for detail in details))
        raise ApiError(422, "invalid", f"cannot use: {fields}", details=details) from None
