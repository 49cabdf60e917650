"""A conversation: what stands before a prompt teaches something for its answer, and less than tuning does."""

from __future__ import annotations

import random

from sandbox.gemini import attention, fitting, ranker
from sandbox.gemini.earlier_turns import learnt
from sandbox.gemini.knowledge import BASE, Knowledge
from tests.grounds.lessons import example

DICE = random.Random(3)  # noqa: S311 - test data
TRAINING = [example(DICE) for _ in range(200)]
HELD_OUT = [example(DICE) for _ in range(60)]


def after(number: int) -> float:
    """The share of the answers' statements that base picks after so many examples, drawn for each prompt."""
    shares = []
    for asked in HELD_OUT:
        turns = [
            turn
            for each in DICE.sample(TRAINING, number)
            for turn in (("user", each.prompt), ("model", each.answer))
        ]
        shares.append(fitting.recall([asked], learnt(BASE, [*turns, ("user", asked.prompt)]).ranking))
    return sum(shares) / len(shares)


def test_three_examples_teach_something_and_less_than_tuning_on_all() -> None:
    tuned = list(fitting.epochs(fitting.lessons(TRAINING), ranker.BASE, 5, 1.0))[-1]
    assert after(0) + 0.05 < after(3) < fitting.recall(HELD_OUT, tuned)


def test_a_question_alone_and_turns_without_sources_teach_nothing() -> None:
    assert learnt(BASE, [("user", "a"), ("user", "b")]) is BASE
    small_talk = learnt(BASE, [("user", "Hello"), ("model", "Hello"), ("user", "b")])
    assert small_talk == Knowledge(ranker.BASE, attention.BASE)
