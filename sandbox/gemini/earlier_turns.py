"""What the earlier turns of a conversation teach, for the one answer that follows them."""

from collections.abc import Sequence
from itertools import pairwise

from sandbox.gemini import attention_fitting, fitting
from sandbox.gemini.example import Example
from sandbox.gemini.knowledge import Knowledge

CARE = 0.25
"""The learning rate multiplier: a few examples point in a direction, and prove little."""


def learnt(knowledge: Knowledge, turns: Sequence[tuple[str, str]]) -> Knowledge:
    """What a model knows after the turns, (role, text) in their order: one epoch on those with an answer."""
    examples = [
        Example(asked, said, 0, 0, 2)
        for (role, asked), (answering, said) in pairwise(turns)
        if (role, answering) == ("user", "model")
    ]
    if not examples:
        return knowledge
    [ranking] = fitting.epochs(fitting.lessons(examples), knowledge.ranking, 1, CARE)
    figures = attention_fitting.lessons(examples)
    [attention] = attention_fitting.epochs(figures, knowledge.attention, 1, CARE)
    return Knowledge(ranking, attention)
