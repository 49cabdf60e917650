"""The Gemini API on the wire: requests as google-genai sends them, and what is read of responses.

google-genai builds and checks typed objects for every call, which costs more CPU than the call itself. Tuning
uses it, and so do the tests, which hold these requests to its own byte by byte.
"""

import json
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from finrisk import answer_size
from finrisk.model_http import Answer, ModelHost
from finrisk.settings import Settings
from finrisk_rules.platforms import API_VERSION, Provider

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

Identity = Callable[[], dict[str, str]]
"""Gives the headers that say who asks; may fetch a token first, and raises google-auth's errors."""

Turn = tuple[Literal["user", "model"], str]
"""Who says what in a conversation that the model goes on with."""

_STUDIO = "https://generativelanguage.googleapis.com"
_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "Content-Type": "application/json",
    "User-Agent": "finrisk",
}
_MULTI_REGIONS = frozenset({"us", "eu"})


class ResponseError(Exception):
    """The API answered with an error: its code, its status and message, if it has any, headers and body."""

    def __init__(self, code: int, body: Any, headers: Mapping[str, str]) -> None:
        if isinstance(body, list) and len(body) == 1:
            [body] = body
        told = body if isinstance(body, dict) else {}
        error = told.get("error")
        inner = error if isinstance(error, dict) else {}
        self.code, self.body, self.headers = code, body, headers
        status, message = (told.get(name, inner.get(name)) for name in ("status", "message"))
        super().__init__(f"{code} {status}: {message}")


@dataclass(frozen=True)
class Chunk:
    """What a response, or one event of a streamed one, says; None and empty where it says nothing.

    Reasons are spelt as on the wire; ``tokens`` are of the prompt, the answer, and the model's thoughts.
    """

    text: str = ""
    finish_reason: str = ""
    block_reason: str = ""
    model_version: str = ""
    tokens: tuple[int, int, int] | None = None


def chunk(value: object) -> Chunk:
    """The chunk that a decoded response is.

    Raises:
        ValueError: it has another shape.
    """
    response = _object(value)
    candidate = _object(next(iter(_list(response.get("candidates"))), None))
    parts = [_object(part) for part in _list(_object(candidate.get("content")).get("parts"))]
    usage = response.get("usageMetadata")
    counts = [
        _count(_object(usage).get(f"{name}TokenCount")) for name in ("prompt", "candidates", "thoughts")
    ]
    return Chunk(
        "".join(_text(part.get("text")) for part in parts if not part.get("thought")),
        _text(candidate.get("finishReason")),
        _text(_object(response.get("promptFeedback")).get("blockReason")),
        _text(response.get("modelVersion")),
        (counts[0], counts[1], counts[2]) if usage else None,
    )


def by_key(key: str) -> Identity:
    """The identity of an API key."""
    headers = {"x-goog-api-key": key}
    return lambda: headers


def by_token(credentials: "Credentials") -> Identity:
    """The identity of an account; calls that find no good token fetch one, each after the other."""
    fetching = threading.Lock()

    def headers() -> dict[str, str]:
        if credentials.expired or not credentials.token:
            with fetching:
                if credentials.expired or not credentials.token:
                    credentials.refresh(None)  # type: ignore[no-untyped-call]  # untyped library
        quota = credentials.quota_project_id
        own = {"x-goog-user-project": quota} if quota else {}
        return {"Authorization": f"Bearer {credentials.token}", **own}

    return headers


