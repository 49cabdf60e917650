"""GET /openapi.json: the API described, from the types of what its routes take and answer."""

from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

from finrisk import __version__
from finrisk.answers import Analysis
from finrisk.http.bodies import AnalyzeBody, DocumentsBody, FeedbackBody
from finrisk.http.context import requires
from finrisk.http.error_codes import ErrorBody
from finrisk.http.operation import Schema
from finrisk.http.operations import paths
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

bp = Blueprint("openapi", __name__)

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


class _Components(GenerateJsonSchema):
    """Schemas without a title for each field: a generator would name classes after them."""

    def field_title_should_be_set(self, schema: core_schema.CoreSchema | Any) -> bool:
        """Never: the field's name says it."""
        del schema
        return False


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


@cache
def description() -> Schema:
    """The OpenAPI 3.1 document; made once."""
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "servers": [{"url": "/", "description": "Where this description was read."}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "security": [{"key": []}],
        "paths": paths(),
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
