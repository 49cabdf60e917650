"""/api/v1/documents: what the answers may quote."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import Blueprint, Response, jsonify, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from finrisk import documents
from finrisk.http.bodies import DocumentBody, DocumentsBody
from finrisk.http.body_reader import parsed
from finrisk.http.context import context, requires
from finrisk.http.error_codes import FieldProblem
from finrisk.http.errors import ApiError
from finrisk.http.replies import DeletedDocument, DocumentCounts, DocumentEntry, DocumentPage
from finrisk_rules.documents import redacted
from finrisk_rules.limits import DOCUMENTS_MAX
from finrisk_rules.redaction import Names

bp = Blueprint("documents", __name__)

WRITING_SECONDS = 30.0
"""Longest wait for the database to write, its lock included."""

TURN_SECONDS = 10.0
"""Longest wait for other requests of this worker that write documents."""

WRITERS = 6
"""Most requests of a worker that write or wait for it: each holds one of its at least eight spare threads."""

TURNS = 2
"""Requests of a worker that are worked on at a time: while the database writes one, the next is made ready.
The database takes one after the other, and those who ask need the connections."""

LARGE = 4 * 1024 * 1024
"""Bytes of a body that is worked on alone: what is made of it takes many times as much memory."""

_writers = threading.BoundedSemaphore(WRITERS)
_next = threading.BoundedSemaphore(1)
_turns = threading.BoundedSemaphore(TURNS)


@contextmanager
def turn(size: int | None) -> Iterator[None]:
    """The turn of a request with a body of so many bytes; a large one, or one that does not say, is alone.

    Raises:
        ApiError: 503, too many others wait, or they have not finished in time.
    """
    until = time.monotonic() + TURN_SECONDS
    with ExitStack() as places:
        _take(places, _writers, 0)
        with ExitStack() as head_of_queue:  # so that two large ones do not wait for one another
            _take(head_of_queue, _next, until)
            for _ in range(TURNS if size is None or size > LARGE else 1):
                _take(places, _turns, until)
        yield


def _take(places: ExitStack, place: threading.Semaphore, until: float) -> None:
    """Take a place that the stack gives back; wait for it until then by the monotonic clock."""
    if not place.acquire(timeout=max(0.0, until - time.monotonic())):
        raise _busy()
    places.callback(place.release)


def _busy() -> ApiError:
    message = "other documents are being written; try again when they are done"
    return ApiError(503, "overloaded", message, retry_after=int(TURN_SECONDS))


class _DocumentIdConverter(BaseConverter):
    """All that follows in the path, slashes wherever they stand: percent-decoded once, and nothing else."""

    part_isolating = False
    regex = "(?s:.+)"


@bp.record_once
def _add_converter(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["document_id"] = _DocumentIdConverter


def _document(body: DocumentBody, names: Names) -> documents.Document:
    """The document as it is indexed: redacted."""
    title, text = redacted(body.title, body.text, names)
    return documents.Document(
        id=body.id,
        title=title,
        text=text,
        company=body.company,
        year=body.year,
        ticker=body.ticker,
        labels=tuple(body.labels),
    )


@bp.post("/api/v1/documents")
@requires("documents")
def add() -> Response:
    """Add documents, or bring them up to date; one that is the same is left alone.

    A body is read in its turn as well, for the memory that it takes then.
    """
    with turn(request.content_length):
        names = context().service.settings.names
        batch = [_document(body, names) for body in parsed(request, DocumentsBody).documents]
        with context().service.database.connection(WRITING_SECONDS) as connection:
            try:
                ingested = documents.ingest(connection, batch)
            except documents.TooManyPostingsError as error:
                raise ApiError(413, "too_large", str(error)) from None
    return jsonify(
        DocumentCounts(added=ingested.added, changed=ingested.changed, unchanged=ingested.unchanged)
    )


@bp.get("/api/v1/documents")
@requires("documents")
def listing() -> Response:
    """A page of the list, ordered by id; ``next`` is the id to give as ``after`` for the next page."""
    text = request.args.get("limit", str(DOCUMENTS_MAX))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= DOCUMENTS_MAX):
        problem = FieldProblem(field="limit", message=f"1 to {DOCUMENTS_MAX}")
        raise ApiError(422, "invalid", "cannot use: limit", details=[problem])
    limit = int(text)
    with context().service.database.connection() as connection:
        entries = documents.listing(connection, limit + 1, request.args.get("after", "").replace("\x00", ""))
    page = entries[:limit]
    rows = [
        DocumentEntry(
            id=entry.id,
            title=entry.title,
            company=entry.company,
            year=entry.year,
            pages=entry.pages,
            sha256=entry.sha256,
        )
        for entry in page
    ]
    return jsonify(DocumentPage(documents=rows, next=page[-1].id if len(entries) > limit else None))


@bp.delete("/api/v1/documents/<document_id:document_id>")
@requires("documents")
def delete(document_id: str) -> tuple[Response, int]:
    """Remove a document from the index."""
    with turn(0), context().service.database.connection(WRITING_SECONDS) as connection:
        existed = "\x00" not in document_id and documents.delete(connection, document_id)
    if not existed:
        raise ApiError(404, "not_found", f"there is no document {document_id!r}")
    return jsonify(DeletedDocument(deleted=document_id)), 200
