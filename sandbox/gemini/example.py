"""What is learnt from: a prompt and the answer it should get."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A row of a dataset, or a turn of a conversation: the last question, its answer, and what it counts."""

    prompt: str
    answer: str
    input_tokens: int
    output_tokens: int
    messages: int
