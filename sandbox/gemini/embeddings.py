"""Embeddings: hashed bags of words as unit vectors, the same for the same text everywhere."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from sandbox.gemini.generation import tokens
from sandbox.gemini.messages import ApiError, Json, Reply, Request, json_reply
from sandbox.gemini.models import Model
from sandbox.gemini.passages import terms
from sandbox.gemini.schema import checked

LARGEST_BATCH = 100


def developer(request: Request, model: Model, several: bool) -> Reply:
    """Answer `:batchEmbedContents` or `:embedContent` of the Developer API."""
    if not several:
        body = checked("EmbedContentRequest", request.json())
        return json_reply({"embedding": {"values": _of(body, model)}})
    return json_reply({"embeddings": [{"values": _of(body, model)} for body in _batch(request)]})


def vertex(request: Request, model: Model, several: bool) -> Reply:
    """Answer `:batchEmbedContents` or `:embedContent` of Vertex AI."""
    if several:
        batch = _batch(request)
        usage = _usage(sum(tokens(_text(body)) for body in batch))
        return json_reply({"embeddings": [{"values": _of(a, model)} for a in batch], "usageMetadata": usage})
    body = checked("EmbedContentRequest", request.json())
    usage = _usage(tokens(_text(body)))
    return json_reply({"embedding": {"values": _of(body, model)}, "truncated": False, "usageMetadata": usage})


def predict(request: Request, model: Model) -> Reply:
    """Answer `:predict` of Vertex AI's older embedding models."""
    body = checked("PredictRequest", request.json())
    dimensions = body.get("parameters", {}).get("outputDimensionality")
    predictions = []
    for instance in body.get("instances", []):
        if not isinstance(instance, dict) or not isinstance(instance.get("content"), str):
            raise ApiError(400, "Each instance needs the text to embed as `content`.")
        statistics = {"truncated": False, "token_count": tokens(instance["content"])}
        values = vector(instance["content"], _dimensions(dimensions, model))
        predictions.append({"embeddings": {"values": values, "statistics": statistics}})
    characters = sum(len(instance["content"]) for instance in body.get("instances", []))
    return json_reply({"predictions": predictions, "metadata": {"billableCharacterCount": characters}})


def vector(text: str, dimensions: int) -> list[float]:
    """A unit vector: each word adds to one place, with a sign, both from its hash."""
    values = [0.0] * dimensions
    for word, times in Counter(terms(text) or ["(empty)"]).items():
        place, sign = _hashed(word)
        values[place % dimensions] += sign * (1 + math.log(times))
    length = math.sqrt(sum(x * x for x in values)) or 1.0
    return [round(x / length, 7) for x in values]


@lru_cache(maxsize=65536)
def _hashed(word: str) -> tuple[int, float]:
    digest = hashlib.blake2b(word.encode(), digest_size=9).digest()
    return int.from_bytes(digest[:8], "big"), 1.0 if digest[8] & 1 else -1.0


def _of(body: Json, model: Model) -> list[float]:
    config = body.get("embedContentConfig", {})
    dimensions = body.get("outputDimensionality", config.get("outputDimensionality"))
    return vector(_text(body), _dimensions(dimensions, model))


def _text(body: Json) -> str:
    parts: Sequence[Json] = body.get("content", {}).get("parts", [])
    if not parts:
        raise ApiError(400, "content: at least one part with text is required")
    return "\n".join(part.get("text", "") for part in parts)


def _batch(request: Request) -> list[Json]:
    requests = checked("BatchEmbedContentsRequest", request.json()).get("requests", [])
    if not 1 <= len(requests) <= LARGEST_BATCH:
        raise ApiError(400, f"A batch holds 1 to {LARGEST_BATCH} requests, got {len(requests)}.")
    return list(requests)


def _dimensions(wanted: object, model: Model) -> int:
    if wanted is None:
        return model.embeds
    if not isinstance(wanted, (int, float)) or not 1 <= wanted <= model.embeds:
        raise ApiError(400, f"outputDimensionality must be between 1 and {model.embeds}, got {wanted}")
    return int(wanted)


def _usage(number: int) -> Json:
    return {"promptTokenCount": number, "totalTokenCount": number}
