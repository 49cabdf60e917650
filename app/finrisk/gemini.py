"""One call to a Gemini model, on either platform: what was asked, what came back, or why nothing did."""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from finrisk import answer_size, deadline, google_account
from finrisk.answer_size import TooLongError
from finrisk.completion import Answer, Completion, GenerationError
from finrisk.gemini_wire import Chunk, Endpoint, Identity, ResponseError, Turn, by_key, by_token
from finrisk.latency import Latency
from finrisk.model_http import ProxyError
from finrisk.settings import Settings
from finrisk_rules import waits
from finrisk_rules.platforms import location_of

_ABOUT_REQUEST = frozenset({400, 413, 422})
_LONGEST_WAIT_SECONDS = 60.0
_LONGEST_MESSAGE = 500
_LEAST_SECONDS = 0.25
"""With less time left than this a model is not asked a second time."""
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What is raised where an answer is not what it should be."""


def _wait(error: ResponseError) -> float | None:
    """The wait an API error asks for; at most a minute: the breaker looks sooner if the model is back."""
    wait = waits.wait(error.headers, time.time(), error.body)
    return None if wait is None else min(_LONGEST_WAIT_SECONDS, wait)


def _failure(error: Exception) -> GenerationError:
    """The one error that callers see, whatever a call or its transport raised."""
    from google.auth.exceptions import GoogleAuthError, TransportError
    from urllib3 import exceptions

    if isinstance(error, TooLongError):
        return GenerationError("cut_stream", str(error))
    is_late = isinstance(error, exceptions.TimeoutError | exceptions.EmptyPoolError | TimeoutError)
    if is_late and not isinstance(error, exceptions.NewConnectionError):
        return GenerationError("timeout", "the model did not answer in time", transient=True)
    if isinstance(error, exceptions.HTTPError):
        return GenerationError("upstream_error", f"connection failed: {type(error).__name__}", transient=True)
    if isinstance(error, ResponseError):
        return GenerationError(
            "upstream_error",
            str(error)[:_LONGEST_MESSAGE],
            transient=error.code in waits.PASSING,
            retry_after=_wait(error),
            is_about_question=error.code in _ABOUT_REQUEST,
        )
    if isinstance(error, ProxyError):
        return GenerationError("upstream_error", str(error))
    if isinstance(error, TransportError) or (isinstance(error, GoogleAuthError) and error.retryable):
        return GenerationError("upstream_error", f"no token came: {type(error).__name__}", transient=True)
    if isinstance(error, GoogleAuthError):
        return GenerationError("upstream_error", f"credentials were not accepted: {type(error).__name__}")
    if isinstance(error, OSError):
        return GenerationError("upstream_error", f"the credentials cannot be read: {error.strerror}")
    if isinstance(error, RuntimeError):
        return GenerationError("upstream_error", f"the call could not be made: {error}", transient=True)
    if isinstance(error, _UNREADABLE):
        return GenerationError("upstream_error", "the answer could not be read", transient=True)
    raise error


def _failure_after(error: Exception, *, has_piece: bool) -> GenerationError:
    """The failure of a call that gave a piece or none; no variable names it where it is raised."""
    failure = _failure(error)
    if has_piece and failure.kind != "cut_stream":
        return GenerationError("cut_stream", f"the answer broke off: {failure}")
    return failure


@dataclass(frozen=True)
class _Call:
    """How a model is asked within so many seconds, and where the time that it takes is noted."""

    chunks: Callable[[float], Iterator[Chunk]]
    latency: Latency
    is_streamed: bool


class Gemini:
    """Endpoints of one process, one per location, made at first use and so after fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._latencies: defaultdict[tuple[str, bool], Latency] = defaultdict(Latency)
        self._inherited: list[object] = []
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._endpoints: dict[str, Endpoint] = {}
        self._identity: Identity | None = None

    def endpoint(self, model: str) -> Endpoint:
        """The endpoint whose host serves the model: a tuned one lives in its own location.

        After a fork the child makes its own: a connection that two processes share gives one of them the
        other's answer. The parent's endpoints are kept unused, since closing them would end its connections.
        """
        if os.getpid() != self._pid:
            self._inherited.append(self._endpoints)
            self._begin()
        location = location_of(model, self._settings.google_cloud_location)
        with self._lock:
            if location not in self._endpoints:
                if self._identity is None:
                    self._identity = self._new_identity()
                self._endpoints[location] = Endpoint(self._settings, location, self._identity)
            return self._endpoints[location]

    def _new_identity(self) -> Identity:
        if self._settings.gemini_provider == "gemini_api":
            return by_key(self._settings.gemini_api_key.get_secret_value())
        return by_token(google_account.credentials(self._settings))

    def latency(self, model: str, *, streamed: bool) -> Latency:
        """How fast the model has lately given its whole answers, or the first text of its streams."""
        return self._latencies[model, streamed]

    def complete(
        self,
        model: str,
        instruction: str,
        prompt: str | Sequence[Turn],
        seconds: float,
        first: float | None = None,
    ) -> Completion:
        """One answer, bounded by ``seconds``, and by ``first`` where that is less.

        A prompt of several turns is a conversation, which the model goes on with.

        Raises:
            GenerationError: no answer, or one that did not end with STOP and text.
        """

        def whole(left: float) -> Iterator[Chunk]:
            return self.endpoint(model).whole(model, instruction, prompt, left)

        call = _Call(whole, self.latency(model, streamed=False), is_streamed=False)
        return [piece for piece in self._answer(call, seconds, first) if isinstance(piece, Completion)][-1]

    def stream(
        self, model: str, instruction: str, prompt: str, seconds: float, first: float | None = None
    ) -> Iterator[str | Completion]:
        """One streamed answer: pieces as they come, the first within ``first`` seconds, then the whole.

        Raises:
            GenerationError: as ``complete``; ``cut_stream`` once a piece was given and the rest did not come.
        """

        def chunks(left: float) -> Iterator[Chunk]:
            return self.endpoint(model).stream(model, instruction, prompt, left)

        call = _Call(chunks, self.latency(model, streamed=True), is_streamed=True)
        return self._answer(call, seconds, first)

    def _answer(self, call: _Call, seconds: float, first: float | None) -> Iterator[str | Completion]:
        """The pieces of one answer and then the whole; a model that said nothing is asked once more."""
        started = time.monotonic()
        answer = Answer(answer_size.text_bytes(self._settings.max_output_tokens))
        yield from self._call_once(call, answer, seconds, first)
        past = time.monotonic() - started
        soonest = seconds if first is None else min(seconds, first)
        if answer.is_silence and soonest - past > _LEAST_SECONDS:
            answer.again()
            yield from self._call_once(call, answer, seconds - past, None if first is None else first - past)
        yield answer.completion()

    def _call_once(self, call: _Call, answer: Answer, seconds: float, first: float | None) -> Iterator[str]:
        """One call: the pieces that it adds to the answer."""

        def pieces() -> Iterator[str]:
            started = time.monotonic()
            call.latency.begin()
            try:
                for chunk in call.chunks(seconds):
                    had_begun = answer.has_begun
                    piece = answer.add(chunk)
                    if answer.has_begun and not had_begun:
                        call.latency.add(time.monotonic() - started)
                    if piece:
                        yield piece
            finally:
                call.latency.end()

        def all_at_once() -> Iterable[str]:
            return list(pieces())  # its reader wakes up once, not for the answer and again for its end

        has_piece = False
        try:
            for piece in deadline.within(seconds, pieces if call.is_streamed else all_at_once, first):
                has_piece = True
                yield piece
        except GenerationError:
            raise
        except Exception as error:  # everything that a call and its transport raise becomes one type
            raise _failure_after(error, has_piece=has_piece) from error
