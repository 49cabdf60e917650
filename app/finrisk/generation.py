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
class Fallback:
    """Why base is asked in the tuned model's place: the failure, and the milliseconds waited until then.

    Both are None when the tuned model's breaker was open: it was not asked.
    """

    failure: GenerationError | None = None
    after_ms: float | None = None

    @property
    def reason(self) -> str:
        """The failure's kind, or ``breaker``."""
        return self.failure.kind if self.failure else "breaker"


@dataclass(frozen=True)
class Served:
    """The answer a user gets, the arm that gave it, and why it was not the assigned one."""

    arm: Arm
    model: str
    completion: Completion
    fallback: Fallback | None = None

    @property
    def fallback_reason(self) -> str | None:
        """Why base answered for the tuned model."""
        return self.fallback.reason if self.fallback else None

    @property
    def arm_error(self) -> FailureKind | None:
        """What kept the assigned arm from answering."""
        return self._failure.kind if self._failure else None

    @property
    def block_reason(self) -> BlockReason | None:
        """How the question was blocked, where the assigned arm blocked it."""
        return self._failure.reason if self._failure else None

    @property
    def _failure(self) -> GenerationError | None:
        return self.fallback.failure if self.fallback else None


class NoAnswerError(Exception):
    """No answer reached the user; ``arm_error`` is the assigned arm's own failure, if it was one.

    ``cause`` is the failure of the model that was asked last; ``fallback`` says that it was base, for the
    tuned one. ``block_reason`` says how the question was blocked, by that model, else by the arm.
    """

    def __init__(self, cause: GenerationError, fallback: Fallback | None) -> None:
        super().__init__(str(cause))
        own = None if cause.kind == "abandoned" else cause
        failure = fallback.failure if fallback else own
        self.fallback = fallback
        self.arm_error = failure.kind if failure else None
        self.fallback_reason = fallback.reason if fallback else None
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

    def is_resting(self, arm: Arm) -> bool:
        """Whether the breaker of an arm's model is open."""
        breaker = self._breakers.get(self.model(arm))
        return breaker is not None and breaker.is_open

    def prepare(self) -> None:
        """Make the HTTP client now, so that the first user does not wait for it."""
        self._gemini.endpoint(self._settings.base_model)

    def answer(self, arm: Arm, prompt: str, started: float) -> Served:
        """The answer of the arm, or of base when the tuned model fails.

        ``started`` is the monotonic time at which the request came in: the one deadline counts from there.

        Raises:
            NoAnswerError: base failed too, or the deadline ran out.
        """
        deadline = started + self._settings.request_deadline_seconds
        if arm == "base":
            return self._base(prompt, deadline, None)
        if not self._breakers[self.model("tuned")].allows():
            return self._base(prompt, deadline, Fallback())
        share = self._tuned_seconds(deadline)
        try:
            completion = self._call("tuned", prompt, share, self._patience(share, streamed=False))
        except GenerationError as failure:
            return self._base(prompt, deadline, Fallback(failure, _waited_ms(started)))
        return Served("tuned", self.model("tuned"), completion)

    def stream(self, arm: Arm, prompt: str, started: float) -> Iterator[Fallback | str | Served]:
        """The answer piece by piece, then whole; falls back to base only before the first piece.

        Then it says so first, since nothing else does where the client leaves in the middle.

        Raises:
            NoAnswerError: as ``answer``, or the answer ended after a piece in another way than it should.
        """
        deadline = started + self._settings.request_deadline_seconds
        if arm == "base":
            yield from self._streamed_base(prompt, deadline, None)
            return
        if not self._breakers[self.model("tuned")].allows():
            yield Fallback()
            yield from self._streamed_base(prompt, deadline, Fallback())
            return
        first = self._patience(self._tuned_seconds(deadline), streamed=True)
        begun = False
        try:
            for piece in self._streamed("tuned", prompt, deadline - time.monotonic(), first):
                begun = True
                yield Served("tuned", self.model("tuned"), piece) if isinstance(piece, Completion) else piece
        except GenerationError as error:
            if begun:
                raise NoAnswerError(error, None) from error
            error.with_traceback(None)  # it leads to this frame, which names the error: neither would go
            fallback = Fallback(error, _waited_ms(started))
        else:
            return
        yield fallback
        yield from self._streamed_base(prompt, deadline, fallback)

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

    def _base(self, prompt: str, deadline: float, fallback: Fallback | None) -> Served:
        try:
            completion = self._call_with_retry(prompt, deadline)
        except GenerationError as error:
            raise NoAnswerError(error, fallback) from error
        return Served("base", self.model("base"), completion, fallback)

    def _call_with_retry(self, prompt: str, deadline: float) -> Completion:
        """Ask base; once more after a transient failure when the wait it asks for fits the deadline."""
        self._require("base")
        try:
            return self._call("base", prompt, deadline - time.monotonic())
        except GenerationError as error:
            if not _has_paused(error, deadline):
                raise
        self._require("base")
        return self._call("base", prompt, deadline - time.monotonic())

    def _streamed_base(
        self, prompt: str, deadline: float, fallback: Fallback | None
    ) -> Iterator[str | Served]:
        try:
            for piece in self._streamed_with_retry(prompt, deadline):
                if isinstance(piece, Completion):
                    yield Served("base", self.model("base"), piece, fallback)
                else:
                    yield piece
        except GenerationError as error:
            raise NoAnswerError(error, fallback) from error

    def _streamed_with_retry(self, prompt: str, deadline: float) -> Iterator[str | Completion]:
        """As ``_call_with_retry``; a stream that broke off after a piece is no transient failure."""
        self._require("base")
        try:
            yield from self._streamed("base", prompt, deadline - time.monotonic())
            return
        except GenerationError as error:
            if not _has_paused(error, deadline):
                raise
        self._require("base")
        yield from self._streamed("base", prompt, deadline - time.monotonic())


def _waited_ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 3)


def _has_paused(error: GenerationError, deadline: float) -> bool:
    """Wait until the model may be asked again; False at once when that cannot help or comes too late."""
    pause = random.uniform(*_RETRY_PAUSE_SECONDS)  # noqa: S311  jitter, not a secret
    if error.retry_after is not None:
        pause = max(pause, error.retry_after)
    if not error.transient or time.monotonic() + pause + _LEAST_SECONDS > deadline:
        return False
    time.sleep(pause)
    return True
