"""Where the tuned arm does worse than base: slower, worse or fewer answers, more errors or fallbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from finrisk_rules.arms import SLOW_MS

from ..counts import breakdown
from .finding import Finding
from .success import enough, errors_are_more, quality_is_worse

SLOWER = 1.2  # times the base arm's p95
SLOW_SHARE_MARGIN = 0.03
FALLBACK_SHARE = 0.05
FEWEST_RATINGS = 20
DISLIKE_MARGIN = 0.05
BLOCKED_MARGIN = 0.02


def findings(data: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    """Return the findings; none where an arm had too few requests."""
    arms = (data["experiment"] or {"arms": {}})["arms"]
    base, tuned = arms.get("base"), arms.get("tuned")
    if tuned is None or not enough(tuned) or _is_rolled_back(data):
        return []
    result = _fallbacks(data, tuned, play)
    if tuned["p95_ms"] is None:  # it answered nothing itself
        return result
    if base is None or not enough(base) or base["p95_ms"] is None:
        return result + _alone(tuned, play)
    for compare in (_slower, _worse, _disliked, _failing, _blocking):
        result += compare(base, tuned, play)
    return result


def versions(data: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    """Return a finding for each model in use that answered as another version within the last seven days."""
    configuration = data["configuration"]
    in_use = {configuration.get("BASE_MODEL"): "base", configuration.get("FINETUNED_MODEL_NAME"): "tuned"}
    result = []
    for model, arm in in_use.items():
        rows = [row for row in data["traffic"]["model_versions"] if model and row["model"] == model]
        if len(rows) < 2:
            continue
        before, now = rows[-2], rows[-1]
        result.append(
            Finding(
                about="model version",
                what=f"The {arm} model {model} answers as {now['version']} since {now['first_seen']}, "
                f"before as {before['version']}: Google moved the model behind its name.",
                causes=[
                    "judge the experiment by what came after that; earlier figures are of another model",
                    "worse since then: name a model that stays in finrisk_base_model, tune it, and deploy",
                ],
                command=play("status.yml -e finrisk_format=json") + " | jq .traffic.model_versions",
            )
        )
    return result


def _is_rolled_back(data: dict[str, Any]) -> bool:
    """Whether base serves everybody after a release that did not: what the tuned arm did is then over."""
    return bool(data["configuration"].get("revision")) and data["traffic"]["split"] == 0


def _slower(base: dict[str, Any], tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    slower = tuned["p95_ms"] > SLOWER * base["p95_ms"] and tuned["p95_ms"] - base["p95_ms"] > 100
    over = tuned["share_over_2s"] > base["share_over_2s"] + SLOW_SHARE_MARGIN
    if not slower and not over:
        return []
    return [
        Finding(
            about="latency",
            what=f"The tuned model is slower than base: p95 {_seconds(tuned['p95_ms'])} against "
            f"{_seconds(base['p95_ms'])}, over 2 s {tuned['share_over_2s']:.0%} against "
            f"{base['share_over_2s']:.0%}.",
            causes=[
                "the model was just loaded: deploy warms it up, watch it for an hour",
                "a Flash model is faster than a Pro model: choose another base model for the next tuning",
            ],
            command=play("rollback.yml" if over or tuned["p95_ms"] >= SLOW_MS else "status.yml"),
        )
    ]


def _alone(tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    if tuned["p95_ms"] < SLOW_MS:
        return []
    return [
        Finding(
            about="latency",
            what=f"The tuned model is slow: p95 {_seconds(tuned['p95_ms'])}, over 2 s "
            f"{tuned['share_over_2s']:.0%}. No base traffic is there to compare with.",
            causes=["the model was just loaded", "the provider is slow today"],
            command=play("deploy.yml -e finrisk_ab_ratio=50"),
        )
    ]


def _worse(base: dict[str, Any], tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    if not quality_is_worse(base, tuned):
        return []
    return [_about_quality(f"mean quality {tuned['quality']:.3f} against {base['quality']:.3f}", play)]


def _disliked(base: dict[str, Any], tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    shares = [_disliked_share(arm) for arm in (base, tuned)]
    if None in shares or shares[1] <= shares[0] + DISLIKE_MARGIN:  # type: ignore[operator]  # None is ruled out
        return []
    return [_about_quality(f"{shares[1]:.0%} of its ratings are bad against {shares[0]:.0%}", play)]


def _about_quality(figures: str, play: Callable[[str], str]) -> Finding:
    again = " && ".join(play(name) for name in ("export.yml", "prepare.yml", "tune.yml"))
    return Finding(
        about="quality",
        what=f"The tuned model's answers are worse than base: {figures}.",
        causes=[
            "too few or too similar examples: collect 5,000 or more, then tune again",
            "too few epochs: try -e finrisk_epochs=10",
            f"after that: {again}",
        ],
        command=play("rollback.yml"),
    )


def _failing(base: dict[str, Any], tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    if not errors_are_more(base, tuned):
        return []
    kinds = breakdown({kind: count for kind, count in tuned["errors"].items() if count})
    return [
        Finding(
            about="errors",
            what=f"The tuned model fails more often than base: {tuned['error_rate']:.1%} of its requests "
            f"({kinds}) against {base['error_rate']:.1%}.",
            causes=["users get base answers instead, as long as base answers"],
            command=play("rollback.yml"),
        )
    ]


def _blocking(base: dict[str, Any], tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    if tuned["blocked_rate"] <= base["blocked_rate"] + BLOCKED_MARGIN:
        return []
    return [
        Finding(
            about="unanswered",
            what="The tuned model leaves more questions unanswered than base: "
            f"{tuned['blocked_rate']:.1%} of its requests were blocked, refused or cut by length, against "
            f"{base['blocked_rate']:.1%}.",
            causes=[
                "users get base answers instead, as long as base answers them",
                "block_reason in analyses tells which; for length raise finrisk_max_output_tokens, "
                "or train on shorter answers",
            ],
            command=play("rollback.yml"),
        )
    ]


def _fallbacks(data: dict[str, Any], tuned: dict[str, Any], play: Callable[[str], str]) -> list[Finding]:
    reasons = {reason: n for reason, n in data["traffic"]["fallback_reasons"].items() if reason != "blocked"}
    failures = sum(reasons.values())  # what the tuned model would not answer is told apart
    if failures <= FALLBACK_SHARE * tuned["requests"]:
        return []
    return [
        Finding(
            about="A/B test",
            what=f"{failures} of {tuned['requests']} requests of the tuned arm were answered by base: "
            f"{breakdown(reasons)}.",
            causes=["the tuned model's endpoint fails or is gone; see the errors below Recent"],
            command=play("rollback.yml"),
        )
    ]


def _disliked_share(arm: dict[str, Any]) -> float | None:
    liked, disliked = arm["feedback"]["liked"], arm["feedback"]["disliked"]
    return disliked / (liked + disliked) if liked + disliked >= FEWEST_RATINGS else None


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.2f} s"
