"""POST /api/v1/feedback: a reader's judgement, kept also before its analysis has reached the database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request

from finrisk import ids
from finrisk.collection import known_request
from finrisk.db.pool import DatabaseUnavailableError
from finrisk.http.bodies import FeedbackBody, parsed
from finrisk.http.context import context, requires
from finrisk.http.error_codes import FieldProblem
from finrisk.http.errors import ApiError
from finrisk.http.replies import RatingReceipt
from finrisk_rules.redaction import redact

bp = Blueprint("feedback", __name__)

YOUNG = timedelta(minutes=5)
"""How long a request may take to appear in the database before it counts as unknown."""

LOOK_UP_SECONDS = 5.0
"""Longest wait for the database to say whether it knows a request."""


def _identifier(text: str) -> UUID:
    try:
        identifier = UUID(text)
        ids.time_of(identifier)
    except ValueError:
        problem = FieldProblem(field="request_id", message="is not the request_id of an answer (a UUIDv7)")
        raise ApiError(422, "invalid", "cannot use: request_id", details=[problem]) from None
    return identifier


def _is_recorded(request_id: UUID) -> bool:
    """Whether the analysis is stored; a young one may still be on its way, also while the database is away.

    Raises:
        ApiError: 404, it is old and not there.
        DatabaseUnavailableError: it is old and nobody can say.
    """
    age = datetime.now(UTC) - ids.time_of(request_id)
    young = abs(age) < YOUNG
    try:
        with context().service.database.connection(LOOK_UP_SECONDS) as connection:
            if known_request(connection, request_id):
                return True
    except DatabaseUnavailableError:
        if not young:
            raise
    if not young:
        raise ApiError(404, "not_found", f"no answer has the request_id {request_id}")
    return False


@bp.post("/api/v1/feedback")
@requires("feedback")
def feedback() -> tuple[Response, int]:
    """Keep a rating; the last one of a request counts."""
    body = parsed(request, FeedbackBody)
    request_id = _identifier(body.request_id)
    recorded = _is_recorded(request_id)
    row = {
        "request_id": str(request_id),
        "rating": body.rating,
        "comment": redact(body.comment).text if body.comment else None,
        "created_at": datetime.now(UTC).isoformat(),
        "key_id": g.get("key_id"),
    }
    if not context().service.collection.keep(feedback=row):
        raise ApiError(503, "not_kept", "the feedback could not be kept; try again", retry_after=5)
    receipt = RatingReceipt(request_id=str(request_id), status="joined" if recorded else "accepted")
    return jsonify(receipt), 200 if recorded else 202
