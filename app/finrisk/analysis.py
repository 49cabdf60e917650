"""The story of a request, from the question to the answer that is kept."""

import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

from finrisk import metrics
from finrisk.answers import Metadata, StreamStart
from finrisk.collection import Collection
from finrisk.completion import GenerationError
from finrisk.db.pool import Database, DatabaseUnavailableError
from finrisk.generation import Fallback, Generation, NoAnswerError, Served
from finrisk.judging import judged_answer
from finrisk.logs import log
from finrisk.prompt_budget import within_budget
from finrisk.records import (
    JudgedAnswer,
    Outcome,
    Question,
    Request,
    analysis_row,
    approach,
    sources_of,
    training_row,
)
from finrisk.retrieval import RankedPassage, check_company, search
from finrisk.routing import assignment
from finrisk.settings import Settings
from finrisk.shadow import Shadow
from finrisk_rules import log_events
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.prompt import render
from finrisk_rules.redaction import RedactionError, Redactor

RETRIEVAL_SECONDS = 5.0
RETRIEVAL_SHARE = 0.2
"""Longest wait for sources, in seconds and of the request's deadline; then the answer goes without them."""


@dataclass(frozen=True)
class Service:
    """What a worker process holds to answer requests."""

    settings: Settings
    database: Database
    generation: Generation
    collection: Collection
    shadow: Shadow


@dataclass(frozen=True)
class Analysis:
    """What the client gets: the answer, the passages it rests on, its figures, and how it came about.

    ``afterwards`` is to be called when the reply was sent; it does not wait.
    """

    text: str
    sources: list[RankedPassage]
    figures: tuple[FigureVerdict, ...]
    metadata: Metadata
    afterwards: Callable[[], None]


class RetrievalRequiredError(Exception):
    """The database does not answer and RETRIEVAL_REQUIRED forbids an answer without sources."""


def analyze(service: Service, question: Question) -> Analysis:
    """Answer a question: redact, route, retrieve, generate, judge, keep.

    Raises:
        NoAnswerError: no model answered; the request is recorded all the same.
        RetrievalRequiredError: no database, and the settings demand sources.
        RedactionError: the question cannot be redacted, so it is neither sent nor stored.
    """
    request = _request(service, question)
    try:
        served = service.generation.answer(request.place.arm, request.prompt, request.started)
    except NoAnswerError as failure:
        _keep(service, request, failure)
        raise
    return _analysis(service, request, served)


def stream(service: Service, question: Question) -> Generator[StreamStart | str | Analysis, None, None]:
    """The same story as it happens: what is known first, pieces of text, then the Analysis.

    Raises:
        NoAnswerError, RetrievalRequiredError, RedactionError: as ``analyze``.
    """
    request = _request(service, question)
    yield {
        "request_id": str(question.request_id),
        "arm_assigned": request.place.arm,
        "revision": service.settings.finrisk_revision,
    }
    fallback: Fallback | None = None
    try:
        for piece in service.generation.stream(request.place.arm, request.prompt, request.started):
            if isinstance(piece, Fallback):
                fallback = piece
            else:
                yield _analysis(service, request, piece) if isinstance(piece, Served) else piece
    except GeneratorExit:  # the client left: a request all the same, and no failure of the model it heard
        _keep(service, request, NoAnswerError(GenerationError("abandoned", "the client left"), fallback))
        raise
    except NoAnswerError as failure:
        _keep(service, request, failure)
        raise


def _request(service: Service, question: Question) -> Request:
    """Redact first: what is searched with, sent and stored is one text."""
    started = time.monotonic()
    redactor = Redactor(service.settings.names)
    try:
        strategy = redactor.redact(question.strategy.strip()).text
    except RedactionError:
        _note_skipped(str(question.request_id), "redaction_failed")
        raise
    place = assignment(service.settings, question.user_id, question.session_id, str(question.request_id))
    passages = _passages(service, strategy, question)
    prompt = render(strategy, sources_of(passages))
    redactor.read(prompt)
    return Request(question, strategy, place, passages, prompt, redactor, started)


def _passages(service: Service, strategy: str, question: Question) -> list[RankedPassage]:
    """The best passages that the key may read, or none while the database is away."""
    pages, passages = service.settings.retrieval_pages, service.settings.retrieval_passages
    seconds = min(RETRIEVAL_SECONDS, RETRIEVAL_SHARE * service.settings.request_deadline_seconds)
    try:
        with service.database.connection(seconds) as connection:
            result = search(
                connection, strategy, question.company, question.year, pages, passages, question.labels
            )
            if question.company is not None and not result.pages:
                check_company(connection, question.company, question.labels)
    except DatabaseUnavailableError as error:
        if service.settings.retrieval_required:
            raise RetrievalRequiredError(str(error)) from error
        log("retrieval_unavailable", f"answering without sources: {error}", level=logging.WARNING)
        return []
    return within_budget(list(result.passages), strategy, service.settings.prompt_tokens)


