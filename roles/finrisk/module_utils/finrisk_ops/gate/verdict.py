"""The gate's verdict on the evidence of an experiment: promote, hold or roll back, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from . import anchors, words
from .comparison import BETTER, NOT_WORSE, WORSE, Comparison
from .labels import alike_labelled
from .needs import Needs, age_in_days, needs
from .rules import FEWEST_RATINGS, HIGHER_IS_BETTER, OPTIONAL, Rules
from .sample import sample
from .sample_ratio import SampleRatio, sample_ratio
from .stages import Stage

PROMOTE, HOLD, ROLL_BACK = "promote", "hold", "roll_back"
ARMS = ("base", "tuned")


@dataclass(frozen=True)
class Verdict:
    """What to do with the tuned model now, why, and all that it rests on."""

    verdict: str
    tell: Callable[[], str] = field(repr=False)
    """Gives the reason: words are made for who reads them."""
    stage: Mapping[str, Any] | None
    metrics: Mapping[str, Comparison]
    sample_ratio: SampleRatio | None
    exposure: Mapping[str, Mapping[str, int]]
    lack: Callable[[], Needs] = field(repr=False)

    @cached_property
    def reason(self) -> str:
        """Why, in words."""
        return self.tell()

    @cached_property
    def needed(self) -> Needs:
        """What a decision still needs; nothing where there is one."""
        return self.lack() if self.verdict == HOLD else Needs(0, 0.0)

    def content(self) -> dict[str, Any]:
        """Return it as JSON: what an evaluation says beside its inputs and versions."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "stage": self.stage,
            "metrics": {name: each.content() for name, each in self.metrics.items()},
            "sample_ratio": None if self.sample_ratio is None else self.sample_ratio.content(),
            "exposure": self.exposure,
            "needed": self.needed.content(),
        }


def decide(evidence: Mapping[str, Any], rules: Rules) -> Verdict:
    """Return the verdict on the evidence, a document as ``inputs`` of an evaluation holds it.

    ``experiment``, ``asked_at``, ``present_rate`` {requests_per_day} and ``stages``, the oldest first, each
    with ``revision``, ``split``, ``since``, ``until``, ``last`` and ``arms`` {base, tuned} of {users,
    requests, metrics}, and perhaps ``anchors`` (see ``anchors.moved``); a metric is ``users``, ``sum`` and
    ``squares`` of the users' own means, and may have ``shared`` and ``labels``. The same evidence and
    rules always give the same verdict.

    Raises:
        FinriskError: Sums that no means in 0..1 have.
    """
    evidence = as_it_runs(evidence)
    metrics = {metric: _comparison(metric, evidence, rules) for metric in rules.margins}
    ratio = sample_ratio(evidence["stages"])
    exposure = _exposure(evidence["stages"])
    required = [each for each in metrics.values() if _is_required(each.metric, evidence)]
    lack = cache(lambda: needs(evidence, exposure, required, rules))
    verdict, tell = _decision(evidence, rules, metrics, required, ratio, exposure, lack)
    return Verdict(verdict, tell, _stage(evidence), metrics, ratio, exposure, lack)


def as_it_runs(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the evidence with the stage that runs as the last one, as it is after most releases.

    A deploy that failed put the revision before back, and left requests in a stage of its own.
    """
    revision = evidence.get("running", {}).get("revision")
    stages = sorted(evidence["stages"], key=lambda stage: bool(stage["revision"] == revision))
    if not stages or stages[-1]["revision"] != revision:
        return evidence
    return {**evidence, "stages": [*stages[:-1], {**stages[-1], "until": None}]}


def _decision(
    evidence: Mapping[str, Any],
    rules: Rules,
    metrics: Mapping[str, Comparison],
    required: Sequence[Comparison],
    ratio: SampleRatio | None,
    exposure: Mapping[str, Mapping[str, int]],
    lack: Callable[[], Needs],
) -> tuple[str, Callable[[], str]]:
    """Return verdict and reason; harm comes first, then all that makes evidence none, then what is open."""
    if evidence.get("running", {}).get("split") == 0:
        return HOLD, lambda: words.NOBODY
    if not _has_begun(evidence) or not any(arm["requests"] for arm in exposure.values()):
        return HOLD, lambda: words.NO_EVIDENCE
    stage = evidence["stages"][-1]
    if stage["split"] == 0 or stage["until"] is not None:
        return HOLD, lambda: words.NOBODY
    if harm := [each for each in metrics.values() if each.state == WORSE]:
        return ROLL_BACK, lambda: words.harm(harm, rules)
    if anchors.moved(evidence):
        return HOLD, lambda: words.moved_judge(anchors.told(evidence["anchors"]))
    if abs(age := _age(evidence["asked_at"], stage["last"])) > timedelta(minutes=rules.fresh_minutes):
        return HOLD, lambda: words.stale(age, rules)
    if ratio is not None and ratio.users_are_missing:
        return HOLD, lambda: words.missing_users(ratio)
    if stage["split"] == 1:
        return HOLD, lambda: words.EVERYBODY
    if few := words.few(exposure, rules):
        return HOLD, lambda: few
    if unproven := [each for each in required if each.state not in {BETTER, NOT_WORSE}]:
        return HOLD, lambda: words.unproven(unproven, lack())
    if age_in_days(evidence) < rules.days:
        return HOLD, lambda: words.young(lack(), rules)
    return PROMOTE, lambda: words.proven(required)


def _has_begun(evidence: Mapping[str, Any]) -> bool:
    """Say whether somebody has asked in the stage that runs."""
    stages = evidence["stages"]
    running = evidence.get("running")
    return bool(stages) and (running is None or running["revision"] == stages[-1]["revision"])


def _comparison(metric: str, evidence: Mapping[str, Any], rules: Rules) -> Comparison:
    """Return the comparison by a metric over the stages in which both arms have it."""
    higher = metric in HIGHER_IS_BETTER
    stages = []
    for stage in evidence["stages"]:
        found = [stage["arms"].get(arm, {}).get("metrics", {}).get(metric) for arm in ARMS]
        base, tuned = (
            sample(each, higher_is_better=higher) if each else None for each in alike_labelled(found)
        )
        if base is not None and tuned is not None:
            stages.append(Stage(stage["revision"], base, tuned))
    return Comparison(metric, stages, rules, higher)


def _is_required(metric: str, evidence: Mapping[str, Any]) -> bool:
    """Say whether the metric must be proven; ratings must be once there are enough of them."""
    if metric not in OPTIONAL:
        return True
    arms = [arm for stage in evidence["stages"] for arm in stage["arms"].values()]
    return sum(int(arm["metrics"].get(metric, {}).get("requests", 0)) for arm in arms) >= FEWEST_RATINGS


def _exposure(stages: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return requests and users of each arm in the stage that runs."""
    arms = stages[-1]["arms"] if stages else {}
    return {arm: {key: int(arms.get(arm, {}).get(key, 0)) for key in ("requests", "users")} for arm in ARMS}


def _stage(evidence: Mapping[str, Any]) -> dict[str, Any] | None:
    if not evidence["stages"]:
        return None
    stage = evidence["stages"][-1]
    return {
        "experiment": evidence["experiment"],
        **{key: stage[key] for key in ("revision", "split", "since")},
    }


def _age(asked_at: str, moment: str) -> timedelta:
    return datetime.fromisoformat(asked_at) - datetime.fromisoformat(moment)
