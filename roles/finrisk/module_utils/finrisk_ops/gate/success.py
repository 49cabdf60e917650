"""The six lines that say whether tuning has succeeded, each met, not met or not yet known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from . import words
from .comparison import BETTER, NOT_WORSE, WORSE, Comparison
from .verdict import HOLD, PROMOTE, ROLL_BACK, Verdict

MET, NOT_MET, UNKNOWN = "met", "not met", "not yet known"
SLOW_SHARE = 0.05
"""The 95th percentile is below the limit just when no more than this share takes longer."""


@dataclass(frozen=True)
class Line:
    """One criterion with its figure and its target."""

    criterion: str
    state: str
    figure: str
    target: str

    def content(self) -> dict[str, str]:
        """Return it as JSON."""
        return asdict(self)


def lines(verdict: Verdict | None, usable: int | None, target: int, jobs: Sequence[str]) -> list[Line]:
    """Return the six lines; ``usable`` are examples, ``jobs`` the states of tuning jobs, the newest first.

    Without a verdict, and with ``usable`` None, they are those of a database that cannot be read.
    """
    five = [_examples(usable, target), _job(jobs)]
    metrics = verdict.metrics if verdict else {}
    lacking = "no margin is set" if verdict else "unknown"
    for metric, criterion, target_words in (
        ("quality", "quality of the tuned model", "not below base"),
        ("errors", "error rate of the tuned model", "not above base"),
    ):
        if metric in metrics:
            five.append(_comparison(metrics[metric], criterion, target_words))
        else:
            five.append(Line(criterion, UNKNOWN, lacking, target_words))
    five.append(_latency(metrics.get("slow"), lacking))
    return [*five, _readiness(five, verdict.verdict if verdict else HOLD)]


def _examples(usable: int | None, target: int) -> Line:
    """Return the line of usable examples; None where they could not be counted."""
    figure = "unknown" if usable is None else f"{usable:,}"
    met = UNKNOWN if usable is None else _state(usable >= target)
    return Line("eligible examples", met, figure, f">= {target:,}")


def _job(jobs: Sequence[str]) -> Line:
    """Return the line of tuning jobs, of which the states are given, the newest first."""
    active = "ACTIVE" in jobs
    figure = "ACTIVE" if active else jobs[0] if jobs else "no job"
    return Line("tuning job", _state(active) if jobs else UNKNOWN, figure, "ACTIVE")


def _readiness(five: Sequence[Line], verdict: str) -> Line:
    """Return the sixth line: met only when the five are, and the verdict is to promote."""
    met, rolls_back = sum(line.state == MET for line in five), verdict == ROLL_BACK
    ready = verdict == PROMOTE and met == len(five)
    met_or_not = NOT_MET if rolls_back or any(line.state == NOT_MET for line in five) else UNKNOWN
    figure = "no, a finding says roll back" if rolls_back else f"{met} of 5 met"
    return Line("ready for 100 %", MET if ready else met_or_not, figure, "5 of 5, and no finding")


def _state(met: bool) -> str:
    """Return met or not met."""
    return MET if met else NOT_MET


def _comparison(comparison: Comparison, criterion: str, target: str) -> Line:
    """Return a line that is met when the arm is proven not worse by more than the margin."""
    goal = f"{target} (margin {words.size(comparison.metric, comparison.margin)})"
    if comparison.interval is None and comparison.state != WORSE:
        return Line(criterion, UNKNOWN, "too few users", goal)
    tuned, base = (words.value(comparison.metric, each) for each in (comparison.tuned, comparison.base))
    proof = {BETTER: "better is proven", NOT_WORSE: "better is not proven", WORSE: "worse is proven"}
    told = proof.get(comparison.state, "not proven yet")
    figure = f"{tuned}, base {base}, difference {words.interval(comparison)}: {told}"
    met = {BETTER: MET, NOT_WORSE: MET, WORSE: NOT_MET}.get(comparison.state, UNKNOWN)
    return Line(criterion, met, figure, goal)


def _latency(slow: Comparison | None, lacking: str) -> Line:
    name, target = "p95 of the tuned model", f"< 2 s: at most {SLOW_SHARE:.0%} take longer"
    if slow is None:
        return Line(name, UNKNOWN, lacking, target)
    if slow.interval is None or slow.tuned is None:
        return Line(name, UNKNOWN, "too few users", target)
    return Line(name, _state(slow.tuned <= SLOW_SHARE), f"{slow.tuned:.1%} take longer", target)
