"""What is wrong with a model: the gate has proven it worse than base, it is slow, or another one now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from finrisk_rules.arms import SLOW_MS

from ..gate.comparison import WORSE
from ..gate.verdict import ROLL_BACK
from ..gate.words import NAMES, size, value
from .finding import Finding, Play

FEWEST_REQUESTS = 30
"""Of an arm in 24 hours: with fewer a figure says little."""

_UNTIL_THEN = "users get base answers instead, as long as base answers"
_TOO_LITTLE = [
    "too few or too similar examples: collect 5,000 or more, then tune again",
    "too few epochs: try -e finrisk_epochs=10",
]
_HARM = {
    "errors": ("errors", ["its endpoint fails or is gone; see the errors below Recent", _UNTIL_THEN]),
    "unanswered": (
        "unanswered",
        [
            _UNTIL_THEN,
            "block_reason in analyses tells which; for length raise finrisk_max_output_tokens, "
            "or train on shorter answers",
        ],
    ),
    "slow": (
        "latency",
        [
            "the model was just loaded: deploy warms it up, watch it for an hour",
            "a Flash model is faster than a Pro model: choose another base model for the next tuning",
        ],
    ),
    "wrong_figures": ("quality", _TOO_LITTLE),
    "quality": ("quality", _TOO_LITTLE),
    "feedback": ("quality", _TOO_LITTLE),
}
"""By metric, what a finding is about, and causes."""


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the findings; none once base serves everybody: what the tuned arm did is then over."""
    evaluation = data["evaluation"]
    if evaluation is None or not data["traffic"]["split"]:
        return []
    result = []
    if evaluation["verdict"] == ROLL_BACK:
        result = [
            _worse(name, each, play) for name, each in evaluation["metrics"].items() if each["state"] == WORSE
        ]
    elif data["traffic"]["split"] == 1:
        result = _alone(data["traffic"]["arms"].get("tuned"), play)
    return [replace(finding, of_tuned=True) for finding in result]


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


def _worse(metric: str, compared: dict[str, Any], play: Play) -> Finding:
    """Return the finding for a metric that is proven worse."""
    about, causes = _HARM[metric]
    tuned, base = (value(metric, compared[arm]) for arm in ("tuned", "base"))
    again = " && ".join(play(name) for name in ("export.yml", "prepare.yml", "tune.yml"))
    return Finding(
        about=about,
        what=f"The tuned model is proven worse: {NAMES[metric]} {tuned}, base {base} "
        f"(margin {size(metric, compared['margin'])}).",
        causes=[*causes, f"after that: {again}"] if causes is _TOO_LITTLE else causes,
        command=play("rollback.yml"),
    )


def _alone(tuned: dict[str, Any] | None, play: Play) -> list[Finding]:
    """Return a finding where everybody gets a tuned model that is slow, and base answers nobody."""
    if tuned is None or tuned["requests"] < FEWEST_REQUESTS or (tuned["p95_ms"] or 0) < SLOW_MS:
        return []
    return [
        Finding(
            about="latency",
            what=f"The tuned model is slow: p95 {tuned['p95_ms'] / 1000:.2f} s, over 2 s "
            f"{tuned['share_over_2s']:.0%}. No base traffic is there to compare with.",
            causes=["the model was just loaded", "the provider is slow today"],
            command=play("deploy.yml -e finrisk_ab_ratio=50"),
        )
    ]
