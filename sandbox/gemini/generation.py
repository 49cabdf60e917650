"""generateContent and streamGenerateContent of both platforms, and countTokens."""

import base64
import hashlib
import math
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, repeat

from sandbox.gemini.earlier_turns import learnt
from sandbox.gemini.extractive import ENGINE, answer
from sandbox.gemini.faults import Fault
from sandbox.gemini.knowledge import BASE, Knowledge
from sandbox.gemini.messages import ApiError, Dropped, Json, Reply, Request, encoded, json_reply
from sandbox.gemini.schema import checked

CHARACTERS_PER_TOKEN = 4
STREAM_PIECES = 6
_JSON_TYPE = "application/json; charset=UTF-8"
_FIGURE = re.compile(r"(?<![\[\d])\d[\d.,]*(?<=\d)")
"""A figure, but not the number of a citation."""
_ON_AND_ON = "and so on, " * 100
"""What an answer without an end repeats."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers: a base model, or the endpoint of a tuned one."""

    platform: str  # "vertex" | "developer"
    knowledge: Knowledge = BASE
    version: str = ENGINE
    latency_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked, and what every chunk of the answer says of itself."""

    speaker: Speaker
    prompt_tokens: int
    response_id: str
    created: str
    is_wrong: bool  # whether its figures are others than those of the sources


def generate(request: Request, speaker: Speaker, faults: Sequence[Fault]) -> Reply:
    """Answer a generateContent call."""
    body, turn = _turn(request, _versioned(speaker, faults), faults)
    if any(fault.kind == "endless" for fault in faults):
        opening, _, _ = encoded(_response(turn, "", None, None)).partition(b'""')
        return Reply(200, chain([opening, b'"'], repeat(_ON_AND_ON.encode())), {"Content-Type": _JSON_TYPE})
    special = _special(turn, faults)
    if special:
        _sleep(speaker, body["prompt"])
        return json_reply(special)
    text, reason = _written(body, turn)
    _sleep(speaker, body["prompt"])
    return json_reply(_response(turn, text, reason, usage=_usage(turn, text)))


def stream(request: Request, speaker: Speaker, faults: Sequence[Fault]) -> Reply:
    """Answer a streamGenerateContent call, as server-sent events or as a JSON array."""
    body, turn = _turn(request, _versioned(speaker, faults), faults)
    special = _special(turn, faults)
    if any(fault.kind == "endless" for fault in faults):
        events: Iterator[Json] = repeat(_response(turn, _ON_AND_ON, None, None))
    else:
        events = iter([special]) if special else _events(body, turn, faults)
    sse = request.query.get("alt") == "sse"
    kind = "text/event-stream" if sse else _JSON_TYPE
    return Reply(200, _as_sse(events) if sse else _as_array(events), {"Content-Type": kind})


def count(request: Request, platform: str) -> Reply:
    """Answer a countTokens call."""
    if platform == "developer":
        body = checked("developer/CountTokensRequest", request.json())
        body = body.get("generateContentRequest", body)
    else:
        body = checked("CountTokensRequest", request.json())
    texts = [_text(content) for content in [*body.get("contents", []), body.get("systemInstruction", {})]]
    texts += [str(instance) for instance in body.get("instances", [])]
    total = sum(map(tokens, texts))
    reply: Json = {"totalTokens": total, "promptTokensDetails": _details(total)}
    if platform == "vertex":
        reply["totalBillableCharacters"] = sum(len(re.sub(r"\s", "", text)) for text in texts)
    return json_reply(reply)


def tokens(text: str) -> int:
    """A plausible number of tokens: four characters each."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def content_problem(contents: Sequence[Json]) -> str | None:
    """What Google would find wrong with `contents`, if anything."""
    if not contents:
        return "at least one contents field is required"
    for i, content in enumerate(contents):
        if content.get("role", "user") not in ("user", "model"):
            return "Please use a valid role: user, model."
        if not content.get("parts"):
            return f"Unable to submit request because contents[{i}] must include at least one parts field."
        if not all(set(part) - {"thought", "thoughtSignature"} for part in content["parts"]):
            return f"contents[{i}].parts: required oneof field 'data' must have one initialized field"
    return None


def _versioned(speaker: Speaker, faults: Sequence[Fault]) -> Speaker:
    """The speaker as a `model_version` rule wants it to call itself: as when Google moves it on."""
    version = next((fault.message for fault in faults if fault.kind == "model_version"), "")
    return replace(speaker, version=version) if version else speaker


def _turn(request: Request, speaker: Speaker, faults: Sequence[Fault]) -> tuple[Json, Turn]:
    version = request.path.split("/")[1]
    developer = f"developer/{version}/" if speaker.platform == "developer" else ""
    body = checked(f"{developer}GenerateContentRequest", request.json())
    problem = content_problem(body.get("contents", []))
    if problem:
        raise ApiError(400, problem)
    config = body.get("generationConfig", {})
    if config.get("maxOutputTokens", 1) < 1:
        raise ApiError(400, f"max_output_tokens must be positive, got {config['maxOutputTokens']}")
    if config.get("candidateCount", 1) != 1:
        raise ApiError(400, "Only one candidate can be specified in the current model.")
    if config.get("responseMimeType", "text/plain") != "text/plain":
        raise ApiError(
            400, f"The engine {ENGINE} answers in text/plain only, not {config['responseMimeType']}."
        )
    body["prompt"] = _text([c for c in body["contents"] if c.get("role", "user") == "user"][-1:] or [{}])
    everything = [*body["contents"], body.get("systemInstruction", {})]
    turn = Turn(
        speaker,
        prompt_tokens=sum(tokens(_text(content)) for content in everything),
        response_id=base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("="),
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        is_wrong=any(fault.kind == "wrong_figures" for fault in faults),
    )
    return body, turn


