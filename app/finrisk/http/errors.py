"""Errors as clients see them: one shape for every status, never a traceback."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from finrisk import metrics
from finrisk.db.pool import DatabaseUnavailableError
from finrisk.http import refusals
from finrisk.http.error_codes import Details, ErrorBody, ErrorCode, ErrorInfo
from finrisk.logs import log_redaction_failure
from finrisk_rules.redaction import RedactionError

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer carries, whoever made it."""

_CODES: dict[int, ErrorCode] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    411: "length_required",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "rate_limited",
    503: "unavailable",
}


class ApiError(Exception):
    """A request that is answered with an error.

    ``retry_after`` is in seconds; ``key_id`` is the id of a key that was refused, for the log alone.
    """

    def __init__(
        self,
        status: int,
        code: ErrorCode,
        message: str,
        *,
        details: Details | None = None,
        retry_after: int | None = None,
        key_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.code: ErrorCode = code
        self.details, self.retry_after, self.key_id = details, retry_after, key_id


class UnansweredError(ApiError):
    """A question that was taken and got no answer: it is counted with its arm, and is no rejected input."""


def error_body(code: ErrorCode, message: str, details: Details | None = None) -> ErrorBody:
    """The one error shape."""
    error: ErrorInfo = {"code": code, "message": message, "request_id": str(g.request_id)}
    if details:
        error["details"] = details
    return {"error": error}


def _note_refusal(error: ApiError) -> None:
    refusals.note(
        error.code,
        error.key_id or g.get("key_id"),
        request.remote_addr,
        status=error.status,
        route=request.url_rule.rule if request.url_rule else None,
        request_id=str(g.request_id),
    )


def _response(error: ApiError) -> Response:
    if not isinstance(error, UnansweredError):
        metrics.REJECTED.labels(error.code).inc()
        _note_refusal(error)
    response = jsonify(error_body(error.code, error.message, error.details))
    response.status_code = error.status
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _from_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    messages = {
        404: f"there is nothing at {request.path}; /openapi.json, with a key, lists what there is",
        405: f"{request.method} is not allowed at {request.path}",
    }
    answer = _response(
        ApiError(
            status, _CODES.get(status, "error"), messages.get(status, HTTPStatus(status).phrase.capitalize())
        )
    )
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _unavailable(error: DatabaseUnavailableError) -> Response:
    return _response(ApiError(503, "database_unavailable", f"{error}; try again shortly", retry_after=2))


def unredacted() -> ApiError:
    """What answers a text that the redactor cannot read."""
    message = "the text cannot be redacted, so nothing of it was sent on or kept; word it otherwise"
    return ApiError(422, "redaction_failed", message)


def _unredacted(error: RedactionError) -> Response:
    log_redaction_failure(error, g.request_id)
    return _response(unredacted())


INTERNAL_ERROR = "the request failed; the log knows it by its request_id"


def log_unexpected() -> None:
    """Log the exception being handled, under the request's id."""
    logging.getLogger("finrisk").exception(
        "a request failed", extra={"event": "request_failed", "fields": {"request_id": str(g.request_id)}}
    )


def _unexpected(_: Exception) -> Response:
    log_unexpected()
    return _response(ApiError(500, "internal_error", INTERNAL_ERROR))


def register(app: Flask) -> None:
    """Answer every error of the app in the one shape."""
    app.register_error_handler(ApiError, _response)
    app.register_error_handler(HTTPException, _from_werkzeug)
    app.register_error_handler(DatabaseUnavailableError, _unavailable)
    app.register_error_handler(RedactionError, _unredacted)
    app.register_error_handler(Exception, _unexpected)
