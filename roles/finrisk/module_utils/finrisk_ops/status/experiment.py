"""The experiment that runs, those before it, and the last day, as lines of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..counts import breakdown, number_of
from ..gate.comparison import OPEN
from ..gate.comparison import UNKNOWN as TOO_FEW
from ..gate.words import LABELS, STATES
from .text import shorten, table, wrap

UNKNOWN = "not known while the database cannot be read"


def lines(experiment: dict[str, Any] | None, evaluation: Mapping[str, Any] | None) -> list[str]:
    """Return both arms since the first stage, what is proven of the tuned one, and earlier experiments."""
    if experiment is None or evaluation is None:
        return [UNKNOWN]
    told = wrap(_title(experiment))
    if experiment["arms"]:
        told += [*_who(experiment), *_how(experiment["arms"]), *_proven(evaluation["metrics"])]
    for earlier in experiment["earlier"]:
        told += wrap(f"earlier: {_earlier(earlier)}", following="  ")
    return told


def of_day(traffic: dict[str, Any]) -> list[str]:
    """Return what was asked in the last 24 hours, and how each arm did."""
    if traffic["arms"] is None:
        return [UNKNOWN]
    if not traffic["requests"]:
        return ["no analyses"]
    told = [number_of(traffic["requests"], "request")]
    if traffic["arms"]:
        head = ("arm", "asked", "failed", "blocked", "fallbacks", "p95", "quality", "ratings")
        rows = [
            (
                name,
                f"{arm['requests']:,}",
                f"{sum(arm['errors'].values()):,}",
                f"{arm['blocked']:,}",
                f"{arm['fallbacks']:,}",
                _seconds(arm["p95_ms"]),
                _quality(arm),
                _ratings(arm),
            )
            for name, arm in traffic["arms"].items()
        ]
        told = _figures([head, *rows])
    if traffic["fallback_reasons"]:
        told += wrap(f"answered by base instead: {breakdown(traffic['fallback_reasons'])}")
    return told


def _title(experiment: dict[str, Any]) -> str:
    name = experiment["name"] or (shorten(experiment["model"]) if experiment["model"] else "")
    if not name:
        return "none: no tuned model has been deployed"
    if not experiment["arms"]:
        return f"{name}: nobody has asked yet"
    since = str(experiment["first"])[:16].replace("T", " ")
    last = str(experiment["last"])[:16].replace("T", " ")
    return f"{name}, since {since}" if experiment["split"] else f"{name}, {since} to {last}"


def _who(experiment: dict[str, Any]) -> list[str]:
    split = experiment["split"]
    rows = [("arm", "asked", "users", "share", "split", "failed", "blocked", "fallbacks")]
    for name, arm in experiment["arms"].items():
        target = "-" if split is None else f"{(split if name == 'tuned' else 1 - split):.0%}"
        failed = f"{sum(arm['errors'].values()):,}"
        people = (f"{arm['requests']:,}", f"{arm['users']:,}", _percent(arm["share"]), target)
        rows.append((name, *people, failed, f"{arm['blocked']:,}", f"{arm['fallbacks']:,}"))
    return _figures(rows)


def _how(arms: dict[str, Any]) -> list[str]:
    rows = [("arm", "p50", "p95", ">2s", "quality", LABELS["wrong_figures"], "ratings")]
    for name, arm in arms.items():
        waits = (_seconds(arm["p50_ms"]), _seconds(arm["p95_ms"]), _percent(arm["share_over_2s"]))
        rows.append((name, *waits, _quality(arm), _percent(arm["wrong_figures"]), _ratings(arm)))
    return _figures(rows)


def _proven(metrics: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what the gate has proven of the tuned model so far, and of what it has not."""
    by_state: defaultdict[str, list[str]] = defaultdict(list)
    for metric, compared in metrics.items():
        state = OPEN if compared["state"] == TOO_FEW else compared["state"]
        by_state[STATES[state]].append(LABELS[metric])
    return wrap(f"proven: {', '.join(_named(state, names) for state, names in by_state.items())}")


def _named(state: str, names: Sequence[str]) -> str:
    return f"{state} ({', '.join(names)})"


def _earlier(earlier: dict[str, Any]) -> str:
    name = earlier["name"] or shorten(str(earlier["model"] or earlier["experiment"]))
    quality = "" if earlier["quality"] is None else f", quality {earlier['quality']:.3f}"
    asked = f"{number_of(earlier['requests'], 'request')} of {number_of(earlier['users'], 'user')}"
    return f"{name}: {asked}{quality}, until {str(earlier['last'])[:16].replace('T', ' ')}"


def _figures(rows: Sequence[tuple[str, ...]]) -> list[str]:
    return table(rows, right=tuple(range(1, len(rows[0]))))


def _quality(arm: dict[str, Any]) -> str:
    return "-" if arm["quality"] is None else f"{arm['quality']:.3f}"


def _ratings(arm: dict[str, Any]) -> str:
    return f"+{arm['feedback']['liked']}/-{arm['feedback']['disliked']}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _seconds(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds / 1000:.2f}s"