def _text(contents: Json | Sequence[Json]) -> str:
    several = [contents] if isinstance(contents, dict) else contents
    return "\n".join(
        part["text"] for content in several for part in content.get("parts", []) if "text" in part
    )


def _written(body: Json, turn: Turn) -> tuple[str, str]:
    """The text and why it ends."""
    turns = [(content.get("role", "user"), _text(content)) for content in body["contents"]]
    text = answer(body["prompt"], learnt(turn.speaker.knowledge, turns))
    config = body.get("generationConfig", {})
    if turn.is_wrong:
        text = _FIGURE.sub(lambda figure: f"{figure[0][:-1]}{(int(figure[0][-1]) + 1) % 10}", text)
    for stop in config.get("stopSequences", []):
        text = text.partition(stop)[0] if stop else text
    limit = config.get("maxOutputTokens")
    if limit is not None and tokens(text) > limit:
        return text[: limit * CHARACTERS_PER_TOKEN], "MAX_TOKENS"
    return text, "STOP"


def _response(turn: Turn, text: str | None, reason: str | None, usage: Json | None) -> Json:
    content: Json = {"role": "model", "parts": [{"text": text}]} if text is not None else {}
    candidate: Json = {"content": content}
    if reason:
        candidate["finishReason"] = reason
    if turn.speaker.platform == "developer":
        candidate["index"] = 0
    return _envelope(turn, {"candidates": [candidate]}, usage)


def _envelope(turn: Turn, answer: Json, usage: Json | None) -> Json:
    out = {**answer, "modelVersion": turn.speaker.version, "responseId": turn.response_id}
    if turn.speaker.platform == "vertex":
        out["createTime"] = turn.created
    if usage is not None:
        out["usageMetadata"] = usage
    return out


def _usage(turn: Turn, text: str, thoughts: int = 0) -> Json:
    written = tokens(text)
    usage: Json = {
        "promptTokenCount": turn.prompt_tokens,
        "totalTokenCount": turn.prompt_tokens + written + thoughts,
        "promptTokensDetails": _details(turn.prompt_tokens),
    }
    if written:
        usage["candidatesTokenCount"] = written
    if thoughts:
        usage["thoughtsTokenCount"] = thoughts
    if turn.speaker.platform == "vertex":
        usage["trafficType"] = "ON_DEMAND"
        if written:
            usage["candidatesTokensDetails"] = _details(written)
    return usage


def _details(number: int) -> list[Json]:
    return [{"modality": "TEXT", "tokenCount": number}]


def _special(turn: Turn, faults: Sequence[Fault]) -> Json | None:
    """The whole answer of a fault that blocks or empties it."""
    kinds = {fault.kind for fault in faults}
    if "blocked_prompt" in kinds:
        return _envelope(turn, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, _usage(turn, ""))
    if "safety" in kinds:
        rating = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}
        out = _response(turn, None, "SAFETY", _usage(turn, ""))
        out["candidates"][0]["safetyRatings"] = [rating]
        return out
    if "empty" in kinds:
        return _response(turn, None, "MAX_TOKENS", _usage(turn, "", thoughts=64))
    return None


def _events(body: Json, turn: Turn, faults: Sequence[Fault]) -> Iterator[Json]:
    text, reason = _written(body, turn)
    pieces = _pieces(text)
    ends = {f.kind: f.after_chunks for f in faults if f.kind in ("cut_stream", "clean_cut")}
    for number, piece in enumerate(pieces):
        if number >= ends.get("cut_stream", len(pieces)):
            raise Dropped
        if number >= ends.get("clean_cut", len(pieces)):
            return
        _sleep(turn.speaker, body["prompt"], 0.5 if number == 0 else 0.5 / len(pieces))
        last = number == len(pieces) - 1
        if last and "cut_stream" in ends:
            raise Dropped
        if last and "clean_cut" in ends:
            yield _response(turn, piece, None, None)
            return
        yield _response(turn, piece, reason if last else None, _usage(turn, text) if last else None)


def _pieces(text: str) -> list[str]:
    """The text in a few pieces that end between words."""
    size = max(20, math.ceil(len(text) / STREAM_PIECES))
    return re.findall(rf"(?s).{{1,{size}}}(?:\s|$)|.{{1,{size}}}", text) or [""]


def _as_sse(events: Iterator[Json]) -> Iterator[bytes]:
    for event in events:
        yield b"data: " + encoded(event) + b"\r\n\r\n"


def _as_array(events: Iterator[Json]) -> Iterator[bytes]:
    opening = b"["
    for event in events:
        yield opening + encoded(event)
        opening = b",\r\n"
    yield b"]" if opening != b"[" else b"[]"


def _sleep(speaker: Speaker, prompt: str, share: float = 1.0) -> None:
    """Wait as the model would: its latency, between 75 and 150 % of it by the prompt."""
    if speaker.latency_ms > 0:
        spread = hashlib.blake2b(prompt.encode(), digest_size=2).digest()
        factor = 0.75 + 0.75 * int.from_bytes(spread, "big") / 65535
        time.sleep(speaker.latency_ms * factor * share / 1000)
