"""From an arm to an answer: one deadline, a bounded retry, a breaker per model, and base when tuned fails."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from finrisk.breaker import OPEN_SECONDS, Breaker
from finrisk.completion import BlockReason, Completion, FailureKind, GenerationError
from finrisk.gemini import Gemini
from finrisk.settings import Settings
from finrisk.versions import Versions
from finrisk_rules.assignment import Arm
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

TUNED_SHARE = 0.6
"""Part of the deadline that the tuned model may use before base takes over."""

_KNOWN_SECONDS = 300.0
"""So long after its last answer base is counted on to answer in the tuned model's place."""

_RETRY_PAUSE_SECONDS = (0.1, 0.4)
_LEAST_SECONDS = 0.25


@dataclass(frozen=True)
class Served:
    """The answer a user gets, the arm that gave it, and what went wrong on the way.

    ``failure`` is the tuned model's, after which base answered; ``fallback_reason`` its kind, or ``breaker``.
    """

    arm: Arm
    model: str
    completion: Completion
    failure: GenerationError | None = None
    fallback_reason: str | None = None

    @property
    def arm_error(self) -> FailureKind | None:
        """What kept the assigned arm from answering."""
        return self.failure.kind if self.failure else None

    @property
    def block_reason(self) -> BlockReason | None:
        """How the question was blocked, where the assigned arm blocked it."""
        return self.failure.reason if self.failure else None


class NoAnswerError(Exception):
    """No answer reached the user; ``arm_error`` is the assigned arm's own failure, if it was one.

    ``block_reason`` says how the question was blocked, by the model that was asked last, else by the arm.
    """

    def __init__(
        self, failure: GenerationError | None, cause: GenerationError, fallback_reason: str | None
    ) -> None:
        super().__init__(str(cause))
        self.arm_error = failure.kind if failure else None
        self.fallback_reason = fallback_reason
        self.kind: FailureKind = cause.kind
        self.block_reason: BlockReason | None = cause.reason or (failure.reason if failure else None)
        self.retry_after = cause.retry_after

    @property
    def is_failure(self) -> bool:
        """Whether something went wrong: a blocked question or a client that left is no failure."""
        return self.kind not in ("blocked", "abandoned")


