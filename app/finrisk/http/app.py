"""The Flask application of one worker process."""

from functools import partial
from typing import Any

from flask import Flask, Response, abort, g, request

from finrisk import ids, metrics
from finrisk.analysis import Service
from finrisk.collection import Collection
from finrisk.db.pool import Database
from finrisk.generation import Generation
from finrisk.http import analyze, documents, errors, feedback, health, openapi, status
from finrisk.http.admission import Admission
from finrisk.http.context import Context
from finrisk.http.keys import KeyRing
from finrisk.http.limits import RateLimit
from finrisk.settings import Settings
from finrisk.shadow import Shadow
from finrisk.traffic import Figures, in_database

_DATABASE_CONNECTIONS = 8


def service(settings: Settings) -> Service:
    """Everything that a process needs to answer requests; made after fork."""
    database = Database(settings.database_url.get_secret_value(), _DATABASE_CONNECTIONS)
    generation = Generation(settings)
    shadow = Shadow(settings, generation)
    return Service(settings, database, generation, Collection(settings, database), shadow)


def create_app(running: Service) -> Flask:
    """The application around a running service."""
    app = Flask("finrisk", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    settings = running.settings
    app.extensions["finrisk"] = Context(
        service=running,
        figures=Figures(partial(in_database, running.database, settings)),
        keys=KeyRing(settings.keys_path),
        admission=Admission(settings.max_in_flight),
        rate_limit=RateLimit(settings.rate_limit_per_minute / settings.workers)
        if settings.rate_limit_per_minute
        else None,
    )
    app.url_map.merge_slashes = False
    app.before_request(_name_request)
    app.before_request(_take_the_path_as_it_is)
    for module in (analyze, feedback, documents, status, health, openapi):
        app.register_blueprint(module.bp)
    errors.register(app)
    app.after_request(_finish_response)
    metrics.SPLIT.set(settings.split)
    return app


def _name_request() -> None:
    g.request_id = ids.request_id()


def _take_the_path_as_it_is() -> None:
    """Find nothing at a path that would be read as another: slashes merged, or bytes that are no UTF-8."""
    path = request.environ["PATH_INFO"]
    try:
        path.encode("latin-1").decode()
    except UnicodeDecodeError:
        abort(404)
    if path.startswith("//"):
        abort(404)


def _finish_response(response: Response) -> Any:
    response.headers.extend(errors.HEADERS)
    response.headers["X-Request-Id"] = str(g.request_id)
    return response
