"""GET /openapi.json: the API described, from the same models that check its bodies."""

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic.json_schema import models_json_schema

from finrisk import __version__
from finrisk.http.bodies import AnalyzeBody, DocumentsBody, FeedbackBody
from finrisk.http.context import requires

bp = Blueprint("openapi", __name__)

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "request_id"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "request_id": {"type": "string", "format": "uuid"},
                "details": {
                    "oneOf": [
                        {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                            },
                        },
                        {
                            "type": "object",
                            "description": "with code blocked",
                            "properties": {"reason": {"enum": ["blocked", "refused", "length"]}},
                        },
                    ]
                },
            },
        }
    },
}
_ANALYSIS = {
    "type": "object",
    "required": ["analysis", "sources", "metadata"],
    "properties": {
        "analysis": {"type": "string"},
        "sources": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["n", "document_id", "title", "excerpt"],
                "properties": {
                    "n": {"type": "integer", "minimum": 1},
                    "document_id": {"type": "string"},
                    "title": {"type": "string"},
                    "excerpt": {"type": "string"},
                },
            },
        },
        "metadata": {
            "type": "object",
            "required": [
                "request_id",
                "approach",
                "finetuned_model_used",
                "arm_assigned",
                "arm_served",
                "model",
            ],
            "properties": {
                "request_id": {"type": "string", "format": "uuid"},
                "approach": {"enum": ["rag_base", "rag_finetuned", "ungrounded"]},
                "finetuned_model_used": {"type": "boolean"},
                "arm_assigned": {"enum": ["base", "tuned"]},
                "arm_served": {"enum": ["base", "tuned"]},
                "model": {"type": "string"},
                "model_version": {"type": "string"},
                "revision": {"type": "string"},
                "quality_score": {"type": "number", "minimum": 0, "maximum": 1},
                "grounded": {"type": "boolean"},
                "fallback_reason": {"type": "string"},
                "latency_ms": {"type": "number"},
                "recorded": {"type": "boolean"},
                "tokens": {"type": "object"},
            },
        },
    },
}
_OBJECT = {"type": "object"}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _operation(
    summary: str,
    answers: dict[int, tuple[str, dict[str, Any]]],
    errors: tuple[int, ...],
    body: str | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    responses = {
        str(status): {"description": text, "content": _content(schema)}
        for status, (text, schema) in answers.items()
    }
    for status in errors:
        schema = {"$ref": "#/components/schemas/Error"}
        responses[str(status)] = {"description": "Error", "content": _content(schema)}
    operation: dict[str, Any] = {"summary": summary, "responses": responses}
    if parameters:
        operation["parameters"] = parameters
    if body:
        schema = {"$ref": f"#/components/schemas/{body}"}
        operation["requestBody"] = {"required": True, "content": _content(schema)}
    return operation


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    models = [(model, "validation") for model in (AnalyzeBody, FeedbackBody, DocumentsBody)]
    _, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    body_errors = (400, 401, 403, 408, 413, 415, 422, 429, 503)
    analyze = _operation(
        "Answer a strategy (a question) from the filings",
        {200: ("The analysis", _ANALYSIS)},
        body_errors,
        "AnalyzeBody",
    )
    analyze["responses"]["200"]["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    accepted = ("Kept; its analysis is still on its way to the database", _OBJECT)
    page = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
        {"name": "after", "in": "query", "schema": {"type": "string"}},
    ]
    name = [
        {"name": "document_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": "FinRisk", "version": __version__},
        "security": [{"key": []}],
        "paths": {
            "/api/v1/analyze": {"post": analyze},
            "/api/v1/feedback": {
                "post": _operation(
                    "Rate an answer",
                    {200: ("Kept", _OBJECT), 202: accepted},
                    (*body_errors, 404),
                    "FeedbackBody",
                )
            },
            "/api/v1/documents": {
                "post": _operation(
                    "Add or update documents", {200: ("Counts", _OBJECT)}, body_errors, "DocumentsBody"
                ),
                "get": _operation(
                    "List documents", {200: ("A page", _OBJECT)}, (401, 403, 422, 429, 503), parameters=page
                ),
            },
            "/api/v1/documents/{document_id}": {
                "delete": _operation(
                    "Delete a document",
                    {200: ("Deleted", _OBJECT)},
                    (401, 403, 404, 429, 503),
                    parameters=name,
                )
            },
            "/api/v1/status": {
                "get": _operation(
                    "Configuration, collection, traffic", {200: ("Status", _OBJECT)}, (401, 429, 503)
                )
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {**definitions["$defs"], "Error": _ERROR},
        },
    }


@bp.get("/openapi.json")
@requires()
def openapi() -> Response:
    """The description of this API."""
    return jsonify(description())