class Endpoint:
    """Where the models of one location are asked; the HTTP client is made with it, and so after a fork."""

    def __init__(self, settings: Settings, location: str, identity: Identity) -> None:
        provider = settings.gemini_provider
        own = settings.gemini_base_url
        self.url = (own or _host(provider, location)).rstrip("/")
        self._parent = f"projects/{settings.google_cloud_project}/locations/{location}"
        self._provider: Provider = provider
        self._identity = identity
        self._most_tokens = settings.max_output_tokens
        self._host = ModelHost(
            self.url,
            settings.max_in_flight * 4,  # a call for each question, and those that were given up and go on
            answer_size.wire_bytes(settings.max_output_tokens),
            uses_proxies=not own,
        )

    def whole(
        self, model: str, instruction: str, prompt: str | Sequence[Turn], seconds: float
    ) -> Iterator[Chunk]:
        """The whole answer, as its only chunk.

        Raises:
            ResponseError: the API answered with an error.
            ValueError: what it answered cannot be read.
            TimeoutError, TooLongError: as ``model_http.Answer.pieces``.
            urllib3.exceptions.HTTPError: no answer came.
        """
        with self._asked(f"{model}:generateContent", instruction, prompt, seconds) as answer:
            yield chunk(_decoded(b"".join(answer.pieces())))

    def stream(
        self, model: str, instruction: str, prompt: str | Sequence[Turn], seconds: float
    ) -> Iterator[Chunk]:
        """The answer, chunk by chunk; raises as ``whole``."""
        call = f"{model}:streamGenerateContent?alt=sse"
        with self._asked(call, instruction, prompt, seconds) as answer:
            for value in events(answer.pieces()):
                if isinstance(value, dict) and "error" in value:
                    raise ResponseError(int(_object(value["error"])["code"]), value, answer.headers)
                yield chunk(value)

    @contextmanager
    def _asked(
        self, call: str, instruction: str, prompt: str | Sequence[Turn], seconds: float
    ) -> Iterator[Answer]:
        """The answer to a call, which is no error."""
        turns = [("user", prompt)] if isinstance(prompt, str) else prompt
        body = {
            "contents": [{"parts": [{"text": text}], "role": role} for role, text in turns],
            "systemInstruction": {"parts": [{"text": instruction}], "role": "user"},
            "generationConfig": {"maxOutputTokens": self._most_tokens},
        }
        seconds = max(1, round(seconds * 1000)) / 1000
        headers = {**_HEADERS, "X-Server-Timeout": str(math.ceil(seconds)), **self._identity()}
        path = f"/{API_VERSION[self._provider]}/{self._resource(call)}"
        answer = self._host.post(path, json.dumps(body).encode(), headers, seconds)
        try:
            _require_ok(answer)
            yield answer
        finally:
            answer.close()

    def _resource(self, call: str) -> str:
        if self._provider == "gemini_api":
            return call if call.startswith(("models/", "tunedModels/")) else f"models/{call}"
        if call.startswith("projects/"):
            return call
        if not call.startswith(("models/", "publishers/")):
            publisher, _, name = call.rpartition("/")
            call = f"publishers/{publisher or 'google'}/models/{name}"
        return f"{self._parent}/{call}"


def _host(provider: Provider, location: str) -> str:
    if provider == "gemini_api":
        return _STUDIO
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _require_ok(answer: Answer) -> None:
    if answer.status == 200:
        return
    content = b"".join(answer.pieces())
    try:
        body = _decoded(content)
    except ValueError:
        body = {"status": answer.reason, "message": content.decode("utf-8", "replace")}
    raise ResponseError(answer.status, body, answer.headers)


def _decoded(content: bytes) -> Any:
    return json.loads(content.decode("utf-8", "replace"))


def events(pieces: Iterable[bytes]) -> Iterator[Any]:
    """The values of server-sent events; a body that is JSON instead, as errors are, gives its own."""
    data: list[bytes] = []
    other: list[bytes] = []
    for line in _lines(pieces):
        if line.startswith(b"data:"):
            data.append(line[5:])
        elif not line and data:
            yield _decoded(b"\n".join(data))
            data = []
        elif line and not line.startswith((b":", b"event:", b"id:", b"retry:")):
            other.append(line)
    if data:
        yield _decoded(b"\n".join(data))
    if other:
        value = _decoded(b"\n".join(other))
        yield from value if isinstance(value, list) else [value]


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a body, which end with LF or CRLF: in JSON other ends of lines are text."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        if b"\n" in piece:
            *lines, last = rest.split(b"\n")
            rest = last
            yield from (bytes(line.removesuffix(b"\r")) for line in lines)
    yield bytes(rest)


def _object(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _count(value: object) -> int:
    if value is None:
        return 0
    if not isinstance(value, int):
        raise ValueError("not a count")
    return value
