"""A failed call holds what it read, megabytes at times: that goes with its error, without a collector."""

from __future__ import annotations

import gc
import socket
import time
import weakref
from collections.abc import Callable, Iterator

import pytest

from finrisk.completion import GenerationError
from finrisk.generation import Generation, NoAnswerError
from tests.grounds.odd import BASE, Odd, by_key, settings
from tests.grounds.waiting import until

BODIES = {
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{nope",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
    "refused": b"HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n{}",
    "busy": b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n{}",
    "nothing": b"",
    "too long": b'HTTP/1.1 200 OK\r\n\r\n{"candidates":[{"content":{"parts":[{"text":"%s"}]}}]}'
    % (b"x" * 200_000),
}


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Nobody looks for garbage."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def errors_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def refs(error: BaseException) -> list[weakref.ref[BaseException]]:
    """What tells whether an error and its causes are there; those of C cannot be asked."""
    return [weakref.ref(each) for each in errors_of(error) if type(each).__weakrefoffset__]


def failure_of(error: NoAnswerError) -> GenerationError:
    """The tuned model's failure, after which base failed too."""
    assert error.fallback
    assert error.fallback.failure
    return error.fallback.failure


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_a_failed_call_leaves_nothing(odd: Callable[..., Odd], body: bytes, streams: bool) -> None:
    gemini = by_key(odd(lambda connection, _: bool(connection.sendall(body))).url)
    left: list[weakref.ref[BaseException]] = []
    try:
        list(gemini.stream(BASE, "i", "p", 5)) if streams else gemini.complete(BASE, "i", "p", 5)
    except GenerationError as error:
        left = refs(error)
    assert left
    until(lambda: not any(ref() for ref in left), 5)


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("body", [BODIES[name] for name in ("no JSON", "refused", "busy")])
def test_neither_does_one_of_the_tuned_model_that_base_takes_over(
    odd: Callable[..., Odd], body: bytes, streams: bool
) -> None:
    def answer(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(body)
        return False

    split = {"FINETUNED_MODEL_NAME": "tunedModels/t", "GEMINI_PROVIDER": "gemini_api", "GEMINI_API_KEY": "k"}
    generation = Generation(settings(odd(answer).url, "", **split))
    left: list[weakref.ref[BaseException]] = []
    began = time.monotonic() - 25  # of the 30 s that a request may take
    try:
        list(generation.stream("tuned", "p", began)) if streams else generation.answer("tuned", "p", began)
    except NoAnswerError as error:
        left = [*refs(error), *refs(failure_of(error))]
    assert left
    until(lambda: not any(ref() for ref in left), 5)
