"""POST /api/v1/feedback: a reader's rating, a reviewer's score and correction.

A rating is kept also before its answer has reached the database; score and correction need the answer.
GET /api/v1/review: the answer that a reviewer is to look at next.
"""

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request

from finrisk import ids, reviews
from finrisk.answers import Figure, figures_told
from finrisk.collection import known_request
from finrisk.corrections import (
    Reviewer,
    UnknownAnswerError,
    UnusableCorrectionError,
    WrongFiguresError,
    correct,
)
from finrisk.db.pool import DatabaseUnavailableError
from finrisk.http.bodies import FeedbackBody
from finrisk.http.body_reader import parsed
from finrisk.http.context import check_role, context, requires
from finrisk.http.error_codes import FieldProblem
from finrisk.http.errors import ApiError
from finrisk.http.replies import RatingReceipt, Review, ReviewTurn
from finrisk_rules.judge.verdicts import WRONG
from finrisk_rules.redaction import redact

bp = Blueprint("feedback", __name__)

YOUNG = timedelta(minutes=5)
"""How long a request may take to appear in the database before it counts as unknown."""

NAMED = 5
"""Wrong figures of a correction that a message names; ``details`` has them all."""

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
@requires("feedback", "review")
def feedback() -> tuple[Response, int]:
    """Keep a rating, a score and a correction, or some of them; the last ones of a request count."""
    body = parsed(request, FeedbackBody)
    is_review = body.score is not None or body.correction is not None or body.skip
    if body.rating is not None:
        check_role("feedback")
    if is_review:
        check_role("review")
    request_id = _identifier(body.request_id)
    recorded = _is_recorded(request_id)
    if is_review and not recorded:
        raise ApiError(503, "not_kept", "the answer is on its way to the database; try again", retry_after=2)
    receipt = RatingReceipt(request_id=str(request_id), status="joined" if recorded else "accepted")
    if body.correction is not None:
        receipt["figures"] = _corrected(request_id, body.correction)
    if is_review:
        _reviewed(request_id, body)
    if body.rating is not None:
        _rate(request_id, body)
    return jsonify(receipt), 200 if recorded else 202


@bp.get("/api/v1/review")
@requires("review")
def review() -> Response:
    """Hand out the answer that this key is to review: the same one until it has a score, or is skipped."""
    service = context().service
    settings = service.settings
    with service.database.connection(LOOK_UP_SECONDS) as connection:
        drawn = reviews.take(connection, settings.ab_experiment, settings.review_share, _reviewer())
    turn: ReviewTurn = {"review": cast(Review, drawn) if drawn else None}
    return jsonify(turn)


def _reviewer() -> Reviewer:
    return Reviewer(g.get("key_id"), g.get("labels", ()))


def _reviewed(request_id: UUID, body: FeedbackBody) -> None:
    try:
        with context().service.database.connection(LOOK_UP_SECONDS) as connection:
            if body.skip:
                reviews.skip(connection, request_id, _reviewer())
            else:
                reviews.label(connection, request_id, body.score, _reviewer())
    except UnknownAnswerError as error:
        raise ApiError(404, "not_found", str(error)) from None


def _corrected(request_id: UUID, text: str) -> list[Figure]:
    """Put the correction in the answer's place; what the judge says of its figures.

    Raises:
        ApiError: 404 there is nothing to correct, 422 it cannot be learnt from.
        DatabaseUnavailableError: the database does not answer.
    """
    service = context().service
    try:
        with service.database.connection(LOOK_UP_SECONDS) as connection:
            judgement = correct(connection, service.settings, request_id, text, _reviewer())
    except UnknownAnswerError as error:
        raise ApiError(404, "not_found", str(error)) from None
    except WrongFiguresError as error:
        wrong = figures_told(figure for figure in error.judgement.figures if figure.verdict in WRONG)
        named = ", ".join(figure["text"] for figure in wrong[:NAMED])
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        message = f"not what the sources say: {named}{more}"
        raise ApiError(422, "figure_not_supported", message, details={"figures": wrong}) from None
    except UnusableCorrectionError as error:
        problem = FieldProblem(field="correction", message=f"cannot be learnt from: {error}")
        raise ApiError(422, "invalid", f"cannot use: correction ({error})", details=[problem]) from None
    return figures_told(judgement.figures)


def _rate(request_id: UUID, body: FeedbackBody) -> None:
    service = context().service
    row = {
        "request_id": str(request_id),
        "rating": body.rating,
        "comment": redact(body.comment, names=service.settings.names).text if body.comment else None,
        "created_at": datetime.now(UTC).isoformat(),
        "key_id": g.get("key_id"),
    }
    if not service.collection.keep(feedback=row):
        raise ApiError(503, "not_kept", "the rating could not be kept; try again", retry_after=5)