class Generation:
    """Answers prompts on an arm; one object a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gemini = Gemini(settings)
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._base_answered_at = float("-inf")
        self.versions = Versions()

    def model(self, arm: Arm) -> str:
        """The model that serves an arm."""
        return self._settings.finetuned_model_name if arm == "tuned" else self._settings.base_model

    def breaker_states(self) -> dict[str, bool]:
        """Whether the breaker of each model asked so far is open."""
        return {model: breaker.is_open for model, breaker in self._breakers.items()}

    def prepare(self) -> None:
        """Import the SDK and make the client now, so that the first user does not wait for it."""
        self._gemini.client(self._settings.base_model)

    def answer(self, arm: Arm, prompt: str, started: float) -> Served:
        """The answer of the arm, or of base when the tuned model fails.

        ``started`` is the monotonic time at which the request came in: the one deadline counts from there.

        Raises:
            NoAnswerError: base failed too, or the deadline ran out.
        """
        deadline = started + self._settings.request_deadline_seconds
        if arm == "base":
            return self._base(prompt, deadline, None, None)
        if not self._breakers[self.model("tuned")].allows():
            return self._base(prompt, deadline, None, "breaker")
        share = self._tuned_seconds(deadline)
        try:
            completion = self._call("tuned", prompt, share, self._patience(share, streamed=False))
        except GenerationError as failure:
            return self._base(prompt, deadline, failure, failure.kind)
        return Served("tuned", self.model("tuned"), completion)

    def stream(self, arm: Arm, prompt: str, started: float) -> Iterator[str | Served]:
        """The answer piece by piece, then whole; falls back to base only before the first piece.

        Raises:
            NoAnswerError: as ``answer``, or the answer ended after a piece in another way than it should.
        """
        deadline = started + self._settings.request_deadline_seconds
        if arm == "base":
            yield from self._streamed_base(prompt, deadline, None, None)
            return
        if not self._breakers[self.model("tuned")].allows():
            yield from self._streamed_base(prompt, deadline, None, "breaker")
            return
        first = self._patience(self._tuned_seconds(deadline), streamed=True)
        begun = False
        try:
            for piece in self._streamed("tuned", prompt, deadline - time.monotonic(), first):
                begun = True
                yield Served("tuned", self.model("tuned"), piece) if isinstance(piece, Completion) else piece
        except GenerationError as error:
            if begun:
                raise NoAnswerError(error, error, None) from error
            failure = error
        else:
            return
        yield from self._streamed_base(prompt, deadline, failure, failure.kind)

    def _tuned_seconds(self, deadline: float) -> float:
        """What the tuned model may use of the time that is left."""
        return (deadline - time.monotonic()) * TUNED_SHARE

    def _patience(self, share: float, *, streamed: bool) -> float:
        """The seconds until the tuned model is given up: less than its share where its own pace says so.

        Only where base can be counted on, and while there are connections: a call that is given up holds its
        own until it ends.
        """
        latency = self._gemini.latency(self.model("tuned"), streamed=streamed)
        is_base_known = time.monotonic() - self._base_answered_at < _KNOWN_SECONDS
        if self._breakers[self.model("base")].is_open or not is_base_known:
            return share
        if latency.running >= 2 * self._settings.max_in_flight:
            return share
        return min(share, latency.patience() or share)

    def _require(self, arm: Arm) -> None:
        """Refuse to ask a model whose breaker is open: its users hear so at once, and it gets a rest."""
        model = self.model(arm)
        if not self._breakers[model].allows():
            message = f"most of the last calls to {model} failed, so it is not asked for a moment"
            raise GenerationError("upstream_error", message, retry_after=OPEN_SECONDS)

    def _streamed(
        self, arm: Arm, prompt: str, seconds: float, first: float | None = None
    ) -> Iterator[str | Completion]:
        model = self.model(arm)
        with self._watched(arm):
            yield from self._gemini.stream(
                model, SYSTEM_INSTRUCTION, prompt, max(_LEAST_SECONDS, seconds), first
            )

    def _call(self, arm: Arm, prompt: str, seconds: float, first: float | None = None) -> Completion:
        model = self.model(arm)
        with self._watched(arm):
            return self._gemini.complete(
                model, SYSTEM_INSTRUCTION, prompt, max(_LEAST_SECONDS, seconds), first
            )

    @contextmanager
    def _watched(self, arm: Arm) -> Iterator[None]:
        """Tell the breaker how an allowed call ended.

        A model that blocks or refuses a question works: whoever asks such must not close it for all others.
        A client that leaves says nothing of the model.
        """
        succeeded: bool | None = False
        try:
            yield
            succeeded = True
            if arm == "base":
                self._base_answered_at = time.monotonic()
        except GenerationError as error:
            succeeded = error.is_about_question
            raise
        except GeneratorExit:
            succeeded = None
            raise
        finally:
            self._breakers[self.model(arm)].record(succeeded)

    def _base(
        self, prompt: str, deadline: float, failure: GenerationError | None, fallback_reason: str | None
    ) -> Served:
        try:
            completion = self._call_with_retry(prompt, deadline)
        except GenerationError as error:
            raise NoAnswerError(failure or error, error, fallback_reason) from error
        return Served("base", self.model("base"), completion, failure, fallback_reason)

    def _call_with_retry(self, prompt: str, deadline: float) -> Completion:
        """Ask base; once more after a transient failure when the wait it asks for fits the deadline."""
        self._require("base")
        try:
            return self._call("base", prompt, deadline - time.monotonic())
        except GenerationError as error:
            _pause(error, deadline)
        self._require("base")
        return self._call("base", prompt, deadline - time.monotonic())

    def _streamed_base(
        self, prompt: str, deadline: float, failure: GenerationError | None, fallback_reason: str | None
    ) -> Iterator[str | Served]:
        try:
            for piece in self._streamed_with_retry(prompt, deadline):
                if isinstance(piece, Completion):
                    yield Served("base", self.model("base"), piece, failure, fallback_reason)
                else:
                    yield piece
        except GenerationError as error:
            raise NoAnswerError(failure or error, error, fallback_reason) from error

    def _streamed_with_retry(self, prompt: str, deadline: float) -> Iterator[str | Completion]:
        """As ``_call_with_retry``; a stream that broke off after a piece is no transient failure."""
        self._require("base")
        try:
            yield from self._streamed("base", prompt, deadline - time.monotonic())
            return
        except GenerationError as error:
            _pause(error, deadline)
        self._require("base")
        yield from self._streamed("base", prompt, deadline - time.monotonic())


def _pause(error: GenerationError, deadline: float) -> None:
    """Wait until the model may be asked again; raise the error when that cannot help or comes too late."""
    pause = random.uniform(*_RETRY_PAUSE_SECONDS)  # noqa: S311  jitter, not a secret
    if error.retry_after is not None:
        pause = max(pause, error.retry_after)
    if not error.transient or time.monotonic() + pause + _LEAST_SECONDS > deadline:
        raise error
    time.sleep(pause)
