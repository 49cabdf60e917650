"""GET /openapi.json: the API described, from the types of what its routes take and answer."""

from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

from finrisk import __version__
from finrisk.answers import Analysis
from finrisk.http import examples
from finrisk.http.bodies import AnalyzeBody, DocumentsBody, FeedbackBody
from finrisk.http.context import requires
from finrisk.http.error_codes import MEANINGS, ErrorBody, ErrorCode
from finrisk.http.replies import (
    DeletedDocument,
    DocumentCounts,
    DocumentPage,
    Health,
    RatingReceipt,
    Readiness,
    ReviewTurn,
    StreamEvent,
)
from finrisk.http.status_reply import Status
from finrisk_rules.limits import DOCUMENTS_MAX

bp = Blueprint("openapi", __name__)

Schema = dict[str, Any]

_BODIES: tuple[Any, ...] = (AnalyzeBody, FeedbackBody, DocumentsBody)
_REPLIES: tuple[Any, ...] = (
    Analysis,
    StreamEvent,
    RatingReceipt,
    ReviewTurn,
    DocumentCounts,
    DocumentPage,
    DeletedDocument,
    Status,
    Health,
    Readiness,
    ErrorBody,
)

_INFO = {
    "title": "FinRisk",
    "summary": "Answers questions on financial risk from the filings it was given.",
    "description": "The key travels as `Authorization: Bearer KEY`. Bodies are JSON in UTF-8. Every error "
    "has the shape `ErrorBody`, whatever its status; its `code` tells programs what went wrong. New fields "
    "may be added to answers at any time.",
    "version": __version__,
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
}
_TAGS = {
    "answers": "Ask, and rate what was answered.",
    "documents": "What the answers may quote.",
    "service": "What the service is doing, and this description.",
    "health": "Pages for machines, on both ports and without a key.",
}
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "frk_<id>_<secret>",
    "description": "An API key. Its roles say what it may do; `admin` may do all.",
}
_DOCUMENT = {"type": "object", "description": "A description of this API, OpenAPI 3.1."}
_HEADERS: dict[str, Schema] = {
    "X-Request-Id": {
        "description": "The request, as the log and every error know it.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "Retry-After": {
        "description": "Whole seconds to wait before another try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to send a key.",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
}
_HEADERS_OF = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}

_ALWAYS: tuple[ErrorCode, ...] = ("bad_request", "request_timeout", "internal_error", "overloaded")
_KEYED: tuple[ErrorCode, ...] = (*_ALWAYS, "unauthorized", "rate_limited", "too_many_wrong_keys")
_WITH_ROLE: tuple[ErrorCode, ...] = (*_KEYED, "forbidden")
_WITH_BODY: tuple[ErrorCode, ...] = (
    *_WITH_ROLE,
    "not_json",
    "too_large",
    "unsupported_media_type",
    "invalid",
    "redaction_failed",
)
_ELSEWHERE: tuple[ErrorCode, ...] = ("method_not_allowed", "length_required", "unavailable", "error")
"""What no operation names: it comes with statuses that a client of this description does not meet."""


class _Components(GenerateJsonSchema):
    """Schemas without a title for each field: a generator would name classes after them."""

    def field_title_should_be_set(self, schema: core_schema.CoreSchema | Any) -> bool:
        """Never: the field's name says it."""
        del schema
        return False


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _schemas() -> Schema:
    """Each type that the API speaks of, by its name."""
    modes: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        *((body.__name__, "validation", TypeAdapter(body)) for body in _BODIES),
        *((reply.__name__, "serialization", TypeAdapter(reply)) for reply in _REPLIES),
    ]
    _, definitions = TypeAdapter.json_schemas(
        modes, ref_template="#/components/schemas/{model}", schema_generator=_Components
    )
    schemas: Schema = definitions["$defs"]
    return dict(sorted(schemas.items())) | {"OpenapiDocument": _DOCUMENT}


def _json(schema: str, **named: Mapping[str, object]) -> Schema:
    media: Schema = {"schema": _ref("schemas", schema)}
    if named:
        media["examples"] = {name: {"value": value} for name, value in named.items()}
    return {"application/json": media}


def _response(status: int | None, description: str, content: Schema) -> Schema:
    names = ["X-Request-Id", *_HEADERS_OF.get(status or 0, [])]
    headers = {name: _ref("headers", name) for name in names}
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
        responses[str(status)] = _response(status, text, _json("ErrorBody", **shown))
    text = "Anything else that went wrong, such as a request that no server could read."
    shown = {code: examples.error(code) for code in _ELSEWHERE}
    return {**responses, "default": _response(None, text, _json("ErrorBody", **shown))}


