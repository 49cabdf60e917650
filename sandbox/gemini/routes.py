"""Which path means what: the table of routes, authentication, faults and journal around them."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.gemini import control, developer, storage_api, vertex
from sandbox.gemini.faults import Fault
from sandbox.gemini.messages import ApiError, Dropped, Reply, Request
from sandbox.gemini.simulator import Call, Simulator

Access = Literal["open", "key", "bearer"]
Handler = Callable[[Simulator, Call], Reply]

PAGED = "pageSize pageToken filter orderBy"
LOCATION = r"/(?P<version>v1|v1beta1)/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)"
PUBLISHED = rf"{LOCATION}/publishers/google/models/(?P<model>[^/:]+)"
ENDPOINT = rf"{LOCATION}/endpoints/(?P<endpoint>[^/:]+)"
DEVELOPER = r"/(?P<version>v1|v1beta)"
STORAGE = re.compile(r"(/upload|/download)?/storage/")
BUCKET = r"/storage/v1/b/(?P<bucket>[^/]+)"

EVERYWHERE = {
    "alt",
    "$alt",
    "key",
    "access_token",
    "prettyPrint",
    "$prettyPrint",
    "fields",
    "quotaUser",
    "$.xgafv",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path, who may call it, and the query parameters it knows."""

    method: str
    pattern: re.Pattern[str]
    access: Access
    handler: Handler
    parameters: frozenset[str] | None


def _route(method: str, path: str, access: Access, handler: Handler, parameters: str | None = "") -> Route:
    allowed = None if parameters is None else frozenset(parameters.split()) | EVERYWHERE
    return Route(method, re.compile(f"{path}$"), access, handler, allowed)


ROUTES: Sequence[Route] = (
    _route("POST", rf"{PUBLISHED}:(?P<verb>\w+)", "bearer", vertex.call_model),
    _route("POST", rf"{ENDPOINT}:(?P<verb>\w+)", "bearer", vertex.call_endpoint),
    _route("POST", rf"{DEVELOPER}/models/(?P<model>[^/:]+):(?P<verb>\w+)", "key", developer.call_model),
    _route("POST", "/token", "open", control.token, None),
    _route("GET", f"{ENDPOINT}", "bearer", vertex.get_endpoint),
    _route("DELETE", f"{ENDPOINT}", "bearer", vertex.delete_endpoint),
    _route("GET", f"{LOCATION}/endpoints", "bearer", vertex.list_endpoints, PAGED),
    _route("GET", f"{LOCATION}/models", "bearer", vertex.list_models, PAGED),
    _route("GET", f"{LOCATION}/models/(?P<model>[^/:]+)", "bearer", vertex.get_model),
    _route("POST", f"{LOCATION}/tuningJobs", "bearer", vertex.create_job),
    _route("GET", f"{LOCATION}/tuningJobs", "bearer", vertex.list_jobs, "pageSize pageToken filter"),
    _route("GET", f"{LOCATION}/tuningJobs/(?P<job>[^/:]+)", "bearer", vertex.get_job),
    _route("POST", f"{LOCATION}/tuningJobs/(?P<job>[^/:]+):cancel", "bearer", vertex.cancel_job),
    _route("GET", "/(?P<version>v1|v1beta1)/publishers/google/models/(?P<model>[^/:]+)", "bearer",
           vertex.get_published, "view languageCode"),
    _route("GET", "/(?P<version>v1beta1)/publishers/google/models", "bearer", vertex.list_published,
           "pageSize pageToken filter view orderBy languageCode listAllVersions"),
    _route("GET", f"{DEVELOPER}/models", "key", developer.list_models, "pageSize pageToken"),
    _route("GET", f"{DEVELOPER}/models/(?P<model>[^/:]+)", "key", developer.get_model),
    _route("GET", rf"{DEVELOPER}/tunedModels(?:/.*)?", "key", developer.tuned_models, None),
    _route("POST", rf"{DEVELOPER}/tunedModels(?:[/:].*)?", "key", developer.tuned_models, None),
    _route("POST", f"/upload{BUCKET}/o", "bearer", storage_api.upload, None),
    _route("PUT", f"/upload{BUCKET}/o", "bearer", storage_api.continue_upload, None),
    _route("DELETE", f"/upload{BUCKET}/o", "bearer", storage_api.cancel_upload, None),
    _route("GET", BUCKET, "bearer", storage_api.get_bucket, None),
    _route("GET", f"{BUCKET}/o", "bearer", storage_api.list_objects, None),
    _route("GET", f"(?:/download)?{BUCKET}/o/(?P<object>.+)", "bearer", storage_api.get_object, None),
    _route("DELETE", f"{BUCKET}/o/(?P<object>.+)", "bearer", storage_api.delete_object, None),
    _route("GET", "/_sandbox/health", "open", control.health),
    _route("GET", "/_sandbox/faults", "open", control.list_faults),
    _route("POST", "/_sandbox/faults", "open", control.add_faults),
    _route("DELETE", "/_sandbox/faults", "open", control.clear_faults),
    _route("GET", "/_sandbox/requests", "open", control.list_requests, "limit path"),
    _route("DELETE", "/_sandbox/requests", "open", control.clear_requests),
)  # fmt: skip


