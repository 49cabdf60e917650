"""Pairs of a better and a worse answer to one prompt, as Vertex AI's preference tuning takes them.

The worse one is what a reviewer corrected, or what a reader rated down where another reader rated an answer
to the very same prompt up. The form is that of "Prepare preference tuning data for Gemini models" by Google.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold

from .rows import Example
from .vertex import texts

LIKED, DISLIKED = 1, -1


@dataclass(frozen=True)
class Worse:
    """The answer that another is preferred to, and the id of its row where that is another one."""

    analysis: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Dislike:
    """An answer that a reader rated down, and 64 bits of its prompt."""

    prompt: int
    answer: Worse

    @classmethod
    def of(cls, example: Example, name: str | None) -> Dislike:
        """Return that of an example and its id."""
        return cls(digest("prompt", example.prompt), Worse(example.analysis, name))


class Preferences:
    """Collects answers that were rated down, by their prompt."""

    def __init__(self) -> None:
        """Start empty."""
        self._disliked: dict[int, Worse] = {}

    def add(self, dislike: Dislike) -> None:
        """Keep the first answer of each prompt."""
        self._disliked.setdefault(dislike.prompt, dislike.answer)

    def worse(self, line: bytes, replaced: str | None, *, is_liked: bool) -> Worse | None:
        """Return the answer that an example's is preferred to; None without one.

        ``line`` is the example in Vertex AI's form, ``replaced`` what a reviewer's answer took the place of.
        """
        if replaced is None and not is_liked:
            return None
        _, asked, answer = texts(line)
        worse = self._disliked.get(digest("prompt", asked)) if replaced is None else Worse(replaced)
        return worse if worse and worse.analysis and fold(worse.analysis) != fold(answer) else None


def pair_line(line: bytes, worse: str) -> bytes:
    """Return an example and a worse answer as a line of preference tuning, in ASCII."""
    instruction, asked, answer = texts(line)
    pair = {
        "system_instruction": {"parts": [{"text": instruction}]},
        "contents": [{"role": "user", "parts": [{"text": asked}]}],
        "completions": [
            {"score": score, "completion": {"role": "model", "parts": [{"text": text}]}}
            for score, text in ((1, answer), (0, worse))
        ],
    }
    return json.dumps(pair).encode() + b"\n"
