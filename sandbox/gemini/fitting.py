"""Fits the ranker: logistic regression on which statements of the sources the answers of a dataset hold."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.gemini.blanks import lookup
from sandbox.gemini.example import Example
from sandbox.gemini.extractive import pool
from sandbox.gemini.passages import parse
from sandbox.gemini.ranker import FEATURES, PICKS, Candidate, Weights, choose

BATCH = 4  # examples a step
RATE = 0.4  # at a learning rate multiplier of 1
DECAY = 1e-3  # pull of the weights towards zero, a step
MOST_EXAMPLES = 5_000  # fitted on; a larger dataset is sampled evenly
MOST_NEGATIVES = 30  # of one example
NOT_WORD = re.compile(r"\W+")

Rows = Sequence[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One example as the ranker sees it: features of statements that the answer has, and of others."""

    chosen: Rows
    passed_over: Rows


def steps(examples: int, epochs: int) -> int:
    """How many steps a fit takes."""
    return epochs * math.ceil(examples / BATCH)


def lessons(examples: Sequence[Example]) -> list[Lesson]:
    """What can be learned from the examples: those whose answer holds some of the statements, not all."""
    stride = max(1, math.ceil(len(examples) / MOST_EXAMPLES))
    every = (_lesson(example) for example in examples[::stride])
    return [lesson for lesson in every if lesson.chosen and lesson.passed_over]


def _lesson(example: Example) -> Lesson:
    answer = _normal(example.answer)
    chosen: list[tuple[float, ...]] = []
    passed_over: list[tuple[float, ...]] = []
    for candidate in _pool(example):
        is_quoted = _normal(candidate.statement.text) in answer
        (chosen if is_quoted else passed_over).append(candidate.features)
    stride = max(1, math.ceil(len(passed_over) / MOST_NEGATIVES))
    return Lesson(chosen, passed_over[::stride])


def _pool(example: Example) -> list[Candidate]:
    prompt = parse(example.prompt)
    return pool(prompt, lookup(prompt))


def epochs(learned: Sequence[Lesson], start: Weights, number: int, multiplier: float) -> Iterator[Weights]:
    """The weights after each epoch of gradient descent (AdaGrad), in the order of the examples."""
    weights, squares = [*start.values, start.bias], [1e-6] * (len(FEATURES) + 1)
    for _ in range(number):
        for at in range(0, len(learned), BATCH):
            gradient = _gradient(learned[at : at + BATCH], weights)
            for i, slope in enumerate(gradient):
                slope += DECAY * weights[i]
                squares[i] += slope * slope
                weights[i] -= RATE * multiplier * slope / math.sqrt(squares[i])
        yield Weights(tuple(weights[:-1]), weights[-1])


def _gradient(batch: Sequence[Lesson], weights: Sequence[float]) -> list[float]:
    """The mean slope of the log loss; the two sides of each example count the same."""
    total = [0.0] * len(weights)
    values, bias = weights[:-1], weights[-1]
    for lesson in batch:
        for rows, label in ((lesson.chosen, 1.0), (lesson.passed_over, 0.0)):
            share = 0.5 / (len(rows) * len(batch))
            for row in rows:
                logit = bias
                for weight, x in zip(values, row, strict=True):
                    logit += weight * x
                error = (1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))) - label) * share
                for i, x in enumerate(row):
                    if x:
                        total[i] += error * x
                total[-1] += error
    return total


def recall(examples: Sequence[Example], weights: Weights) -> float:
    """The mean share of the answers' statements that these weights pick; 1 is all of them."""
    shares = []
    for example in examples:
        answer, every = _normal(example.answer), _pool(example)
        quoted = {c.statement.text for c in every if _normal(c.statement.text) in answer}
        if quoted:
            picked = {c.statement.text for c in choose(every, weights, max(PICKS, len(quoted)))}
            shares.append(len(quoted & picked) / len(quoted))
    return sum(shares) / len(shares) if shares else 0.0


def _normal(text: str) -> str:
    return f" {NOT_WORD.sub(' ', text.lower()).strip()} "
