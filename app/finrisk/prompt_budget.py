"""The budget of a prompt: how many tokens question and passages may have together."""

from collections.abc import Sequence
from dataclasses import replace

from finrisk.retrieval import RankedPassage
from finrisk_rules.tokens import estimate, most

FRAME_TOKENS = 60
"""Of a passage, for its number, title, name and marks."""


def within_budget(passages: Sequence[RankedPassage], question: str, budget: int) -> list[RankedPassage]:
    """Return the passages that fit with the question, in their order and numbered from 1.

    Where all are too much, the shortest are taken first: a table without end pushes nothing else out.
    """
    if most(question) + sum(most(passage.text) + FRAME_TOKENS for passage in passages) <= budget:
        return _numbered(passages)
    left = budget - estimate(question)
    costs = {passage.n: estimate(passage.text) + FRAME_TOKENS for passage in passages}
    taken = set()
    for n in sorted(costs, key=lambda n: (costs[n], n)):
        left -= costs[n]
        if left < 0:
            break
        taken.add(n)
    return _numbered([passage for passage in passages if passage.n in taken])


def _numbered(passages: Sequence[RankedPassage]) -> list[RankedPassage]:
    return [
        passage if passage.n == n else replace(passage, n=n) for n, passage in enumerate(passages, start=1)
    ]
