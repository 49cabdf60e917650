"""What a model's answer is, put together from its chunks, and why there may be none."""

import time
from dataclasses import dataclass
from typing import Literal

from finrisk.gemini_wire import Chunk
from finrisk_rules.storable import StorableText, storable

FailureKind = Literal["upstream_error", "timeout", "cut_stream", "blocked", "abandoned"]
BlockReason = Literal["blocked", "refused", "length"]

_AT_A_LIMIT = frozenset({"MAX_TOKENS", "CONTINUATION"})
_LONGEST_WORD = 64
_LONGEST_VERSION = 200

_LARGEST_COUNT = 2**31 - 1
"""The largest number that a column of ``analyses`` holds: a count that a model made up costs no record."""


@dataclass(frozen=True)
class Completion:
    """A model's whole answer.

    Tokens are as the service counted them, those that it thought with among the answer's, as they are billed;
    upstream_ms is the time of the call alone.
    """

    text: str
    model_version: str
    prompt_tokens: int
    answer_tokens: int
    upstream_ms: float


class GenerationError(Exception):
    """A model gave no usable answer.

    Kind ``blocked`` says that the model works and will not answer this question; ``reason`` then says how:
    ``blocked`` (the prompt), ``refused`` (the model declined), ``length`` (cut at its token limit).
    ``retry_after`` is the wait, in seconds, that the service asked for; ``transient`` says whether asking
    the same model again can help; ``is_about_question`` that the model works, and others may ask it.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        transient: bool = False,
        retry_after: float | None = None,
        reason: BlockReason | None = None,
        is_about_question: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.transient = transient
        self.retry_after = retry_after
        self.reason: BlockReason | None = reason
        self.is_about_question = is_about_question or kind == "blocked"


class Answer:
    """One answer as its chunks come; a whole response is the only chunk of its answer.

    Why it ended, what it cost and who wrote it may stand in any chunk, and what is told last counts: a last
    chunk may hold the usage alone, or an empty candidate. Its text is made storable here, before anything
    else sees it.
    """

    def __init__(self, most_bytes: int) -> None:
        self._started = time.monotonic()
        self._bytes_left = most_bytes
        self._most_bytes = most_bytes
        self._pieces: list[str] = []
        self._storable = StorableText()
        self.has_begun = False  # whether there is text other than blanks
        self._finish = ""
        self._block = ""
        self._usage: tuple[int, int, int] | None = None
        self._version = ""
        self._spent = (0, 0)

    def again(self) -> None:
        """The model is asked once more: what it said is forgotten, what it cost is not."""
        self._spent = self._tokens()
        self._pieces, self._finish, self._usage = [], "", None
        self._storable = StorableText()

    def add(self, chunk: Chunk) -> str:
        """The text that the chunk adds to what can be shown; blank until the answer has begun.

        Raises:
            GenerationError: ``cut_stream``, since there is more text than a model of ours may write.
        """
        self._finish = _word(chunk.finish_reason) or self._finish
        self._block = _word(chunk.block_reason) or self._block
        self._usage = chunk.tokens or self._usage
        self._version = storable(chunk.model_version)[:_LONGEST_VERSION] or self._version
        had_begun = self.has_begun
        piece = self._storable.add(chunk.text)
        self._bytes_left -= len(piece.encode())
        if self._bytes_left < 0:
            message = f"the answer has more than {self._most_bytes:,} bytes of text"
            raise GenerationError("cut_stream", message)
        if piece:
            self._pieces.append(piece)
        self.has_begun = had_begun or bool(piece.strip())
        if not self.has_begun:
            return ""
        return piece if had_begun else self.text

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._pieces)

    @property
    def is_silence(self) -> bool:
        """Whether the model said that it had finished, and nothing else: a second try often helps."""
        return self._finish == "STOP" and not self._block and not self.has_begun

    def completion(self) -> Completion:
        """The whole answer.

        Raises:
            GenerationError: it did not end with STOP and text. ``blocked`` with its reason; or it broke off:
                ``cut_stream``, without any text ``upstream_error``.
        """
        if self._block:
            raise GenerationError("blocked", f"the prompt was blocked: {self._block}", reason="blocked")
        if not self._finish:
            if self.has_begun:
                raise GenerationError("cut_stream", "the answer broke off: it ended without a finish reason")
            raise GenerationError("upstream_error", "the answer ended before it began", transient=True)
        if self._finish in _AT_A_LIMIT:
            raise GenerationError("blocked", f"the model stopped with {self._finish}", reason="length")
        if self._finish != "STOP" or not self.has_begun:
            message = f"the model stopped with {self._finish} and no usable text"
            raise GenerationError("blocked", message, reason="refused")
        prompt_tokens, answer_tokens = self._tokens()
        return Completion(
            text=self.text + self._storable.rest(),
            model_version=self._version,
            prompt_tokens=prompt_tokens,
            answer_tokens=answer_tokens,
            upstream_ms=(time.monotonic() - self._started) * 1000,
        )

    def _tokens(self) -> tuple[int, int]:
        """What all calls cost so far: tokens of the prompts, and of all that the model wrote or thought."""
        prompt, answer = self._spent
        if self._usage is None:
            return prompt, answer
        asked, written, thought = map(_count, self._usage)
        return _count(prompt + asked), _count(answer + written + thought)


def _word(reason: str) -> str:
    """A reason as the service spells it; empty when there is none, which it also calls UNSPECIFIED."""
    word = reason[:_LONGEST_WORD]
    return "" if word.endswith("_UNSPECIFIED") else word


def _count(number: int) -> int:
    return min(max(number, 0), _LARGEST_COUNT)
