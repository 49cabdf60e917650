"""Health pages and metrics. The ops port tells more: it is not for clients."""

from flask import Blueprint, Response, abort, jsonify, request

from finrisk import metrics
from finrisk.collection import journal_state
from finrisk.http.context import context
from finrisk.workers import live_workers

bp = Blueprint("health", __name__)


def _on_ops_port() -> bool:
    return request.environ.get("SERVER_PORT") == str(context().service.settings.ops_port)


@bp.before_app_request
def _keep_users_from_the_ops_port() -> None:
    """Answer nothing but this file's pages there: the threads behind it are few, and for machines."""
    if _on_ops_port() and request.blueprint != bp.name:
        abort(404)


@bp.get("/healthz")
def healthz() -> Response:
    """Whether this process answers at all."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> Response:
    """Whether requests may be sent here: true without a database too, since answers go on without it."""
    if not _on_ops_port():
        return jsonify(ready=True)
    service = context().service
    found = service.database.condition()
    return jsonify(
        ready=True,
        revision=service.settings.finrisk_revision,
        split=service.settings.split,
        database=found.database,
        schema=found.schema,
        database_problem=found.problem,
        breakers=service.generation.breaker_states(),
        journal=journal_state(service.settings.variable_path("journal")),
        workers=live_workers(service.settings.variable_path("workers")),
    )


@bp.get("/metrics")
def prometheus() -> Response:
    """The metrics of all workers, on the ops port alone."""
    if not _on_ops_port():
        abort(404)
    for model, is_open in context().service.generation.breaker_states().items():
        metrics.BREAKER.labels(model).set(is_open)
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
