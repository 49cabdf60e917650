"""Fits the attention: which cells the answers of a dataset took figures from, against those passed over."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.gemini.attention import FEATURES, Attention, features
from sandbox.gemini.blanks import Blank, Lookup, lookup
from sandbox.gemini.cells import value_of
from sandbox.gemini.example import Example
from sandbox.gemini.fitting import BATCH, MOST_EXAMPLES, RATE
from sandbox.gemini.passages import YEAR, parse, terms

MOST_PASSED = 60
"""Cells of one blank that are learnt from as passed over: those with the most of its words."""
PRIOR = 5.0
"""What the weights of the start count for, in lessons: a handful of lessons moves them a little only."""
CITATION = re.compile(r"\[(\d{1,4})\]")
FIGURE = re.compile(r"[(\u2212-]?[$\u20ac\u00a3]?\s?\d[\d,]*(?:\.\d+)?")

Rows = Sequence[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One filled blank: the features of the cells that hold its figure, and of others."""

    taken: Rows
    passed: Rows


def lessons(examples: Sequence[Example]) -> list[Lesson]:
    """What the examples teach: one lesson for each figure that can be followed to a cell of its prompt."""
    stride = max(1, math.ceil(len(examples) / MOST_EXAMPLES))
    return [lesson for example in examples[::stride] for lesson in _lessons(example)]


def _lessons(example: Example) -> Iterator[Lesson]:
    asked = lookup(parse(example.prompt))
    lines = example.answer.splitlines()
    for blank in (blank for group in asked.blanks for blank in group):
        taken = next(filter(None, (_taken(line, blank, asked) for line in lines)), set())
        if not taken:
            continue
        rows = features(asked, blank)
        passed = sorted((row for at, row in enumerate(rows) if at not in taken), key=lambda row: -row[0])
        if passed:
            yield Lesson([rows[at] for at in sorted(taken)], passed[:MOST_PASSED])


def _taken(line: str, blank: Blank, asked: Lookup) -> set[int]:
    """The places of the cells whose figure this line gives for the blank; none if it gives none."""
    figure = _figure(line, blank)
    if figure is None:
        return set()
    cited = {int(number) for number in CITATION.findall(line)}
    return {
        at
        for at, each in enumerate(asked.entries)
        if each.source.number in cited and _size(each.cell.figure.text) == figure
    }


def _figure(line: str, blank: Blank) -> Decimal | None:
    """The size of the figure that a line gives for a blank: years and figures go together by their order."""
    if not set(terms(blank.label)) <= set(terms(line)):
        return None
    rest = CITATION.sub("", line.replace(blank.label, "").replace(blank.column or "\0", ""))
    years = YEAR.findall(rest)
    figures = [_size(text) for text in FIGURE.findall(YEAR.sub("", rest))]
    if blank.period and blank.period not in years:
        return None
    place = years.index(blank.period) if blank.period else len(figures) - 1
    return figures[place] if 0 <= place < len(figures) else None


def _size(text: str) -> Decimal | None:
    value = value_of(text)
    return None if value is None else abs(value)


def epochs(
    learned: Sequence[Lesson], start: Attention, number: int, multiplier: float
) -> Iterator[Attention]:
    """The weights after each epoch of AdaGrad on how likely the taken cells are (softmax)."""
    weights, squares = list(start.values), [1e-2] * len(FEATURES)
    for _ in range(number):
        for at in range(0, len(learned), BATCH):
            for i, slope in enumerate(_gradient(learned[at : at + BATCH], weights)):
                slope += PRIOR / len(learned) * (weights[i] - start.values[i])
                squares[i] += slope * slope
                weights[i] -= RATE * multiplier * slope / math.sqrt(squares[i])
        yield Attention(tuple(weights))


def accuracy(learned: Sequence[Lesson], attention: Attention) -> float:
    """The share of the lessons in which these weights are drawn to a taken cell more than to any other."""
    best = attention.score
    right = [max(map(best, each.taken)) > max(map(best, each.passed)) for each in learned]
    return sum(right) / len(right) if right else 0.0


def _gradient(batch: Sequence[Lesson], weights: Sequence[float]) -> list[float]:
    """The mean slope of the loss -log p(taken): what is expected of all cells, less of those taken."""
    total = [0.0] * len(weights)
    for lesson in batch:
        for rows, sign in (([*lesson.taken, *lesson.passed], 1.0), (lesson.taken, -1.0)):
            share = sign / len(batch)
            for row, chance in zip(rows, _softmax(rows, weights), strict=True):
                for i, x in enumerate(row):
                    total[i] += share * chance * x
    return total


def _softmax(rows: Rows, weights: Sequence[float]) -> list[float]:
    scores = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in rows]
    highest = max(scores)
    odds = [math.exp(score - highest) for score in scores]
    whole = sum(odds)
    return [each / whole for each in odds]
