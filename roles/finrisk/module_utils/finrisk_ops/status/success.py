"""The six lines that say whether tuning has succeeded, each met, not met or not yet known."""

from __future__ import annotations

from typing import Any

from finrisk_rules.arms import SLOW_MS

from ..gate.rules import MARGINS
from ..gate.success import UNKNOWN, Line, examples, job, state

FEWEST_REQUESTS = 30  # an arm, since the experiment began: with fewer a figure says little
QUALITY_MARGIN, ERROR_MARGIN = MARGINS["quality"], MARGINS["errors"]


def criteria(data: dict[str, Any]) -> list[Line]:
    """Return the first five lines of a status."""
    return [_examples(data), _job(data), _quality(data), _errors(data), _latency(data)]


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
    return examples(collection.get("eligible"), collection.get("target", 0))


def _job(data: dict[str, Any]) -> Line:
    return job([each["state"] for each in data["tuning"]["jobs"]])


def _quality(data: dict[str, Any]) -> Line:
    base, tuned = _together(data)
    name, target = "quality of the tuned model", f"not below base (margin {QUALITY_MARGIN:g})"
    if base is None or tuned is None or base["quality"] is None or tuned["quality"] is None:
        return Line(name, UNKNOWN, _too_few(data, "together"), target)
    figure = f"{tuned['quality']:.3f}, base {base['quality']:.3f}"
    return Line(name, state(not quality_is_worse(base, tuned)), figure, target)


def _errors(data: dict[str, Any]) -> Line:
    base, tuned = _together(data)
    name, target = "error rate of the tuned model", f"not above base (margin {100 * ERROR_MARGIN:g} points)"
    if base is None or tuned is None:
        return Line(name, UNKNOWN, _too_few(data, "together"), target)
    figure = f"{tuned['error_rate']:.1%}, base {base['error_rate']:.1%}"
    return Line(name, state(not errors_are_more(base, tuned)), figure, target)


def _latency(data: dict[str, Any]) -> Line:
    tuned = _arms_of(data).get("tuned")
    target = f"< {SLOW_MS / 1000:g} s"
    if tuned is None or not _tried(tuned) or tuned["p95_ms"] is None:
        return Line("p95 of the tuned model", UNKNOWN, _too_few(data), target)
    figure = f"{tuned['p95_ms'] / 1000:.2f} s"
    return Line("p95 of the tuned model", state(tuned["p95_ms"] < SLOW_MS), figure, target)


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
