"""One call to a Gemini model, on either platform: what was asked, what came back, or why nothing did."""

import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from finrisk import deadline, google_account
from finrisk.settings import Settings

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.genai import Client, types

FailureKind = Literal["upstream_error", "timeout", "blocked_or_empty", "cut_stream", "abandoned"]

_ENDPOINT_LOCATION = re.compile(r"\Aprojects/[^/]+/locations/(?P<location>[^/]+)/endpoints/[^/]+\Z")
_API_VERSION = {"vertex": "v1", "gemini_api": "v1beta"}  # the Gemini API's v1 has no systemInstruction
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Completion:
    """A model's whole answer. Tokens are as the service counted them; upstream_ms is the call alone."""

    text: str
    model_version: str
    prompt_tokens: int
    answer_tokens: int
    upstream_ms: float


class GenerationError(Exception):
    """A model gave no usable answer.

    ``retry_after`` is the wait, in seconds, that the service asked for; ``transient`` says whether asking
    the same model again can help.
    """

    def __init__(
        self, kind: FailureKind, message: str, *, transient: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.transient = transient
        self.retry_after = retry_after


def _seconds(error: Any) -> float | None:
    """The wait an API error asks for: its Retry-After header, else Google's RetryInfo detail."""
    header = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", header):
        return float(header)
    if header:
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
        except ValueError:
            pass  # neither a number nor a date: as if there were none
    delay = re.search(r"'retryDelay': '(\d+(?:\.\d+)?)s'", str(getattr(error, "details", "")))
    return float(delay[1]) if delay else None


def _failure(error: Exception) -> GenerationError:
    """The one error that callers see, whatever the SDK or its transport raised."""
    import httpx2
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.genai.errors import APIError

    if isinstance(error, httpx2.TimeoutException | TimeoutError):
        return GenerationError("timeout", "the model did not answer in time", transient=True)
    if isinstance(error, httpx2.HTTPError):
        return GenerationError("upstream_error", f"connection failed: {type(error).__name__}", transient=True)
    if isinstance(error, APIError):
        message = f"{error.code} {error.status}: {error.message}"
        return GenerationError(
            "upstream_error", message, transient=error.code in _TRANSIENT, retry_after=_seconds(error)
        )
    if isinstance(error, TransportError) or (isinstance(error, GoogleAuthError) and error.retryable):
        return GenerationError("upstream_error", f"no token came: {type(error).__name__}", transient=True)
    if isinstance(error, GoogleAuthError):
        return GenerationError("upstream_error", f"credentials were not accepted: {type(error).__name__}")
    if isinstance(error, OSError):
        return GenerationError("upstream_error", f"the credentials cannot be read: {error.strerror}")
    if isinstance(error, RuntimeError):
        return GenerationError("upstream_error", f"the call could not be made: {error}", transient=True)
    if isinstance(error, ValueError):
        return GenerationError("upstream_error", "the answer could not be read", transient=True)
    raise error


def _checked(text: str, finish: Any, reason: str | None) -> str:
    """The text of an answer that ended with STOP; anything else is a failure, even with status 200."""
    if reason:
        raise GenerationError("blocked_or_empty", f"the prompt was blocked: {reason}")
    name = getattr(finish, "value", finish)
    if name != "STOP" or not text.strip():
        raise GenerationError(
            "blocked_or_empty", f"the model stopped with {name or 'no reason'} and no usable text"
        )
    return text


class Gemini:
    """Clients of one process, one per location, made at first use and so after fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._inherited: list[object] = []
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._clients: dict[str, Client] = {}
        self._credentials: Credentials | None = None

    def client(self, model: str) -> "Client":
        """The client whose host serves the model: a tuned endpoint lives in its own location.

        After a fork the child makes its own: a connection that two processes share gives one of them the
        other's answer. The parent's clients are kept unused, since closing them would end its connections.
        """
        if os.getpid() != self._pid:
            self._inherited.append(self._clients)
            self._begin()
        match = _ENDPOINT_LOCATION.match(model)
        location = match["location"] if match else self._settings.google_cloud_location
        with self._lock:
            if location not in self._clients:
                self._clients[location] = self._new_client(location)
            return self._clients[location]

    def _new_client(self, location: str) -> "Client":
        import httpx2
        from google.genai import Client, types

        settings = self._settings
        connections = settings.max_in_flight * 2
        limits = httpx2.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=60
        )
        options = types.HttpOptions(
            base_url=settings.gemini_base_url or None,
            api_version=_API_VERSION[settings.gemini_provider],
            timeout=round(settings.request_deadline_seconds * 1000),
            client_args={
                "limits": limits,
                "trust_env": not settings.gemini_base_url,
                "event_hooks": deadline.event_hooks(),
            },
        )
        if settings.gemini_provider == "gemini_api":
            return Client(
                vertexai=False, api_key=settings.gemini_api_key.get_secret_value(), http_options=options
            )
        if self._credentials is None:
            self._credentials = google_account.credentials(settings)
        return Client(
            vertexai=True,
            project=settings.google_cloud_project,
            location=location,
            credentials=self._credentials,
            http_options=options,
        )

    def _config(self, instruction: str, seconds: float) -> "types.GenerateContentConfig":
        from google.genai import types

        return types.GenerateContentConfig(
            system_instruction=instruction,
            max_output_tokens=self._settings.max_output_tokens,
            http_options=types.HttpOptions(timeout=max(1, round(seconds * 1000))),
        )

    def complete(self, model: str, instruction: str, prompt: str, seconds: float) -> Completion:
        """One call, bounded by ``seconds``.

        Raises:
            GenerationError: no answer, or one that did not end with STOP and text.
        """
        started = time.monotonic()
        config = self._config(instruction, seconds)

        def answers() -> Iterator["types.GenerateContentResponse"]:
            yield self.client(model).models.generate_content(model=model, contents=prompt, config=config)

        try:
            [response] = deadline.within(seconds, answers)
        except Exception as error:  # everything the SDK and its transport raise becomes one type
            raise _failure(error) from error
        feedback = response.prompt_feedback
        candidate = response.candidates[0] if response.candidates else None
        blocked = feedback.block_reason.value if feedback and feedback.block_reason else None
        text = _checked(_text(candidate), candidate.finish_reason if candidate else None, blocked)
        return _completion(text, response, started)

    def stream(self, model: str, instruction: str, prompt: str, seconds: float) -> Iterator[str | Completion]:
        """One streamed call: pieces of text as they come, then the whole answer.

        Raises:
            GenerationError: ``cut_stream`` once a piece was given and the rest did not come.
        """
        started = time.monotonic()
        config = self._config(instruction, seconds)
        pieces: list[str] = []
        last: Any = None

        def chunks() -> Iterator["types.GenerateContentResponse"]:
            return self.client(model).models.generate_content_stream(
                model=model, contents=prompt, config=config
            )

        try:
            for chunk in deadline.within(seconds, chunks):
                last = chunk
                piece = _text(chunk.candidates[0] if chunk.candidates else None)
                if piece:
                    pieces.append(piece)
                    yield piece
        except Exception as error:
            failure = _failure(error)
            if pieces:
                raise GenerationError("cut_stream", f"the answer broke off: {failure}") from error
            raise failure from error
        candidate = last.candidates[0] if last is not None and last.candidates else None
        feedback = last.prompt_feedback if last is not None else None
        try:
            blocked = feedback.block_reason.value if feedback and feedback.block_reason else None
            text = _checked("".join(pieces), candidate.finish_reason if candidate else None, blocked)
        except GenerationError as failure:
            if pieces:
                raise GenerationError("cut_stream", f"the answer broke off: {failure}") from failure
            raise
        yield _completion(text, last, started)


def _text(candidate: Any) -> str:
    """The candidate's text parts without the model's thoughts."""
    parts = (candidate.content.parts if candidate and candidate.content else None) or []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _completion(text: str, response: Any, started: float) -> Completion:
    usage = response.usage_metadata
    return Completion(
        text=text,
        model_version=response.model_version or "",
        prompt_tokens=(usage.prompt_token_count or 0) if usage else 0,
        answer_tokens=(usage.candidates_token_count or 0) if usage else 0,
        upstream_ms=(time.monotonic() - started) * 1000,
    )