def application(simulator: Simulator) -> Callable[[Request], Reply]:
    """The simulator as a function from request to reply. The function raises Dropped for a `drop` fault."""

    def answer(request: Request) -> Reply:
        if request.path.startswith("/_sandbox/"):
            return _answered(simulator, request, [])
        started, labels = time.monotonic(), _labels(request)
        fired = simulator.faults.fire(request.method, request.path, _key(request))
        names = [fault.kind for fault in fired]
        try:
            reply = _faulted(simulator, request, fired)
        except Dropped:
            simulator.journal.note(request, 0, started, names, labels)
            raise
        simulator.journal.note(request, reply.status, started, names, labels)
        return reply

    return answer


def _faulted(simulator: Simulator, request: Request, fired: Sequence[Fault]) -> Reply:
    """The answer after the faults that hit the connection or the whole service."""
    kinds = {fault.kind: fault for fault in fired}
    delay = sum(fault.delay_ms() for fault in fired if fault.kind == "latency")
    if delay:
        time.sleep(delay / 1000)
    drop = kinds.get("drop")
    if drop and not drop.after:
        raise Dropped
    if "status" in kinds:
        return _refusal(request, kinds["status"].error())
    if "refuse_key" in kinds:
        return developer.bad_key().reply()
    reply = _answered(simulator, request, fired)
    if drop:
        raise Dropped
    if "not_json" in kinds:
        return Reply(200, b"<html>a proxy's page</html>", {"Content-Type": "text/html"})
    return reply


def _answered(simulator: Simulator, request: Request, fired: Sequence[Fault]) -> Reply:
    try:
        route, names = _match(request)
        if route.access == "bearer":
            simulator.tokens.check(request.headers)
        elif route.access == "key":
            developer.check_key(_key(request))
        unknown = set(request.query) - route.parameters if route.parameters is not None else set()
        if unknown:
            name = sorted(unknown)[0]
            raise ApiError(
                400,
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                f"Field '{name}' could not be found in request message.",
            )
        return route.handler(simulator, Call(request, names, tuple(fired)))
    except ApiError as error:
        return _refusal(request, error)


def _refusal(request: Request, error: ApiError) -> Reply:
    """A refusal in the shape of the API that was asked."""
    return storage_api.refusal(error) if STORAGE.match(request.path) else error.reply()


def _match(request: Request) -> tuple[Route, Mapping[str, str]]:
    path_exists = False
    for route in ROUTES:
        match = route.pattern.match(request.path)
        if match and route.method == request.method:
            return route, match.groupdict()
        path_exists = path_exists or bool(match)
    if path_exists:
        raise ApiError(405, f"The method {request.method} is not allowed for {request.path}.")
    raise ApiError(404, f"The requested URL {request.path} was not found on this server.")


def _key(request: Request) -> str:
    return request.headers.get("x-goog-api-key", "") or request.query.get("key", "")


def _labels(request: Request) -> dict[str, str] | None:
    """The labels of a tuning job that is being created, for the journal."""
    if request.method != "POST" or not request.path.endswith("/tuningJobs"):
        return None
    try:
        labels = request.json().get("labels")
    except ApiError:
        return None
    return labels if isinstance(labels, dict) else None
