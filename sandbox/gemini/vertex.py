"""The routes of Vertex AI: models, endpoints and tuning jobs."""

from collections.abc import Sequence

from sandbox.gemini import embeddings, generation
from sandbox.gemini.endpoints import Endpoint
from sandbox.gemini.extractive import ENGINE
from sandbox.gemini.messages import ApiError, Json, Reply, json_reply
from sandbox.gemini.models import MODELS, Model, vertex_model
from sandbox.gemini.simulator import Call, Simulator

REGIONS = {
    "us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west4",
    "northamerica-northeast1",
    "southamerica-east1", "europe-central2", "europe-north1", "europe-southwest1", "europe-west1",
    "europe-west2",
    "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "asia-east1",
    "asia-east2",
    "asia-northeast1", "asia-northeast3", "asia-south1", "asia-southeast1", "australia-southeast1",
}  # fmt: skip
MULTI_REGIONS = {"global", "us", "eu"}


def parent(simulator: Simulator, call: Call, regional: bool = False) -> str:
    """`projects/P/locations/L` of a call. Raises ApiError 403 (another project) or 400 (no such location)."""
    project, location = call.names["project"], call.names["location"]
    name = f"projects/{project}/locations/{location}"
    if project != simulator.settings.project:
        raise ApiError(403, f"Permission denied on resource project {project} (or it may not exist): {name}.")
    if location not in REGIONS and (regional or location not in MULTI_REGIONS):
        raise ApiError(400, f"Unsupported region for Vertex AI: {location}.")
    return name


def call_model(simulator: Simulator, call: Call) -> Reply:
    """`POST publishers/google/models/M:verb`."""
    resource = f"{parent(simulator, call)}/publishers/google/models/{call.names['model']}"
    model = vertex_model(call.names["model"], resource)
    verb = call.names["verb"]
    if model.embeds:
        return _embed(call, model, verb)
    speaker = generation.Speaker("vertex", version=ENGINE, latency_ms=simulator.settings.base_latency_ms)
    return _speak(call, speaker, verb, resource)


def call_endpoint(simulator: Simulator, call: Call) -> Reply:
    """`POST endpoints/E:verb`."""
    endpoint = _endpoint(simulator, call)
    speaker = generation.Speaker(
        "vertex", endpoint.knowledge(), f"{ENGINE}-tuned-{endpoint.id}", simulator.settings.tuned_latency_ms
    )
    return _speak(call, speaker, call.names["verb"], endpoint.name)


def _speak(call: Call, speaker: generation.Speaker, verb: str, resource: str) -> Reply:
    if verb == "generateContent":
        return generation.generate(call.request, speaker, call.faults)
    if verb == "streamGenerateContent":
        return generation.stream(call.request, speaker, call.faults)
    if verb == "countTokens":
        return generation.count(call.request, "vertex")
    raise ApiError(400, f"{resource} does not support {verb}.")


def _embed(call: Call, model: Model, verb: str) -> Reply:
    if verb == "predict":
        return embeddings.predict(call.request, model)
    if verb in ("embedContent", "batchEmbedContents"):
        return embeddings.vertex(call.request, model, several=verb == "batchEmbedContents")
    if verb == "countTokens":
        return generation.count(call.request, "vertex")
    raise ApiError(400, f"{model.name} does not support {verb}; it embeds.")


def _endpoint(simulator: Simulator, call: Call) -> Endpoint:
    name = f"{parent(simulator, call)}/endpoints/{call.names['endpoint']}"
    endpoint = simulator.endpoints.get(call.names["project"], call.names["location"], call.names["endpoint"])
    if endpoint is None:
        raise ApiError(404, f"Endpoint `{name}` not found.")
    return endpoint


def get_endpoint(simulator: Simulator, call: Call) -> Reply:
    """`GET endpoints/E`."""
    return json_reply(_endpoint(simulator, call).shown())


def delete_endpoint(simulator: Simulator, call: Call) -> Reply:
    """`DELETE endpoints/E`: done at once, answered as a finished operation."""
    endpoint = _endpoint(simulator, call)
    simulator.endpoints.remove(endpoint)
    response = {"@type": "type.googleapis.com/google.protobuf.Empty"}
    return json_reply(
        {"name": f"{endpoint.name}/operations/{endpoint.id}", "done": True, "response": response}
    )


def list_endpoints(simulator: Simulator, call: Call) -> Reply:
    """`GET endpoints`, on one page."""
    return json_reply(_collection("endpoints", [e.shown() for e in _here(simulator, call)]))


def list_models(simulator: Simulator, call: Call) -> Reply:
    """`GET models`: the tuned ones, on one page."""
    models = {e.model_id: e.shown_model() for e in _here(simulator, call)}
    return json_reply(_collection("models", list(models.values())))


def get_model(simulator: Simulator, call: Call) -> Reply:
    """`GET models/ID` or `models/ID@1`."""
    wanted = call.names["model"].partition("@")[0]
    endpoint = next((e for e in _here(simulator, call) if e.model_id == wanted), None)
    if endpoint is None:
        raise ApiError(404, f"Model `{parent(simulator, call)}/models/{call.names['model']}` not found.")
    return json_reply(endpoint.shown_model())


def _here(simulator: Simulator, call: Call) -> Sequence[Endpoint]:
    parent(simulator, call)
    return simulator.endpoints.within(call.names["project"], call.names["location"])


def _collection(name: str, items: Sequence[Json]) -> Json:
    return {name: items} if items else {}


def get_published(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001 - one signature for every route
    """`GET publishers/google/models/M`."""
    name = f"publishers/google/models/{call.names['model']}"
    return json_reply(_published(vertex_model(call.names["model"], name)))


def list_published(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001
    """`GET publishers/google/models`, on one page."""
    return json_reply({"publisherModels": [_published(model) for model in MODELS.values()]})


def _published(model: Model) -> Json:
    name = f"publishers/google/models/{model.name}"
    return {
        "name": name,
        "versionId": "default",
        "openSourceCategory": "PROPRIETARY",
        "launchStage": "GA",
        "publisherModelTemplate": f"projects/{{project}}/locations/{{location}}/{name}",
    }


def create_job(simulator: Simulator, call: Call) -> Reply:
    """`POST tuningJobs`."""
    where = parent(simulator, call, regional=True)
    slow = next((f.seconds for f in call.faults if f.kind == "job_slow"), None)
    fail = next((f.message or "Internal error" for f in call.faults if f.kind == "job_fail"), None)
    stop_at = next((f.status for f in call.faults if f.kind == "job_state"), "")
    body = call.request.json()
    return json_reply(simulator.jobs.create(where, call.names["version"], body, slow, fail, stop_at))


def get_job(simulator: Simulator, call: Call) -> Reply:
    """`GET tuningJobs/ID`."""
    return json_reply(simulator.jobs.get(parent(simulator, call), call.names["job"]))


def list_jobs(simulator: Simulator, call: Call) -> Reply:
    """`GET tuningJobs`, newest first."""
    query = call.request.query
    page = simulator.jobs.page(
        parent(simulator, call),
        query.get("filter", ""),
        query.get("pageSize", ""),
        query.get("pageToken", ""),
    )
    return json_reply(page)


def cancel_job(simulator: Simulator, call: Call) -> Reply:
    """`POST tuningJobs/ID:cancel`."""
    simulator.jobs.cancel(parent(simulator, call), call.names["job"])
    return json_reply({})
