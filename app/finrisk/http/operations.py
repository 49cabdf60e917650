"""The operations of the API, as its description tells them."""

from finrisk.http import examples
from finrisk.http.error_codes import ErrorCode
from finrisk.http.operation import Schema, json_content, operation, ref
from finrisk_rules.limits import DOCUMENTS_MAX

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


def _analyze() -> Schema:
    stream = {
        "schema": {
            "type": "string",
            "description": "Server-sent events, each a `StreamEvent`.",
            "contentMediaType": "text/event-stream",
            "contentSchema": {"type": "array", "items": ref("schemas", "StreamEvent")},
        },
        "examples": {"stream": {"value": examples.STREAM}},
    }
    content = json_content("Analysis", answer=examples.ANALYSIS) | {"text/event-stream": stream}
    return operation(
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
        body=json_content("AnalyzeBody", question=examples.QUESTION),
    )


def _rate() -> Schema:
    return operation(
        "rate",
        "answers",
        "Rate an answer, score it or correct it; the last of each counts",
        {
            200: (
                "It is kept.",
                json_content("RatingReceipt", joined=examples.JOINED, corrected=examples.CORRECTED),
            ),
            202: (
                "A rating is kept; its answer is still on its way to the database.",
                json_content("RatingReceipt", accepted=examples.ACCEPTED),
            ),
        },
        (*_WITH_BODY, "not_found", "figure_not_supported", "database_unavailable", "not_kept"),
        text="A rating needs the role `feedback`, a score or a correction the role `review`.",
        roles=("feedback", "review"),
        body=json_content(
            "FeedbackBody", liked=examples.RATING, scored=examples.SCORE, corrected=examples.CORRECTION
        ),
    )


def _review() -> Schema:
    return operation(
        "next_review",
        "answers",
        "The answer to review next, drawn at random",
        {
            200: (
                "An answer, or none.",
                json_content("ReviewTurn", drawn=examples.REVIEW, none={"review": None}),
            )
        },
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
    put = operation(
        "put_documents",
        "documents",
        "Add documents, or bring them up to date",
        {200: ("What became of them.", json_content("DocumentCounts", added=examples.COUNTS))},
        (*_WITH_BODY, "database_unavailable"),
        roles=("documents",),
        body=json_content("DocumentsBody", one=examples.DOCUMENTS),
    )
    listing = operation(
        "list_documents",
        "documents",
        "List the documents by id, a page at a time",
        {200: ("A page.", json_content("DocumentPage", last=examples.PAGE))},
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
    return operation(
        "delete_document",
        "documents",
        "Delete a document and all that was indexed from it",
        {200: ("It is gone.", json_content("DeletedDocument", deleted=examples.DELETED))},
        (*_WITH_ROLE, "not_found", "database_unavailable"),
        roles=("documents",),
        parameters=[document_id],
    )


def _service() -> dict[str, Schema]:
    """Paths of the service itself."""
    return {
        "/api/v1/status": operation(
            "get_status",
            "service",
            "What is configured, collected and served",
            {200: ("The status.", json_content("Status", status=examples.STATUS))},
            _KEYED,
        ),
        "/openapi.json": operation(
            "get_openapi",
            "service",
            "This description",
            {200: ("What you read.", json_content("OpenapiDocument"))},
            _KEYED,
        ),
    }


def _health() -> dict[str, Schema]:
    """Paths for machines."""
    ready = json_content("Readiness", api=examples.READY, ops=examples.READY_OPS)
    figures = {"text/plain": {"schema": {"type": "string"}}}
    return {
        "/healthz": operation(
            "get_health",
            "health",
            "Whether the process answers at all",
            {200: ("It does.", json_content("Health", ok=examples.HEALTH))},
            _ALWAYS,
            open_to_all=True,
        ),
        "/readyz": operation(
            "get_readiness",
            "health",
            "Whether requests may be sent here",
            {200: ("They may.", ready)},
            _ALWAYS,
            text="On the ops port it also tells what runs.",
            open_to_all=True,
        ),
        "/metrics": operation(
            "get_metrics",
            "health",
            "Metrics for Prometheus, on the ops port alone",
            {200: ("The metrics of all workers.", figures)},
            (*_ALWAYS, "not_found"),
            open_to_all=True,
        ),
    }


def paths() -> Schema:
    """The operations of each path, by method."""
    return {
        "/api/v1/analyze": {"post": _analyze()},
        "/api/v1/feedback": {"post": _rate()},
        "/api/v1/review": {"get": _review()},
        "/api/v1/documents": _documents(),
        "/api/v1/documents/{document_id}": {"delete": _delete()},
        **{path: {"get": told} for path, told in (_service() | _health()).items()},
    }
