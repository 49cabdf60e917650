"""GET /api/v1/status: what is configured, collected and served."""

from typing import Any

from flask import Blueprint, Response, jsonify

from finrisk import traffic
from finrisk.db.pool import DatabaseUnavailableError
from finrisk.http.context import context, requires

bp = Blueprint("status", __name__)

SECONDS = 10.0
"""Longest wait for the database's part."""


@bp.get("/api/v1/status")
@requires()
def status() -> Response:
    """Configuration, collection, experiment, and the last 24 hours; all but the first need the database."""
    service = context().service
    parts: dict[str, Any] = {"collection": None, "experiment": None, "traffic": None}
    try:
        with service.database.connection(SECONDS) as connection:
            parts["collection"] = traffic.collection(connection, service.settings)
            parts |= traffic.running_experiment(connection, service.settings)
    except DatabaseUnavailableError as error:
        parts["problem"] = str(error)
    return jsonify(configuration=traffic.configuration(service.settings), **parts)
