"""POST /api/v1/analyze: the whole answer as JSON, or as it is written (SSE)."""

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing

from flask import Blueprint, Response, g, jsonify, request, stream_with_context

from finrisk import analysis, answers
from finrisk.analysis import Analysis, RetrievalRequiredError
from finrisk.generation import NoAnswerError
from finrisk.http.admission import Place
from finrisk.http.bodies import AnalyzeBody
from finrisk.http.body_reader import parsed
from finrisk.http.context import context, requires
from finrisk.http.errors import (
    INTERNAL_ERROR,
    ApiError,
    UnansweredError,
    error_body,
    log_unexpected,
    unredacted,
)
from finrisk.logs import log_redaction_failure
from finrisk.records import Question
from finrisk.retrieval import UnknownCompanyError
from finrisk_rules.redaction import RedactionError

bp = Blueprint("analyze", __name__)

Pieces = Generator[answers.StreamStart | str | Analysis, None, None]

_MESSAGES = {
    "timeout": "the model did not answer in time",
    "cut_stream": "the model's answer broke off",
    "upstream_error": "the model cannot be reached at the moment",
}
_BLOCKED = {
    "blocked": "the model's provider blocks this question",
    "refused": "the model declines to answer this question",
    "length": "the model cannot answer this question within the length that it may write",
}


def _excerpt(text: str) -> str:
    return text if len(text) <= answers.EXCERPT else text[: answers.EXCERPT - 1] + "…"


def _body(answer: Analysis) -> answers.Analysis:
    sources = [
        answers.Source(
            n=source.n,
            document_id=source.document_id,
            title=source.title,
            page=source.page,
            excerpt=_excerpt(source.text),
        )
        for source in answer.sources
    ]
    figures = answers.figures_told(answer.figures)
    return {"analysis": answer.text, "sources": sources, "figures": figures, "metadata": answer.metadata}


def _error(failure: Exception) -> ApiError:
    if isinstance(failure, RetrievalRequiredError):
        return ApiError(503, "retrieval_unavailable", f"no answer without sources: {failure}", retry_after=2)
    if isinstance(failure, UnknownCompanyError):
        near = f"near it are {', '.join(failure.near)}" if failure.near else "no name comes near it"
        message = f"no document is of the company {failure.company!r}; {near}"
        return ApiError(422, "unknown_company", message, details={"near": failure.near})
    if isinstance(failure, NoAnswerError) and failure.kind == "blocked":
        reason = failure.block_reason or "refused"
        message = f"{_BLOCKED[reason]}; asked again it gets the same: ask another one"
        return UnansweredError(422, "blocked", message, details={"reason": reason})
    if isinstance(failure, NoAnswerError) and failure.kind != "abandoned":
        wait = max(1, round(failure.retry_after or 1))
        return UnansweredError(503, failure.kind, f"{_MESSAGES[failure.kind]}; try again", retry_after=wait)
    raise failure


@bp.post("/api/v1/analyze")
@requires("analyze")
def analyze() -> Response:
    """Answer a strategy."""
    shared = context()
    body = parsed(request, AnalyzeBody)
    place = shared.admission.enter()
    try:
        question = Question(
            request_id=g.request_id,
            strategy=body.strategy,
            user_id=body.user_id,
            session_id=body.session_id,
            company=body.filters.company if body.filters else None,
            year=body.filters.year if body.filters else None,
            key_id=g.get("key_id"),
            labels=tuple(sorted(g.get("labels", ()))),
        )
        if request.accept_mimetypes.best == "text/event-stream":
            return _streamed(question, place)
        try:
            answer = analysis.analyze(shared.service, question)
        except (NoAnswerError, RetrievalRequiredError, UnknownCompanyError) as failure:
            raise _error(failure) from failure
        place.leave()
        response = jsonify(_body(answer))
        response.call_on_close(answer.afterwards)
        return response
    except BaseException:
        place.leave()
        raise


def _streamed(question: Question, place: Place) -> Response:
    service = context().service
    whole: list[Analysis] = []
    events = stream_with_context(_events(analysis.stream(service, question), place, whole))
    response = Response(events, mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(place.leave)

    def finish() -> None:
        for answer in whole:
            answer.afterwards()

    response.call_on_close(finish)
    return response


def _events(pieces: Pieces, place: Place, whole: list[Analysis]) -> Iterator[str]:
    """The answer as events; when it is whole, it is the one entry of ``whole``."""
    try:
        with closing(pieces):
            yield from _as_events(pieces, whole)
    except (NoAnswerError, RetrievalRequiredError, UnknownCompanyError) as failure:
        error = _error(failure)
        yield _event("error", error_body(error.code, error.message, error.details))
    except RedactionError as failure:
        log_redaction_failure(failure, g.request_id)
        error = unredacted()
        yield _event("error", error_body(error.code, error.message))
    except Exception:  # the status line is sent; what is left is to say so in the stream
        log_unexpected()
        yield _event("error", error_body("internal_error", INTERNAL_ERROR))
    finally:
        place.leave()


def _as_events(pieces: Pieces, whole: list[Analysis]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            yield _event("delta", {"text": piece})
        elif isinstance(piece, Analysis):
            whole.append(piece)
            yield _event("done", _body(piece))
        else:
            yield _event("meta", piece)


def _event(name: str, data: Mapping[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
