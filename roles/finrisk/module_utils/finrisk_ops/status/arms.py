"""Where the tuned arm does worse than base: slower, worse or fewer answers, more errors or fallbacks.

A comparison is a finding only when ``evidence`` says so; the figures beside it are those of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from finrisk_rules.arms import SLOW_MS

from ..counts import breakdown, number_of
from . import evidence
from .finding import Finding, Play
from .success import enough

Arm = dict[str, Any]


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the findings; none once base serves everybody: what the tuned arm did is then over."""
    experiment = data["experiment"]
    if experiment is None or not data["traffic"]["split"]:
        return []
    compared = experiment["evidence"]
    if compared is None:
        return [_unknown(experiment["evidence_problem"], play)]
    result = _worse_than_base(compared, experiment["together"], play)
    if data["traffic"]["split"] == 1 and not any(finding.about == "latency" for finding in result):
        result += _alone(data["traffic"]["arms"].get("tuned"), play)
    return [replace(finding, of_tuned=True) for finding in result]


def _worse_than_base(compared: dict[str, Any], together: dict[str, Arm], play: Play) -> list[Finding]:
    """Return a finding for each comparison that is one, with the figures of the time that is compared."""
    base, tuned = together.get("base"), together.get("tuned")
    if base is None or tuned is None:
        return []
    result = [tell(base, tuned, play) for name, tell in _TELL.items() if compared[name]["found"]]
    if compared[evidence.SLOW]["found"] or compared[evidence.LATENCY]["found"]:
        rolls_back = compared[evidence.SLOW]["found"] or (tuned["p95_ms"] or 0) >= SLOW_MS
        result.append(_slower(base, tuned, play, rolls_back=rolls_back))
    return result


def versions(data: dict[str, Any], play: Play) -> list[Finding]:
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


def _unknown(problem: str, play: Play) -> Finding:
    return Finding(
        about="A/B test",
        what=f"Whether the tuned model is worse than base is not known: {problem}.",
        causes=["the figures of both arms stand under Experiment"],
        command=play("status.yml"),
    )


def _fallbacks(base: Arm, tuned: Arm, play: Play) -> Finding:
    del base
    kinds = breakdown({kind: count for kind, count in tuned["errors"].items() if count})
    return Finding(
        about="A/B test",
        what=f"{tuned['fallbacks']:,} of {number_of(tuned['requests'], 'request')} of the tuned arm were "
        f"answered by base{': ' if kinds else ''}{kinds}.",
        causes=["the tuned model's endpoint fails or is gone; see the errors below Recent"],
        command=play("rollback.yml"),
    )


def _failing(base: Arm, tuned: Arm, play: Play) -> Finding:
    kinds = breakdown({kind: count for kind, count in tuned["errors"].items() if count})
    return Finding(
        about="errors",
        what=f"The tuned model fails more often than base: {_share(tuned['error_rate'])} of its requests "
        f"({kinds or 'none'}) against {_share(base['error_rate'])}.",
        causes=["users get base answers instead, as long as base answers"],
        command=play("rollback.yml"),
    )


def _blocking(base: Arm, tuned: Arm, play: Play) -> Finding:
    return Finding(
        about="unanswered",
        what="The tuned model leaves more questions unanswered than base: "
        f"{_share(tuned['blocked_rate'])} of its requests were blocked, refused or cut by length, against "
        f"{_share(base['blocked_rate'])}.",
        causes=[
            "users get base answers instead, as long as base answers them",
            "block_reason in analyses tells which; for length raise finrisk_max_output_tokens, "
            "or train on shorter answers",
        ],
        command=play("rollback.yml"),
    )


def _worse(base: Arm, tuned: Arm, play: Play) -> Finding:
    return _about_quality(f"mean quality {_mean(tuned)} against {_mean(base)}", play)


def _disliked(base: Arm, tuned: Arm, play: Play) -> Finding:
    figures = f"{_disliked_share(tuned)} of its ratings are bad against {_disliked_share(base)}"
    return _about_quality(figures, play)


def _about_quality(figures: str, play: Play) -> Finding:
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


_TELL: dict[str, Callable[[Arm, Arm, Play], Finding]] = {
    evidence.FALLBACKS: _fallbacks,
    evidence.QUALITY: _worse,
    evidence.RATINGS: _disliked,
    evidence.ERRORS: _failing,
    evidence.UNANSWERED: _blocking,
}


def _slower(base: Arm, tuned: Arm, play: Play, *, rolls_back: bool) -> Finding:
    return Finding(
        about="latency",
        what=f"The tuned model is slower than base: p95 {_seconds(tuned['p95_ms'])} against "
        f"{_seconds(base['p95_ms'])}, over 2 s {_percent(tuned['share_over_2s'])} against "
        f"{_percent(base['share_over_2s'])}.",
        causes=[
            "the model was just loaded: deploy warms it up, watch it for an hour",
            "a Flash model is faster than a Pro model: choose another base model for the next tuning",
        ],
        command=play("rollback.yml" if rolls_back else "status.yml"),
    )


def _alone(tuned: Arm | None, play: Play) -> list[Finding]:
    """Return a finding where everybody gets a tuned model that is slow, and base answers nobody."""
    if tuned is None or not enough(tuned) or (tuned["p95_ms"] or 0) < SLOW_MS:
        return []
    return [
        Finding(
            about="latency",
            what=f"The tuned model is slow: p95 {_seconds(tuned['p95_ms'])}, over 2 s "
            f"{_percent(tuned['share_over_2s'])}. No base traffic is there to compare with.",
            causes=["the model was just loaded", "the provider is slow today"],
            command=play("deploy.yml -e finrisk_ab_ratio=50"),
        )
    ]


def _disliked_share(arm: Arm) -> str:
    liked, disliked = arm["feedback"]["liked"], arm["feedback"]["disliked"]
    return _percent(disliked / (liked + disliked) if liked + disliked else None)


def _mean(arm: Arm) -> str:
    return "unknown" if arm["quality"] is None else f"{arm['quality']:.3f}"


def _share(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.0%}"


def _seconds(milliseconds: float | None) -> str:
    return "no answer" if milliseconds is None else f"{milliseconds / 1000:.2f} s"
