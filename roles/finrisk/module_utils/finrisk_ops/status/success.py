"""The six lines that say whether tuning has succeeded, each met, not met or not yet known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from finrisk_rules.arms import SLOW_MS

MET = "met"
NOT_MET = "not met"
UNKNOWN = "not yet known"
FEWEST_REQUESTS = 30  # an arm, since the experiment began: with fewer a figure says little
QUALITY_MARGIN = 0.02  # differences below the margins are noise, as for the gate
ERROR_MARGIN = 0.02


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


def criteria(data: dict[str, Any]) -> list[Line]:
    """Return the first five lines of a status."""
    return [_examples(data), _job(data), _quality(data), _errors(data), _latency(data)]


def readiness(five: Sequence[Line], *, ready: bool, rolls_back: bool) -> Line:
    """Return the sixth line: met only when the page's decision is that it is ready."""
    met = sum(line.state == MET for line in five)
    state = NOT_MET if rolls_back or any(line.state == NOT_MET for line in five) else UNKNOWN
    figure = "no, a finding says roll back" if rolls_back else f"{met} of 5 met"
    return Line("ready for 100 %", MET if ready else state, figure, "5 of 5, and no finding")


def enough(arm: dict[str, Any] | None) -> bool:
    """Say whether an arm had requests enough for its figures to be compared."""
    return arm is not None and arm["requests"] >= FEWEST_REQUESTS


def quality_is_worse(base: dict[str, Any], tuned: dict[str, Any]) -> bool:
    """Say whether the tuned arm's mean quality is below the base arm's by more than the margin."""
    if base["quality"] is None or tuned["quality"] is None:
        return False
    return bool(tuned["quality"] < base["quality"] - QUALITY_MARGIN)


def errors_are_more(base: dict[str, Any], tuned: dict[str, Any]) -> bool:
    """Say whether the tuned arm fails more often than the base arm by more than the margin."""
    return bool(tuned["error_rate"] > base["error_rate"] + ERROR_MARGIN)


def _examples(data: dict[str, Any]) -> Line:
    collection = data["collection"]
    count, target = collection.get("eligible"), collection.get("target", 0)
    state = UNKNOWN if count is None else _state(count >= target)
    figure = "unknown" if count is None else f"{count:,}"
    return Line("eligible examples", state, figure, f">= {target:,}")


def _job(data: dict[str, Any]) -> Line:
    jobs = data["tuning"]["jobs"]
    newest = jobs[0]["state"] if jobs else "no job"
    active = any(job["state"] == "ACTIVE" for job in jobs)
    figure = "ACTIVE" if active else newest
    return Line("tuning job", _state(active) if jobs else UNKNOWN, figure, "ACTIVE")


def _quality(data: dict[str, Any]) -> Line:
    base, tuned = _together(data)
    name, target = "quality of the tuned model", f"not below base (margin {QUALITY_MARGIN:g})"
    if base is None or tuned is None or base["quality"] is None or tuned["quality"] is None:
        return Line(name, UNKNOWN, _too_few(data, "together"), target)
    figure = f"{tuned['quality']:.3f}, base {base['quality']:.3f}"
    return Line(name, _state(not quality_is_worse(base, tuned)), figure, target)


def _errors(data: dict[str, Any]) -> Line:
    base, tuned = _together(data)
    name, target = "error rate of the tuned model", f"not above base (margin {100 * ERROR_MARGIN:g} points)"
    if base is None or tuned is None:
        return Line(name, UNKNOWN, _too_few(data, "together"), target)
    figure = f"{tuned['error_rate']:.1%}, base {base['error_rate']:.1%}"
    return Line(name, _state(not errors_are_more(base, tuned)), figure, target)


def _latency(data: dict[str, Any]) -> Line:
    tuned = _arms_of(data).get("tuned")
    target = f"< {SLOW_MS / 1000:g} s"
    if tuned is None or not _tried(tuned) or tuned["p95_ms"] is None:
        return Line("p95 of the tuned model", UNKNOWN, _too_few(data), target)
    figure = f"{tuned['p95_ms'] / 1000:.2f} s"
    return Line("p95 of the tuned model", _state(tuned["p95_ms"] < SLOW_MS), figure, target)


def _together(data: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return base and tuned of the stages in which both are drawn; None where one is hardly known."""
    arms = _arms_of(data, "together")
    base, tuned = arms.get("base"), arms.get("tuned")
    return (base, tuned) if _tried(base) and _tried(tuned) else (None, None)


def _tried(arm: dict[str, Any] | None) -> bool:
    """Say whether the arm's own model was asked often enough for its figures to be judged."""
    return arm is not None and arm["attempts"] >= FEWEST_REQUESTS


def _arms_of(data: dict[str, Any], window: str = "arms") -> dict[str, Any]:
    """Return the arms of the experiment that runs, in that window; none while that is not known."""
    experiment: dict[str, Any] = data["experiment"] or {window: {}}
    arms: dict[str, Any] = experiment[window]
    return arms


def _too_few(data: dict[str, Any], window: str = "arms") -> str:
    if data["experiment"] is None:
        return "unknown"
    arms = _arms_of(data, window)
    counts = ", ".join(f"{arm} {arms.get(arm, {}).get('attempts', 0)}" for arm in ("base", "tuned"))
    return f"requests: {counts}; {FEWEST_REQUESTS} each are needed"


def _state(met: bool) -> str:
    return MET if met else NOT_MET
