"""Two columns of answers to the same questions: what differs, how surely, and whether that is harm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum
from typing import Any

from ..gate.comparison import BETTER, NOT_WORSE, OPEN, UNKNOWN, WORSE
from ..gate.rules import HIGHER_IS_BETTER, Rules
from . import bootstrap
from .answers import ANSWERED

LEAST_PAIRS = 30
"""Questions below which nothing is proven."""

DECIDING = ("unanswered", "wrong_figures", "quality")
"""Metrics by which a model may be proven worse; they share the error rate."""
TOLD = ("length", "latency", "tokens")
"""Metrics that are told: no model is refused for them."""
METRICS = (*DECIDING, *TOLD)

Row = Mapping[str, Any]
"""A question's line, or the ``person`` who asked it, and by column what was measured of its answer.

None where the call failed.
"""

_MEASURES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "unanswered": lambda told: told["outcome"] != ANSWERED,
    "wrong_figures": lambda told: told["wrong"],
    "quality": lambda told: told["quality"],
    "length": lambda told: told["length"],
    "latency": lambda told: told["latency_ms"],
    "tokens": lambda told: told["answer_tokens"],
}


@dataclass(frozen=True)
class Difference:
    """A metric of two columns: their means, the first less the second, and the interval of that.

    ``state`` says what is proven of the first column; it is empty for metrics that decide nothing.
    """

    metric: str
    pairs: int
    first: float | None
    second: float | None
    difference: float | None
    interval: tuple[float, float] | None
    worse: int
    better: int
    state: str

    def content(self) -> dict[str, Any]:
        """Return it as a file holds it."""
        return asdict(self)


def measured(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what counts of an answer, without its text; None for a call that failed."""
    if told is None:
        return None
    names = ("outcome", "quality", "wrong", "latency_ms", "prompt_tokens", "answer_tokens", "model_version")
    return {**{name: told[name] for name in names}, "length": len(told["text"])}


def differences(
    rows: Sequence[Row], first: str, second: str, rules: Rules, metrics: Sequence[str] = METRICS
) -> list[Difference]:
    """Return every metric's difference of the first column to the second, in the order of the metrics.

    All but the unanswered are of questions that both answered.
    """
    return [_difference(rows, metric, (first, second), rules) for metric in metrics]


def tail_of(rules: Rules) -> float:
    """Return the error rate of each end of an interval: the metrics that decide share that of a rollback."""
    return rules.alpha_roll_back / len(DECIDING)


def _difference(rows: Sequence[Row], metric: str, columns: tuple[str, str], rules: Rules) -> Difference:
    pairs = _pairs(rows, metric, columns)
    if not pairs:
        return Difference(metric, 0, None, None, None, None, 0, 0, UNKNOWN if metric in DECIDING else "")
    seed = f"{metric} {' '.join(columns)}"
    by_question = [first - second for first, second in pairs]
    low, high = bootstrap.interval(by_question, tail_of(rules), seed)
    sign = -1 if metric in HIGHER_IS_BETTER else 1
    harm = [sign * each for each in by_question]
    state = ""
    if metric in DECIDING:
        state = _state(metric, harm, (low, high) if sign > 0 else (-high, -low), rules, seed)
    worse, better = sum(each > 0 for each in harm), sum(each < 0 for each in harm)
    mean = fsum(by_question) / len(pairs)
    first, second = (round(fsum(each) / len(pairs), 6) for each in zip(*pairs, strict=True))
    rounded = (round(low, 6), round(high, 6))
    return Difference(metric, len(pairs), first, second, round(mean, 6), rounded, worse, better, state)


def _pairs(rows: Sequence[Row], metric: str, columns: tuple[str, str]) -> list[list[float]]:
    """Return a metric in both columns by question; of a person who asked several, the means of these."""
    of: dict[int, list[list[float]]] = defaultdict(list)
    for place, row in enumerate(rows):
        told = [row[column] for column in columns]
        if None in told or (metric != "unanswered" and any(each["outcome"] != ANSWERED for each in told)):
            continue
        figures = [_MEASURES[metric](each) for each in told]
        if None not in figures:
            of[row.get("person", -1 - place)].append([float(each) for each in figures])
    return [[fsum(each) / len(asked) for each in zip(*asked, strict=True)] for asked in of.values()]


def _state(metric: str, harm: Sequence[float], ends: tuple[float, float], rules: Rules, seed: str) -> str:
    """Return what is proven by the harm of each question and the ends of its mean's interval.

    What differs for better or worse has to pass the test by flipped signs too.
    """
    if len(harm) < LEAST_PAIRS:
        return UNKNOWN
    low, high = ends
    if low > 0 and bootstrap.flip_test(harm, seed) <= tail_of(rules):
        return WORSE
    if high < 0 and bootstrap.flip_test([-each for each in harm], seed) <= tail_of(rules):
        return BETTER
    return NOT_WORSE if high < rules.margins.get(metric, 0.0) else OPEN
