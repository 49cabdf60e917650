"""An offline evaluation in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..counts import number_of
from ..gate import words as gate_words
from ..gate.comparison import BETTER, NOT_WORSE, OPEN, UNKNOWN, WORSE
from ..gate.rules import Rules
from ..gate.words import NAMES
from .answers import ANSWERED
from .comparison import LEAST_PAIRS, Difference, Row

LABELS = {
    **gate_words.LABELS,
    "length": "length, characters",
    "latency": "latency, ms",
    "tokens": "tokens of an answer",
}
"""The metrics as a table names them."""
STATES = {
    WORSE: "worse",
    BETTER: "better",
    NOT_WORSE: "not worse",
    OPEN: "not known yet",
    UNKNOWN: "too few questions",
}
VERDICTS = {**STATES, WORSE: "proven worse"}
_SHARES = ("unanswered", "wrong_figures")
_HALF = 0.5


def value(metric: str, figure: float | None) -> str:
    """Return one column's figure."""
    if figure is None:
        return "-"
    if metric in _SHARES:
        return f"{figure:.1%}"
    return f"{figure:.3f}" if metric == "quality" else f"{figure:,.0f}"


def signed(metric: str, difference: float | None) -> str:
    """Return a difference with its sign, of shares in points."""
    if difference is None:
        return "-"
    if metric in _SHARES:
        return f"{100 * difference:+z.1f}"
    return f"{difference:+z.3f}" if metric == "quality" else f"{difference:+z,.0f}"


def interval(metric: str, ends: Sequence[float] | None) -> str:
    """Return both ends of an interval."""
    return "-" if ends is None else " to ".join(signed(metric, end) for end in ends)


def figures(told: Mapping[str, Any], first: str, second: str) -> str:
    """Return a metric of two columns as a clause."""
    metric = told["metric"]
    return (
        f"{NAMES[metric]} {value(metric, told['first'])} of {first}, {value(metric, told['second'])} of "
        f"{second} (difference {interval(metric, told['interval'])})"
    )


def reason(
    verdict: str, compared: Mapping[str, Sequence[Difference]], found: Sequence[Row], rules: Rules
) -> str:
    """Say what the verdict rests on, whether a prompt does as well, and what limits it."""
    asked = number_of(len(found), "question")
    clauses = "; ".join(
        figures(each.content(), "tuned", "base") for each in compared["tuned_base"] if each.state == verdict
    )
    clauses = clauses[:1].upper() + clauses[1:]
    chance = f"{100 * rules.alpha_roll_back:g}%"
    said = {
        WORSE: f"{clauses}. At most {chance} of models that are as good as base end so",
        UNKNOWN: f"Of {asked} too few were answered by both: {LEAST_PAIRS} are needed to prove anything",
        OPEN: f"{clauses}. {asked} do not tell more",
        NOT_WORSE: "Nothing is worse than base's by more than its margin",
        BETTER: f"{clauses}. Nothing is worse than base's by more than its margin",
    }
    return " ".join(f"{each}." for each in (said[verdict], *_prompted(compared), *_half(found)))


def _prompted(compared: Mapping[str, Sequence[Difference]]) -> list[str]:
    """Say whether tuning beats what a prompt gives for nothing."""
    if "tuned_prompted" not in compared:
        return []
    told = {each.metric: each for each in compared["tuned_prompted"]}["quality"].content()
    beaten = {
        BETTER: "Tuning beats a prompt with examples",
        WORSE: "A prompt with examples beats tuning, for nothing",
    }.get(told["state"], "That tuning beats a prompt with examples is not proven")
    return [f"{beaten}: {figures(told, 'tuned', 'the prompt')}"]


def _half(found: Sequence[Row]) -> list[str]:
    """Say which model left half of the questions unanswered: what is compared is the other half."""
    told = []
    for column in [name for name in (found[0] if found else ()) if name != "line"]:
        ended = [row[column]["outcome"] for row in found if row[column] is not None]
        number = sum(outcome != ANSWERED for outcome in ended)
        if ended and number >= _HALF * len(ended):
            told.append(f"{column} left {number:,} of {len(ended):,} unanswered: the rest alone is compared")
    return told
