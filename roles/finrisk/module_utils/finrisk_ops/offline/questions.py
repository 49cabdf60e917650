"""The questions of a validation set, with the prompts that the service would send."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finrisk_rules.prompt import parse

from ..errors import FinriskError

SEED = "finrisk-offline-v1"


@dataclass(frozen=True)
class Question:
    """A line (from 1) of a set: what was asked, the prompt, and the answer that is known to be good."""

    line: int
    text: str
    prompt: str
    answer: str


def question_of(line: int, example: Mapping[str, Any]) -> Question | None:
    """Return the question of an example; None where its prompt is not of the shape that the service sends."""
    try:
        asked, answered = example["contents"]
        prompt, answer = asked["parts"][0]["text"], answered["parts"][0]["text"]
        turn = parse(prompt)
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return Question(line, turn.question, prompt, answer) if turn else None


def questions(path: Path) -> list[Question]:
    """Return the questions of a set in the order of their lines.

    Raises:
        FinriskError: No line has a prompt that the service would send.
    """
    with path.open("rb") as file:
        made = [question_of(number, json.loads(line)) for number, line in enumerate(file, start=1)]
    usable = [question for question in made if question]
    if not usable:
        raise FinriskError(
            f"no line of {path} has a prompt of the shape that the service sends: run playbooks/prepare.yml "
            "again, and tune on its dataset"
        )
    return usable


def drawn(everything: Sequence[Question], limit: int) -> list[Question]:
    """Return ``limit`` of the questions, 0 for all, in their order; the same ones each time.

    A higher limit keeps those of a lower one.
    """
    mixed = random.Random(SEED).sample(everything, len(everything))  # noqa: S311  not a secret
    return sorted(mixed[: limit or None], key=lambda question: question.line)