def _operation(
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
    operation: Schema = {"operationId": name, "tags": [tag], "summary": summary}
    if text:
        operation["description"] = text
    operation["security"] = [] if open_to_all else [{"key": [role]} for role in roles] or [{"key": []}]
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    replied = {str(status): _response(status, said, content) for status, (said, content) in replies.items()}
    operation["responses"] = replied | _error_responses(codes)
    return operation


def _analyze() -> Schema:
    stream = {
        "schema": {
            "type": "string",
            "description": "Server-sent events, each a `StreamEvent`.",
            "contentMediaType": "text/event-stream",
            "contentSchema": {"type": "array", "items": _ref("schemas", "StreamEvent")},
        },
        "examples": {"stream": {"value": examples.STREAM}},
    }
    content = _json("Analysis", answer=examples.ANALYSIS) | {"text/event-stream": stream}
    return _operation(
        "analyze",
        "answers",
        "Answer a strategy (a question) from the filings",
        {200: ("The answer, or with `Accept: text/event-stream` the events of its making.", content)},
        (
            *_WITH_BODY,
            "blocked",
            "unknown_company",
            "retrieval_unavailable",
            "upstream_error",
            "timeout",
            "cut_stream",
        ),
        text="With `Accept: text/event-stream` the answer comes as it is written: the event `meta`, any "
        "number of `delta`, then `done` with the whole answer, or `error`. What is refused before a stream "
        "begins is refused in JSON.",
        roles=("analyze",),
        body=_json("AnalyzeBody", question=examples.QUESTION),
    )


def _rate() -> Schema:
    return _operation(
        "rate",
        "answers",
        "Rate an answer, score it or correct it; the last of each counts",
        {
            200: (
                "It is kept.",
                _json("RatingReceipt", joined=examples.JOINED, corrected=examples.CORRECTED),
            ),
            202: (
                "A rating is kept; its answer is still on its way to the database.",
                _json("RatingReceipt", accepted=examples.ACCEPTED),
            ),
        },
        (*_WITH_BODY, "not_found", "figure_not_supported", "database_unavailable", "not_kept"),
        text="A rating needs the role `feedback`, a score or a correction the role `review`.",
        roles=("feedback", "review"),
        body=_json(
            "FeedbackBody", liked=examples.RATING, scored=examples.SCORE, corrected=examples.CORRECTION
        ),
    )


def _review() -> Schema:
    return _operation(
        "next_review",
        "answers",
        "The answer to review next, drawn at random",
        {200: ("An answer, or none.", _json("ReviewTurn", drawn=examples.REVIEW, none={"review": None}))},
        (*_WITH_ROLE, "database_unavailable"),
        text="The same one until its score is given; after a day another reviewer gets it.",
        roles=("review",),
    )


def _documents() -> Schema:
    limit = {
        "name": "limit",
        "in": "query",
        "description": "Most documents of the page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": DOCUMENTS_MAX, "default": DOCUMENTS_MAX},
    }
    after = {
        "name": "after",
        "in": "query",
        "description": "The `next` of the page before; the list begins at its start without it.",
        "schema": {"type": "string"},
    }
    put = _operation(
        "put_documents",
        "documents",
        "Add documents, or bring them up to date",
        {200: ("What became of them.", _json("DocumentCounts", added=examples.COUNTS))},
        (*_WITH_BODY, "database_unavailable"),
        roles=("documents",),
        body=_json("DocumentsBody", one=examples.DOCUMENTS),
    )
    listing = _operation(
        "list_documents",
        "documents",
        "List the documents by id, a page at a time",
        {200: ("A page.", _json("DocumentPage", last=examples.PAGE))},
        (*_WITH_ROLE, "invalid", "database_unavailable"),
        roles=("documents",),
        parameters=[limit, after],
    )
    return {"post": put, "get": listing}


def _delete() -> Schema:
    document_id = {
        "name": "document_id",
        "in": "path",
        "required": True,
        "description": "The document's id, percent-encoded; slashes may stand as they are.",
        "schema": {"type": "string", "minLength": 1},
        "example": "acme-2025",
    }
    return _operation(
        "delete_document",
        "documents",
        "Delete a document and all that was indexed from it",
        {200: ("It is gone.", _json("DeletedDocument", deleted=examples.DELETED))},
        (*_WITH_ROLE, "not_found", "database_unavailable"),
        roles=("documents",),
        parameters=[document_id],
    )


def _service() -> dict[str, Schema]:
    """Paths of the service itself."""
    return {
        "/api/v1/status": _operation(
            "get_status",
            "service",
            "What is configured, collected and served",
            {200: ("The status.", _json("Status", status=examples.STATUS))},
            _KEYED,
        ),
        "/openapi.json": _operation(
            "get_openapi",
            "service",
            "This description",
            {200: ("What you read.", _json("OpenapiDocument"))},
            _KEYED,
        ),
    }


def _health() -> dict[str, Schema]:
    """Paths for machines."""
    ready = _json("Readiness", api=examples.READY, ops=examples.READY_OPS)
    figures = {"text/plain": {"schema": {"type": "string"}}}
    return {
        "/healthz": _operation(
            "get_health",
            "health",
            "Whether the process answers at all",
            {200: ("It does.", _json("Health", ok=examples.HEALTH))},
            _ALWAYS,
            open_to_all=True,
        ),
        "/readyz": _operation(
            "get_readiness",
            "health",
            "Whether requests may be sent here",
            {200: ("They may.", ready)},
            _ALWAYS,
            text="On the ops port it also tells what runs.",
            open_to_all=True,
        ),
        "/metrics": _operation(
            "get_metrics",
            "health",
            "Metrics for Prometheus, on the ops port alone",
            {200: ("The metrics of all workers.", figures)},
            (*_ALWAYS, "not_found"),
            open_to_all=True,
        ),
    }


@cache
def description() -> Schema:
    """The OpenAPI 3.1 document; made once."""
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "servers": [{"url": "/", "description": "Where this description was read."}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "security": [{"key": []}],
        "paths": {
            "/api/v1/analyze": {"post": _analyze()},
            "/api/v1/feedback": {"post": _rate()},
            "/api/v1/review": {"get": _review()},
            "/api/v1/documents": _documents(),
            "/api/v1/documents/{document_id}": {"delete": _delete()},
            **{path: {"get": operation} for path, operation in (_service() | _health()).items()},
        },
        "components": {
            "securitySchemes": {"key": _KEY},
            "headers": _HEADERS,
            "schemas": _schemas(),
        },
    }


@bp.get("/openapi.json")
@requires()
def openapi() -> Response:
    """The description of this API."""
    return jsonify(description())
