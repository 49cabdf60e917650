"""The figures of an evaluation's document, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..counts import number_of
from ..gate import lack
from ..gate.rules import HIGHER_IS_BETTER
from ..gate.sample_ratio import sample_ratio
from ..gate.stages import FEWEST_USERS
from ..gate.verdict import ARMS, as_it_runs
from ..gate.words import LABELS, STATES, size


def percent(share: float | None) -> str:
    """Return a split or a share, such as ``25 %``."""
    return "an unknown split" if share is None else f"{100 * share:g} %"


def value(metric: str, figure: float | None) -> str:
    """Return one arm's figure."""
    if figure is None:
        return "-"
    return f"{figure:.3f}" if metric in HIGHER_IS_BETTER else f"{figure:.1%}"


def signed(metric: str, difference: float | None) -> str:
    """Return a difference with its sign, of shares in points."""
    if difference is None:
        return "-"
    return f"{difference:+z.3f}" if metric in HIGHER_IS_BETTER else f"{100 * difference:+z.1f}"


def interval(metric: str, ends: Sequence[float] | None) -> str:
    """Return both ends of an interval."""
    return "-" if ends is None else " to ".join(signed(metric, end) for end in ends)


def comparison(metrics: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return rows of text, a metric each, below a row of their columns' names."""
    head = ("metric", "base", "tuned", "difference", "its interval", "margin", "proven")
    rows = [
        (
            LABELS[name],
            *(value(name, metric[arm]) for arm in ARMS),
            signed(name, metric["difference"]),
            interval(name, metric["interval"]),
            size(name, metric["margin"]),
            STATES[metric["state"]],
        )
        for name, metric in metrics.items()
    ]
    return [head, *rows]


def compared(content: Mapping[str, Any]) -> str:
    """Return which stages the comparison is of, and how they are taken together."""
    stages = len(content["inputs"]["stages"])
    if not stages:
        return "of no stage, since nobody was met yet"
    if stages == 1:
        return "of the one stage of this experiment"
    return (
        f"of the {stages} stages of this experiment together, but for those with fewer than {FEWEST_USERS} "
        "users on an arm; each compares its own users, and counts by how many they are"
    )


def drawn_in(content: Mapping[str, Any]) -> str:
    """Return the revision of the stage whose draw of users is told; nothing where nobody was drawn."""
    ratio = sample_ratio(as_it_runs(content["inputs"])["stages"])
    return ratio.revision if ratio else ""


def exposure(content: Mapping[str, Any]) -> list[str]:
    """Return requests and users of each arm in the stage that runs."""
    arms = content["exposure"]
    return [
        f"{arm}: {number_of(arms[arm]['requests'], 'request')} of {number_of(arms[arm]['users'], 'user')} in "
        "this stage"
        for arm in ARMS
    ]


def freshness(content: Mapping[str, Any]) -> str:
    """Return how old the last request is."""
    stages = as_it_runs(content["inputs"])["stages"]
    if not stages or stages[-1]["last"] is None:
        return "no request yet"
    minutes = _minutes(stages[-1]["last"], content["at"])
    most = content["inputs"]["rules"]["fresh_minutes"]
    return f"the last request is {number_of(round(minutes), 'minute')} old; {most:g} minutes are the most"


def needed(content: Mapping[str, Any]) -> str:
    """Return what a decision still needs at the present rate."""
    return lack.told(content, content["inputs"]["present_rate"])


def _minutes(since: str, now: str) -> float:
    return (datetime.fromisoformat(now) - datetime.fromisoformat(since)).total_seconds() / 60
