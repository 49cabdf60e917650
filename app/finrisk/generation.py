"""From an arm to an answer: one deadline, a bounded retry, a breaker per model, and base when tuned fails."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from finrisk.breaker import OPEN_SECONDS, Breaker
from finrisk.gemini import Completion, FailureKind, Gemini, GenerationError
from finrisk.settings import Settings
from finrisk.versions import Versions
from finrisk_rules.assignment import Arm
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

TUNED_SHARE = 0.6
"""Part of the deadline that the tuned model may use before base takes over."""

_RETRY_PAUSE_SECONDS = (0.1, 0.4)
_LEAST_SECONDS = 0.25


@dataclass(frozen=True)
class Served:
    """The answer a user gets, the arm that gave it, and what went wrong on the way."""

    arm: Arm
    model: str
    completion: Completion
    arm_error: FailureKind | None = None
    fallback_reason: str | None = None


class NoAnswerError(Exception):
    """No answer reached the user; ``arm_error`` is the assigned arm's own failure, if it was one."""

    def __init__(
        self, arm_error: FailureKind | None, cause: GenerationError, fallback_reason: str | None
    ) -> None:
        super().__init__(str(cause))
        self.arm_error = arm_error
        self.fallback_reason = fallback_reason
        self.kind: FailureKind = cause.kind
        self.retry_after = cause.retry_after


class Generation:
    """Answers prompts on an arm; one object a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gemini = Gemini(settings)
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
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
        try:
            completion = self._call("tuned", prompt, self._tuned_seconds(deadline))
        except GenerationError as error:
            return self._base(prompt, deadline, error.kind, error.kind)
        return Served("tuned", self.model("tuned"), completion)

    def stream(self, arm: Arm, prompt: str, started: float) -> Iterator[str | Served]:
        """The answer piece by piece, then whole; falls back to base only before the first piece.

        Raises:
            NoAnswerError: as ``answer``, or the stream broke off after a piece.
        """
        deadline = started + self._settings.request_deadline_seconds
        reason: str | None = None
        arm_error: FailureKind | None = None
        if arm == "tuned":
            if self._breakers[self.model("tuned")].allows():
                try:
                    yield from self._streamed("tuned", prompt, self._tuned_seconds(deadline), None, None)
                except GenerationError as error:
                    if error.kind == "cut_stream":
                        raise NoAnswerError("cut_stream", error, None) from error
                    reason = arm_error = error.kind
                else:
                    return
            else:
                reason = "breaker"
        try:
            yield from self._streamed_with_retry(prompt, deadline, arm_error, reason)
        except GenerationError as error:
            raise NoAnswerError(arm_error or error.kind, error, reason) from error

    def _tuned_seconds(self, deadline: float) -> float:
        """What the tuned model may use of the time that is left."""
        return (deadline - time.monotonic()) * TUNED_SHARE

    def _require(self, arm: Arm) -> None:
        """Refuse to ask a model whose breaker is open: its users hear so at once, and it gets a rest."""
        model = self.model(arm)
        if not self._breakers[model].allows():
            message = f"most of the last calls to {model} failed, so it is not asked for a moment"
            raise GenerationError("upstream_error", message, retry_after=OPEN_SECONDS)

    def _streamed(
        self, arm: Arm, prompt: str, seconds: float, arm_error: FailureKind | None, reason: str | None
    ) -> Iterator[str | Served]:
        model = self.model(arm)
        succeeded = False
        try:
            for piece in self._gemini.stream(model, SYSTEM_INSTRUCTION, prompt, max(_LEAST_SECONDS, seconds)):
                if isinstance(piece, Completion):
                    succeeded = True
                    yield Served(arm, model, piece, arm_error, reason)
                else:
                    yield piece
        except GeneratorExit:
            succeeded = True  # the client left; that is not the model's failure
            raise
        finally:
            self._breakers[model].record(succeeded)

    def _call(self, arm: Arm, prompt: str, seconds: float) -> Completion:
        model = self.model(arm)
        succeeded = False
        try:
            completion = self._gemini.complete(
                model, SYSTEM_INSTRUCTION, prompt, max(_LEAST_SECONDS, seconds)
            )
            succeeded = True
            return completion
        finally:
            self._breakers[model].record(succeeded)

    def _base(
        self, prompt: str, deadline: float, arm_error: FailureKind | None, fallback_reason: str | None
    ) -> Served:
        try:
            completion = self._call_with_retry(prompt, deadline)
        except GenerationError as error:
            raise NoAnswerError(arm_error or error.kind, error, fallback_reason) from error
        return Served("base", self.model("base"), completion, arm_error, fallback_reason)

    def _call_with_retry(self, prompt: str, deadline: float) -> Completion:
        """Ask base; once more after a transient failure when the wait it asks for fits the deadline."""
        self._require("base")
        try:
            return self._call("base", prompt, deadline - time.monotonic())
        except GenerationError as error:
            _pause(error, deadline)
        self._require("base")
        return self._call("base", prompt, deadline - time.monotonic())

    def _streamed_with_retry(
        self, prompt: str, deadline: float, arm_error: FailureKind | None, reason: str | None
    ) -> Iterator[str | Served]:
        """As ``_call_with_retry``; a stream that broke off after a piece is no transient failure."""
        self._require("base")
        try:
            yield from self._streamed("base", prompt, deadline - time.monotonic(), arm_error, reason)
            return
        except GenerationError as error:
            _pause(error, deadline)
        self._require("base")
        yield from self._streamed("base", prompt, deadline - time.monotonic(), arm_error, reason)


def _pause(error: GenerationError, deadline: float) -> None:
    """Wait until the model may be asked again; raise the error when that cannot help or comes too late."""
    pause = random.uniform(*_RETRY_PAUSE_SECONDS)  # noqa: S311  jitter, not a secret
    if error.retry_after is not None:
        pause = max(pause, error.retry_after)
    if not error.transient or time.monotonic() + pause + _LEAST_SECONDS > deadline:
        raise error
    time.sleep(pause)