def _analysis(service: Service, request: Request, served: Served) -> Analysis:
    """Judge the answer, keep it, and give it its metadata."""
    _watch_version(service, served)
    answer = judged_answer(request, served)
    row, recorded = _keep(service, request, answer)
    metadata: Metadata = {
        "request_id": row["id"],
        "approach": approach(request, answer),
        "finetuned_model_used": served.arm == "tuned",
        "arm_assigned": request.place.arm,
        "arm_served": served.arm,
        "model": served.model,
        "model_version": served.completion.model_version,
        "revision": service.settings.finrisk_revision,
        "quality_score": answer.score,
        "grounded": answer.grounded(request),
        "latency_ms": round(row["latency_ms"], 1),
        "recorded": recorded,
        "tokens": {"prompt": served.completion.prompt_tokens, "answer": served.completion.answer_tokens},
    }
    if served.fallback_reason:
        metadata["fallback_reason"] = served.fallback_reason
    figures = answer.judgement.figures if answer.judgement else ()
    afterwards = partial(service.shadow.offer, request, answer)
    return Analysis(answer.text, request.passages, figures, metadata, afterwards)


def _note_skipped(request_id: str, reason: str) -> None:
    metrics.SKIPPED.labels(reason).inc()
    message = f"not collecting training example: {reason}"
    log(log_events.EXAMPLE_SKIPPED, message, request_id=request_id, reason=reason)


def _keep(service: Service, request: Request, outcome: Outcome) -> tuple[dict[str, Any], bool]:
    """Write the request to the journal, before the reply; its row, and whether there was room for it."""
    latency_ms = (time.monotonic() - request.started) * 1000
    model = service.generation.model(request.place.arm)
    row = analysis_row(service.settings, request, outcome, model, latency_ms)
    reason = row["skip_reason"]
    if reason is None and isinstance(outcome, JudgedAnswer):
        example = training_row(service.settings, request, outcome, row)
        recorded = service.collection.keep(analysis=row, training=example)
        if recorded:
            log(log_events.EXAMPLE_COLLECTED, "collecting training example", request_id=row["id"])
    else:
        recorded = service.collection.keep(analysis=row)
        _note_skipped(row["id"], reason)
    _observe(row, outcome)
    return row, recorded


def _watch_version(service: Service, served: Served) -> None:
    """Alarm when the model behind a name is another one than before: figures of before tell nothing of it."""
    version = served.completion.model_version
    before = service.generation.versions.changed_from(served.model, version)
    if before is None:
        return
    metrics.VERSION_CHANGES.labels(served.model).inc()
    message = f"model {served.model} answers as {version}, before as {before}: compare the arms from here on"
    log(
        "model_version_changed",
        message,
        level=logging.WARNING,
        model=served.model,
        version=version,
        before=before,
    )


def _observe(row: dict[str, Any], outcome: Outcome) -> None:
    assigned, served = row["arm_assigned"], row.get("arm_served")
    metrics.REQUESTS.labels(assigned, served or "none", row["outcome"]).inc()
    metrics.DURATION.labels(assigned).observe(row["latency_ms"] / 1000)
    if served and row["fallback_reason"]:
        metrics.FALLBACKS.labels(row["fallback_reason"]).inc()
    names = "arm_assigned bucket outcome arm_error fallback_reason latency_ms revision key_id".split()
    fields = {"request_id": row["id"], "arm_served": served, **{name: row[name] for name in names}}
    if isinstance(outcome, JudgedAnswer):
        metrics.UPSTREAM.labels(served).observe(row["upstream_ms"] / 1000)
        for verdict, count in outcome.parts.verdicts.items():
            metrics.FIGURES.labels(served, verdict).inc(count)
        message = f"model {row['model']}, fine-tuned {'true' if served == 'tuned' else 'false'}"
        log(log_events.ANALYSIS_SERVED, message, quality=outcome.score, **fields)
    elif outcome.is_failure:
        message = f"no model answered: {row['outcome']}: {outcome}"
        log(log_events.ANALYSIS_FAILED, message, level=logging.ERROR, **fields)
    else:
        message = f"the question got no answer: {row['outcome']}: {outcome}"
        log(log_events.ANALYSIS_UNANSWERED, message, **fields)
