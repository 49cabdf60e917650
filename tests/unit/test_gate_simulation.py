"""However often one looks, the gate rarely promotes the worse or takes back the good, and finds harm."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest

from finrisk_ops.gate.sample_ratio import sample_ratio
from finrisk_ops.gate.verdict import HOLD, PROMOTE, ROLL_BACK
from tests.grounds.experiments import RULES, SHARES, Experiment, Model, People, binomial, run

pytestmark = pytest.mark.slow  # half a minute

RUNS = 200
EQUAL = Model()
LADDER = ((0.25, 1500), (0.5, 1500), (0.75, 1500))
HEAVY = People(users=600, zeal=1.5, likeness=0.15)


def most(share: float, runs: int = RUNS) -> int:
    """The most runs that a share of them explains, but for one simulation in a thousand."""
    below, count = 0.0, -1
    while below < 0.999:
        count += 1
        below += math.comb(runs, count) * share**count * (1 - share) ** (runs - count)
    return count


def verdicts(experiment: Experiment, runs: int = RUNS) -> Counter[str]:
    return Counter(run(experiment, f"{place} of {experiment}").verdict for place in range(runs))


@pytest.mark.parametrize("split", [0.5, 0.25])
def test_a_model_as_good_as_base_is_rarely_rolled_back_and_mostly_promoted(split: float) -> None:
    ends = verdicts(Experiment(stages=((split, 7000),)))
    assert ends[ROLL_BACK] <= most(RULES.alpha_roll_back)
    assert ends[PROMOTE] >= 0.7 * RUNS


@pytest.mark.parametrize("metric", [*SHARES, "quality"])
def test_a_model_worse_by_one_margin_alone_is_rarely_promoted(metric: str) -> None:
    worse = EQUAL.worse(**{metric: RULES.margins[metric]})
    ends = verdicts(Experiment(tuned=worse, stages=((0.5, 4000),)))
    assert ends[PROMOTE] <= most(RULES.alpha_promote)


def test_days_that_differ_and_users_who_return_in_every_stage_are_no_harm() -> None:
    ends = verdicts(Experiment(people=HEAVY, stages=LADDER, drift=0.03))
    assert ends[ROLL_BACK] <= most(RULES.alpha_roll_back)


def test_strangers_in_stages_of_days_that_differ_are_no_harm_either() -> None:
    ends = verdicts(Experiment(stages=LADDER, drift=0.03))
    assert ends[ROLL_BACK] <= most(RULES.alpha_roll_back)


def test_users_who_always_fail_do_not_hide_among_those_who_never_do() -> None:
    people = People(users=2000, likeness=0.0)
    fallen = {"errors": RULES.margins["errors"] / (1 - EQUAL.errors)}
    ends = verdicts(Experiment(people=people, fallen=fallen, stages=((0.5, 3000),)), runs=100)
    assert ends[PROMOTE] <= most(RULES.alpha_promote, 100)


@pytest.mark.parametrize(
    ("harm", "split", "within"),
    [
        ({"errors": 0.08}, 0.25, 2000),
        ({"wrong_figures": 0.05}, 0.5, 3000),
        ({"errors": 0.98}, 0.1, 100),
        ({"unanswered": 0.30}, 0.25, 500),
    ],
)
def test_harm_is_found_soon(harm: dict[str, float], split: float, within: int) -> None:
    ends = verdicts(Experiment(tuned=EQUAL.worse(**harm), stages=((split, within),)))
    assert ends[ROLL_BACK] >= 0.9 * RUNS
    assert ends[PROMOTE] == 0


def test_the_reason_of_a_rollback_names_what_got_worse() -> None:
    end = run(Experiment(tuned=EQUAL.worse(unanswered=0.3), stages=((0.25, 2000),)), 1)
    assert end.gate.reason.startswith("The tuned model is proven worse: unanswered questions 3")


def test_users_of_one_arm_who_are_lost_keep_the_gate_shut() -> None:
    ends = verdicts(Experiment(lost=0.5, stages=((0.5, 6000),)), runs=20)
    assert ends == {HOLD: 20}


def test_the_sample_ratio_is_no_false_alarm() -> None:
    """20,000 experiments of 3,000 users at three splits, looked at after every hundred."""
    runs, false = 20_000, 0
    for place in range(runs):
        chance, split, tuned = Random(place), (0.5, 0.25, 0.05)[place % 3], 0  # noqa: S311 - a simulation
        for users in range(100, 3001, 100):
            tuned += binomial(chance, 100, split)
            arms = {"tuned": {"users": tuned}, "base": {"users": users - tuned}}
            ratio = sample_ratio([{"revision": "r1", "split": split, "arms": arms}])
            if ratio is not None and ratio.users_are_missing:
                false += 1
                break
    assert false <= most(0.001, runs)
