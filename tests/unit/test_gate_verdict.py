"""The verdict: harm first, then all that makes evidence none, then what is not proven yet."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.evaluation import words as evaluation_words
from finrisk_ops.gate import betting, mixture, success
from finrisk_ops.gate.comparison import Comparison, worse_scales
from finrisk_ops.gate.needs import outlook
from finrisk_ops.gate.rules import Rules
from finrisk_ops.gate.sample import Sample
from finrisk_ops.gate.stages import Stage
from finrisk_ops.gate.verdict import HOLD, PROMOTE, ROLL_BACK, Verdict, decide
from finrisk_ops.offline import words as offline_words
from tests.grounds.experiments import ASKED_AT, RULES, Experiment, Model, looks

WEEK_LATER = "2026-11-08T00:00:01+00:00"


def evidence(requests: int = 10_000, split: float = 0.5, tuned: Model | None = None) -> dict[str, Any]:
    """What the gate sees of an experiment after so many requests."""
    experiment = Experiment(tuned=tuned or Model(), stages=((split, requests),))
    *_, (_, last) = looks(experiment, Random(8))  # noqa: S311 - a simulation
    return deepcopy(last)


def stage(**changes: Any) -> dict[str, Any]:
    """Evidence that would promote, but for what is changed in its stage."""
    changed = evidence()
    changed["stages"][-1].update(changes)
    return changed


def test_proven_not_worse_promotes_and_says_so() -> None:
    verdict = decide(evidence(), RULES)
    assert verdict.verdict == PROMOTE
    assert verdict.reason == "The tuned model is proven not worse than base by more than the margins."
    assert verdict.needed.content() == {"requests": 0, "days": 0.0}


def test_what_is_better_is_named() -> None:
    verdict = decide(evidence(tuned=Model(quality=0.86)), RULES)
    assert verdict.metrics["quality"].state == "better"
    assert verdict.reason.endswith("; better: quality.")


def test_no_difference_has_no_sign_of_a_minus() -> None:
    for signed in (evaluation_words.signed, offline_words.signed):
        for metric in ("wrong_figures", "quality"):
            assert signed(metric, -1e-9).strip("+0.") == ""
            assert signed(metric, -0.5).startswith("-")


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({**evidence(), "stages": []}, "No request was answered in the stage that runs"),
        (stage(arms={}), "No request was answered"),
        (stage(last="2026-11-29T11:40:00+00:00"), "The last request is 20 minutes old, 15 is the most"),
        (stage(last="2026-11-29T13:00:00+00:00"), "The last request came 60 minutes later"),
        (stage(split=0), "Nobody gets the tuned model"),
        (stage(until=ASKED_AT), "Nobody gets the tuned model"),
        (stage(split=1), "Everybody gets the tuned model already"),
        ({**evidence(), "running": {"revision": "r0001-ffffffff", "split": 0.5}}, "No request was answered"),
        (
            {**evidence(), "running": {"revision": "r0001-ffffffff", "split": 0}},
            "Nobody gets the tuned model",
        ),
        (stage(split=0.4), "In r0000-00000000 the tuned arm has "),
        (
            stage(since="2026-11-28T00:00:00+00:00"),
            "Proven not worse, but the experiment is younger than 7 days",
        ),
        (evidence(100), "Too little in this stage: base "),
        (evidence(1000), "Not proven yet: "),
    ],
)
def test_missing_stale_or_little_evidence_is_no_good_evidence(seen: dict[str, Any], reason: str) -> None:
    verdict = decide(seen, Rules())
    assert verdict.verdict == HOLD
    assert verdict.reason.startswith(reason)
    json.dumps(verdict.content(), allow_nan=False)


def test_a_metric_that_nobody_measured_holds_but_ratings_that_are_few_do_not() -> None:
    seen = evidence()
    for arm in seen["stages"][0]["arms"].values():
        arm["metrics"]["feedback"] = {"users": 60, "sum": 12, "squares": 12, "requests": 60, "events": 12}
    assert decide(seen, RULES).verdict == PROMOTE
    for arm in seen["stages"][0]["arms"].values():
        arm["metrics"]["feedback"]["requests"] = 100
    assert decide(seen, RULES).reason.startswith("Not proven yet: negative ratings 20.0%, base 20.0%")
    unmeasured = evidence()
    del unmeasured["stages"][0]["arms"]["tuned"]["metrics"]["slow"]
    assert "slow answers: nobody knows of both arms" in decide(unmeasured, RULES).reason


@pytest.mark.parametrize(("tuned", "expected"), [(Model(), PROMOTE), (Model(errors=0.4), ROLL_BACK)])
def test_a_deploy_that_failed_leaves_the_stage_that_runs_the_last(tuned: Model, expected: str) -> None:
    seen = evidence(tuned=tuned)
    [runs] = seen["stages"]
    revision, since = runs["revision"], "2026-11-28T00:00:00+00:00"
    failed = {**evidence(100)["stages"][0], "revision": "r0009-ffffffff", "since": since}
    seen |= {"stages": [{**runs, "until": since}, failed], "running": {"revision": revision, "split": 0.5}}
    decided = decide(seen, RULES)
    assert (decided.verdict, decided.content()["stage"]["revision"]) == (expected, revision)


def test_harm_rolls_back_though_evidence_is_stale_and_users_are_missing() -> None:
    seen = evidence(2000, tuned=Model(errors=0.4))
    seen["stages"][0].update(last="2026-11-02T00:00:00+00:00", split=0.3)
    verdict = decide(seen, RULES)
    assert verdict.verdict == ROLL_BACK
    assert verdict.reason.startswith("The tuned model is proven worse: failed requests 4")
    strict = Rules(margins=RULES.margins, alpha_roll_back=0.004)
    assert "At most 0.4% of models" in decide(seen, strict).reason
    assert verdict.sample_ratio is not None
    assert verdict.sample_ratio.users_are_missing


def test_where_sessions_are_drawn_they_are_counted_for_the_sample_ratio() -> None:
    seen = evidence()
    for units, arm in ((9000, "base"), (1000, "tuned")):
        seen["stages"][0]["arms"][arm]["units"] = units
    verdict = decide(seen, RULES)
    assert verdict.sample_ratio is not None
    assert verdict.sample_ratio.observed == 0.1
    assert verdict.verdict == HOLD


def test_harm_in_an_arm_with_few_users_is_found_by_the_exact_bets() -> None:
    verdict = decide(evidence(100, split=0.1, tuned=Model(errors=1.0)), RULES)
    assert verdict.verdict == ROLL_BACK
    assert verdict.exposure["tuned"]["users"] < 30
    assert verdict.reason.startswith("The tuned model is proven worse: failed requests 100.0%, base ")


def test_worse_by_less_than_the_margin_is_not_rolled_back() -> None:
    seen = evidence(300_000, tuned=Model().worse(errors=0.01))
    verdict = decide(seen, RULES)
    assert verdict.metrics["errors"].content()["harm_e_value"] > RULES.harm_needed
    assert verdict.verdict == PROMOTE


def test_proven_worse_but_by_less_than_the_margin_as_estimated_is_open() -> None:
    base, tuned = (Sample(6000, 6000 * share, share * (1 - share)) for share in (0.02, 0.034))
    errors = Comparison("errors", [Stage("r1", base, tuned)], RULES, False)
    assert math.exp(errors.log_worse) > RULES.harm_needed
    assert errors.state == "open"


def test_both_kinds_of_bets_have_their_part_of_the_stake_and_each_stage_has_its_part() -> None:
    base, tuned = (Sample(200, 200 * share, share * (1 - share)) for share in (0.02, 0.10))
    stages = [Stage("r1", base, tuned), Stage("r2", base, tuned)]
    errors = Comparison("errors", stages, RULES, False)
    assert errors.total is not None
    exact = math.exp(betting.log_e_worse(base, tuned))
    normal = math.exp(
        mixture.log_e(errors.total.estimate, errors.total.variance(), worse_scales("errors", RULES))
    )
    assert math.exp(errors.log_worse) == pytest.approx(normal * 3 / 4 + exact / 8 + exact / 24)


def test_the_content_is_what_an_evaluation_holds() -> None:
    content = decide(evidence(), RULES).content()
    assert set(content) == {
        "verdict",
        "reason",
        "stage",
        "metrics",
        "sample_ratio",
        "exposure",
        "needed",
    }
    errors = content["metrics"]["errors"]
    assert set(errors) == {
        "base",
        "tuned",
        "difference",
        "interval",
        "margin",
        "e_value",
        "harm_e_value",
        "state",
    }
    low, high = errors["interval"]
    assert low < errors["difference"] < high < errors["margin"]
    assert errors["difference"] == pytest.approx(errors["tuned"] - errors["base"], abs=2e-5)
    assert content["stage"]["experiment"] == "simulated"


def test_the_same_evidence_gives_the_same_bytes() -> None:
    seen = evidence(3000)
    again = json.loads(json.dumps(seen))
    assert json.dumps(decide(seen, RULES).content()) == json.dumps(decide(again, RULES).content())


def test_the_interval_turns_the_proof_around() -> None:
    seen = evidence(3000)
    for metric, comparison in decide(seen, RULES).metrics.items():
        if comparison.interval is not None:
            low, high = comparison.interval
            bad = -low if metric == "quality" else high
            proven = {"better", "not_worse"}
            assert (comparison.state in proven) == (bad <= comparison.margin)


def test_what_is_needed_is_about_what_it_then_takes() -> None:
    """After a fifth of what promotion takes the forecast is of the right size."""
    early = decide(evidence(2000), RULES)
    assert early.verdict == HOLD
    assert 500 <= early.needed.requests <= 12_000
    assert early.needed.days == pytest.approx(early.needed.requests / 300, rel=0.01)
    quiet = evidence(2000)
    quiet["present_rate"]["requests_per_day"] = 0.0
    assert decide(quiet, RULES).needed.content()["days"] is None


@pytest.mark.parametrize(
    ("share", "metric", "split", "half", "nine"),
    [  # measured by a simulation of 1,000 experiments
        (0.01, "errors", 0.50, 1650, 2600),
        (0.01, "errors", 0.25, 2500, 4150),
        (0.01, "errors", 0.10, 5500, 9050),
        (0.02, "errors", 0.50, 2300, 4200),
        (0.05, "slow", 0.50, 2000, 3800),
        (0.20, "feedback", 0.50, 1900, 4350),
    ],
)
def test_the_outlook_is_what_experiments_took(
    share: float, metric: str, split: float, half: int, nine: int
) -> None:
    told = outlook(share, metric, split, 300, Rules())
    assert told.requests == pytest.approx(half, rel=0.35)
    assert told.requests_nine_in_ten == pytest.approx(nine, rel=0.35)
    assert told.days == pytest.approx(told.requests_nine_in_ten / 300)
    assert 0 < told.smallest_harm < 0.2


def lines(
    verdict: Verdict, usable: int | None = 1200, jobs: tuple[str, ...] = ("ACTIVE",)
) -> list[success.Line]:
    told: list[success.Line] = success.lines(verdict, usable, 1000, jobs)
    return told


def test_the_six_lines_are_met_where_all_is_proven() -> None:
    told = lines(decide(evidence(20_000, tuned=Model(slow=0.03)), RULES))
    assert [line.state for line in told] == [success.MET] * 6
    quality = told[2]
    assert quality.target == "not below base (margin 0.02)"
    assert quality.figure.startswith("0.")
    assert quality.figure.endswith(": better is not proven")
    assert told[4].figure.endswith("% take longer")


def test_the_six_lines_do_not_know_what_is_not_proven() -> None:
    told = lines(decide(evidence(1000), RULES), usable=None, jobs=())
    assert [line.state for line in told[:4]] == [success.UNKNOWN] * 4
    assert told[3].figure.endswith(": not proven yet")
    assert told[5].state != success.MET


def test_the_six_lines_say_that_harm_is_proven() -> None:
    told = lines(decide(evidence(2000, tuned=Model(errors=0.3)), RULES))
    assert told[3].state == success.NOT_MET
    assert told[3].figure.endswith(": worse is proven")
    assert told[5].figure == "no, a finding says roll back"


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"margins": {"haste": 0.1}}, "finrisk_margins names haste, which is no metric"),
        ({"margins": {"errors": 0.0}}, "finrisk_margins.errors is 0: set a share between 0 and 1"),
        ({"alpha_promote": 0.5}, "finrisk_alpha_promote is 0.5: set a rate above 0"),
        ({"alpha_roll_back": 0.0}, "finrisk_alpha_rollback is 0: set a rate above 0"),
    ],
)
def test_rules_that_mean_nothing_are_refused(rules: dict[str, Any], message: str) -> None:
    with pytest.raises(FinriskError, match=message):
        Rules(**rules)
