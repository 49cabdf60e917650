"""The routes of the Gemini Developer API."""

from sandbox.gemini import embeddings, generation
from sandbox.gemini.extractive import ENGINE
from sandbox.gemini.messages import ApiError, Json, Reply, json_reply
from sandbox.gemini.models import MODELS, described, developer_model
from sandbox.gemini.simulator import Call, Simulator

TUNING_ENDED = (
    "Tuned models are no longer available in the Gemini API: with the shutdown of gemini-1.5-flash-001 in "
    "May 2025 no "
    "model supports tuning here. Tune with Vertex AI (tuningJobs) instead."
)


def check_key(key: str) -> None:
    """Raise ApiError 403 when no API key came with the request."""
    if not key:
        raise ApiError(
            403,
            "Method doesn't allow unregistered callers (callers without established identity). Please use "
            "API Key or "
            "other form of API consumer identity to call this API.",
        )


def bad_key() -> ApiError:
    """The answer to a key that Google does not know."""
    detail: Json = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }
    return ApiError(400, "API key not valid. Please pass a valid API key.", details=[detail])


def call_model(simulator: Simulator, call: Call) -> Reply:
    """`POST /models/M:verb`."""
    verb = call.names["verb"]
    model = developer_model(call.names["model"], call.names["version"], verb)
    if model.embeds:
        if verb == "countTokens":
            return generation.count(call.request, "developer")
        return embeddings.developer(call.request, model, several=verb == "batchEmbedContents")
    speaker = generation.Speaker("developer", version=ENGINE, latency_ms=simulator.settings.base_latency_ms)
    if verb == "generateContent":
        return generation.generate(call.request, speaker, call.faults)
    if verb == "streamGenerateContent":
        return generation.stream(call.request, speaker, call.faults)
    return generation.count(call.request, "developer")


def list_models(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001 - one signature for every route
    """`GET /models`, on one page."""
    return json_reply({"models": [described(model) for model in MODELS.values()]})


def get_model(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001
    """`GET /models/M`."""
    return json_reply(described(developer_model(call.names["model"], call.names["version"], "")))


def tuned_models(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001
    """Everything under `/tunedModels`: gone since May 2025."""
    raise ApiError(404, TUNING_ENDED)
