"""Pairs of a better and a worse answer to one prompt, as Vertex AI's preference tuning takes them.

The worse one is what a reviewer corrected, or what a reader rated down where another reader rated an answer
to the very same prompt up. The form is that of "Prepare preference tuning data for Gemini models" by Google.
"""

from __future__ import annotations

import json

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold

from .rows import Example

LIKED, DISLIKED = 1, -1


class Preferences:
    """Collects answers that were rated down, by their prompt."""

    def __init__(self) -> None:
        """Start empty."""
        self._disliked: dict[int, str] = {}

    def add(self, example: Example) -> None:
        """Keep the answer when it was rated down; the first of each prompt."""
        if example.rating == DISLIKED:
            self._disliked.setdefault(digest("prompt", example.prompt), example.analysis)

    def worse(self, line: bytes, replaced: str | None, *, is_liked: bool) -> str | None:
        """Return the answer that an example's is preferred to; None without one.

        ``line`` is the example in Vertex AI's form, ``replaced`` what a reviewer's answer took the place of.
        """
        if replaced is None and not is_liked:
            return None
        _, asked, answer = _texts(line)
        worse = replaced if replaced is not None else self._disliked.get(digest("prompt", asked))
        return worse if worse and fold(worse) != fold(answer) else None


def pair_line(line: bytes, worse: str) -> bytes:
    """Return an example and a worse answer as a line of preference tuning, in ASCII."""
    instruction, asked, answer = _texts(line)
    pair = {
        "system_instruction": {"parts": [{"text": instruction}]},
        "contents": [{"role": "user", "parts": [{"text": asked}]}],
        "completions": [
            {"score": score, "completion": {"role": "model", "parts": [{"text": text}]}}
            for score, text in ((1, answer), (0, worse))
        ],
    }
    return json.dumps(pair).encode() + b"\n"


def _texts(line: bytes) -> tuple[str, str, str]:
    """Return system instruction, prompt and answer of an example in Vertex AI's form."""
    example = json.loads(line)
    asked, answer = example["contents"]
    instruction, prompt, text = (
        turn["parts"][0]["text"] for turn in (example["systemInstruction"], asked, answer)
    )
    return instruction, prompt, text
