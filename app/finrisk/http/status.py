"""GET /api/v1/status: what is configured, collected and served."""

from flask import Blueprint, Response, jsonify

from finrisk import traffic
from finrisk.http.context import context, requires

bp = Blueprint("status", __name__)


@bp.get("/api/v1/status")
@requires()
def status() -> Response:
    """Configuration, collection progress, and the last 24 hours by arm."""
    service = context().service
    with service.database.connection() as connection:
        return jsonify(
            configuration=traffic.configuration(service.settings),
            collection=traffic.collection(connection, service.settings),
            traffic=traffic.traffic(connection),
        )
