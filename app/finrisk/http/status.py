"""GET /api/v1/status: what is configured, collected and served."""

from flask import Blueprint, Response, jsonify

from finrisk import traffic
from finrisk.http.context import context, requires

bp = Blueprint("status", __name__)


@bp.get("/api/v1/status")
@requires()
def status() -> Response:
    """Configuration, collection, experiment, and the last 24 hours; all but the first need the database."""
    shared = context()
    return jsonify(configuration=traffic.configuration(shared.service.settings), **shared.figures.now())
