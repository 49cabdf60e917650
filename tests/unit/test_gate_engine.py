"""The gate's formulas give what other people's programs and plain integration give."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.gate import betting, mixture
from finrisk_ops.gate.comparison import Comparison
from finrisk_ops.gate.labels import Judged, Labels, corrected
from finrisk_ops.gate.rules import Rules
from finrisk_ops.gate.sample import Return, Sample, sample
from finrisk_ops.gate.stages import Difference, Stage


def integral(function: Callable[[float], float], low: float, high: float, steps: int = 20_000) -> float:
    """Simpson's rule."""
    width = (high - low) / steps
    inner = sum((4 if step % 2 else 2) * function(low + step * width) for step in range(1, steps))
    return (function(low) + inner + function(high)) * width / 3


def of_shares(users: int, bad: float) -> Sample:
    """An arm of which so many users of one request met something bad."""
    arm = sample({"users": users, "sum": bad, "squares": bad}, higher_is_better=False)
    assert arm is not None
    return arm


@pytest.mark.parametrize(
    ("excess", "variance", "scale", "golden"),
    [
        (0.02, 0.00004, 2000.0, 4.020259741824098),  # scipy 1.17.1
        (-0.01, 0.0001, 500.0, -2.1574218689510216),
        (0.05, 0.0002, 100.0, 4.854453298903384),
    ],
)
def test_the_mixture_is_the_mean_of_bets_by_half_a_normal(
    excess: float, variance: float, scale: float, golden: float
) -> None:
    information = 1 / variance
    score = information * excess

    def bet(theta: float) -> float:
        weight = math.sqrt(2 * scale / math.pi) * math.exp(-scale * theta * theta / 2)
        return weight * math.exp(theta * score - theta * theta * information / 2)

    assert mixture.log_e(excess, variance, [scale]) == pytest.approx(golden, rel=1e-9)
    assert mixture.log_e(excess, variance, [scale]) == pytest.approx(
        math.log(integral(bet, 0, 12 / math.sqrt(scale))), rel=1e-6
    )


@pytest.mark.parametrize(
    ("information", "boundary"),
    [(50.0, 34.84269832749955), (500.0, 64.11984814345428), (5000.0, 202.27501207114864)],  # ville 0.1.0
)
def test_the_mixture_is_worth_twenty_on_the_boundary_of_another_program(
    information: float, boundary: float
) -> None:
    log = mixture.log_e(boundary / information, 1 / information, [200.0])
    assert math.exp(log) == pytest.approx(20, rel=1e-9)


@pytest.mark.parametrize(
    ("base", "tuned", "golden"),
    [
        ((90, 2), (10, 10), 22.867764921093542),  # scipy 1.17.1
        ((1500, 30), (500, 50), 19.070076632753114),
        ((1500, 30), (500, 5), -7.225534616633553),
        ((40, 1.5), (30, 6.25), -1.426523319695523),
    ],
)
def test_the_exact_bets_are_a_mixture_of_all_shares_over_the_likeliest_that_are_not_worse(
    base: tuple[int, float], tuned: tuple[int, float], golden: float
) -> None:
    def mixed(users: int, bad: float) -> float:
        """Beta(1/2, 1/2) is the share sin^2 of an angle that is drawn evenly."""
        return integral(
            lambda angle: math.sin(angle) ** (2 * bad) * math.cos(angle) ** (2 * (users - bad)) * 2 / math.pi,
            0,
            math.pi / 2,
        )

    def likelihood(share: float, users: int, bad: float) -> float:
        return bad * math.log(share) + (users - bad) * math.log1p(-share)

    grid = [place / 2000 for place in range(1, 2000)]
    likeliest = max(
        likelihood(share, *base) + likelihood(min(share, tuned[1] / tuned[0]), *tuned) for share in grid
    )
    log = betting.log_e_worse(of_shares(*base), of_shares(*tuned))
    assert log == pytest.approx(golden, rel=1e-9)
    assert log == pytest.approx(math.log(mixed(*base)) + math.log(mixed(*tuned)) - likeliest, abs=0.02)


@pytest.mark.parametrize(
    ("tuned", "users", "split", "golden"),
    [
        (50, 100, 0.5, -0.091244111590143),
        (100, 200, 0.25, 8.761956485781795),
        (180, 1000, 0.25, 8.640002456268803),
    ],
)
def test_the_sample_ratio_is_a_bet_on_each_new_user(
    tuned: int, users: int, split: float, golden: float
) -> None:
    stake, seen, all_ = 0.0, 500 * split, 500.0
    for place in range(users):
        is_tuned = place < tuned
        chance = seen / all_ if is_tuned else 1 - seen / all_
        stake += math.log(chance / (split if is_tuned else 1 - split))
        seen, all_ = seen + is_tuned, all_ + 1
    assert betting.log_e_ratio(tuned, users, split) == pytest.approx(golden, rel=1e-8)
    assert stake == pytest.approx(golden, rel=1e-8)


def test_labels_correct_the_judge_as_another_program_does() -> None:
    """ppi-python 0.2.3: ppi_mean_pointestimate and ppi_mean_ci, of numbers from numpy's default_rng(7)."""
    judged = Judged(460, 362.95637580411363, 290.24457904952607)
    labels = Labels(
        60, 42.835025325557424, 31.252405879938085, 46.74387643169505, 36.88300835987423, 33.861512348399195
    )
    mean, variance = corrected(judged, labels)
    assert mean == pytest.approx(0.72360752, abs=2e-4)
    assert math.sqrt(variance / 460) == pytest.approx(0.00800513, rel=0.02)


def test_a_judge_who_is_wrong_by_a_tenth_is_put_right_by_labels() -> None:
    chance = Random(5)  # noqa: S311 - a simulation
    truth = [min(max(chance.gauss(0.7, 0.1), 0), 1) for _ in range(2000)]
    judge = [min(max(value + 0.1 + chance.gauss(0, 0.03), 0), 1) for value in truth]
    own, scores = truth[:100], judge[:100]
    statistics: dict[str, Any] = {
        "users": 2000,
        "sum": sum(judge),
        "squares": sum(score**2 for score in judge),
        "labels": {
            "users": 100,
            "label": sum(own),
            "label_squares": sum(label**2 for label in own),
            "judge": sum(scores),
            "judge_squares": sum(score**2 for score in scores),
            "products": sum(label * score for label, score in zip(own, scores, strict=True)),
        },
    }
    corrected_loss = sample(statistics, higher_is_better=True)
    judged_loss = sample({**statistics, "labels": None}, higher_is_better=True)
    assert corrected_loss is not None
    assert judged_loss is not None
    assert corrected_loss.mean == pytest.approx(0.3, abs=0.01)
    assert judged_loss.mean == pytest.approx(0.2, abs=0.01)
    assert corrected_loss.variance < 2000 * 0.01 / 100  # better than a hundred labels alone
    assert corrected_loss.labelled == 100
    few = {**statistics, "labels": {**statistics["labels"], "users": 29}}
    assert sample(few, higher_is_better=True) == judged_loss


@pytest.mark.parametrize(("number", "state"), [(30, "open"), (300, "open"), (3000, "not_worse")])
def test_labels_that_are_all_alike_prove_as_much_as_so_many_users(number: int, state: str) -> None:
    """Thirty times "good" of a reviewer, or by luck, are no proof, however many users the judge scored."""
    judged = {"users": 6000, "sum": 4800.0, "squares": 3900.0}
    labels = {
        "users": number,
        "label": float(number),
        "label_squares": float(number),
        "judge": 0.8 * number,
        "judge_squares": 0.65 * number,
        "products": 0.8 * number,
    }
    arm = sample({**judged, "labels": labels}, higher_is_better=True)
    assert arm is not None
    assert Comparison("quality", [Stage("r1", arm, arm)], Rules(), True).state == state


@pytest.mark.parametrize(("users", "bad", "margin"), [(100, 3, 0.02), (1000, 0, 0.02), (50, 50, 0.05)])
def test_of_one_request_a_user_the_variances_are_those_of_shares(users: int, bad: int, margin: float) -> None:
    arm = of_shares(users, bad)
    share = (bad + 1) / (users + 2)
    worse = min(share + margin, 1)
    assert arm.cautious_variance == pytest.approx(share * (1 - share))
    assert arm.variance_if_worse(margin) == pytest.approx(worse * (1 - worse))


def test_quality_is_the_loss_turned_around() -> None:
    values = [0.9, 0.7, 0.4]
    quality = sample(
        {"users": 3, "sum": 2.0, "squares": sum(value**2 for value in values)}, higher_is_better=True
    )
    losses = [1 - value for value in values]
    assert quality is not None
    assert quality.sum == pytest.approx(sum(losses))
    assert quality.variance == pytest.approx(sum((loss - 1 / 3) ** 2 for loss in losses) / 2)


@pytest.mark.parametrize("statistics", [(10, 12.0, 11.0), (10, -1.0, 1.0), (10, 5.0, 6.0), (10, 5.0, 1.0)])
def test_sums_that_no_means_have_are_refused(statistics: tuple[int, float, float]) -> None:
    with pytest.raises(FinriskError, match=r"no means in 0\.\.1 have"):
        sample(dict(zip(("users", "sum", "squares"), statistics, strict=True)), higher_is_better=False)


def pooled(old: dict[int, float], new: dict[int, float], known: bool) -> Difference:
    """Two stages whose tuned arm had these users' means; base had other users in each."""
    base = Sample(100, 20.0, 0.04)
    means = [sum(stage.values()) / len(stage) for stage in (old, new)]
    both = old.keys() & new.keys()
    products = sum((old[user] - means[0]) * (new[user] - means[1]) for user in both)
    arms = [
        Sample(
            len(stage),
            sum(stage.values()),
            sum((value - mean) ** 2 for value in stage.values()) / (len(stage) - 1),
        )
        for stage, mean in zip((old, new), means, strict=True)
    ]
    second = Sample(
        arms[1].users, arms[1].sum, arms[1].variance, {"r1": Return(len(both), products)} if known else None
    )
    return Difference((Stage("r1", base, arms[0]), Stage("r2", base, second)))


def test_who_returns_as_before_is_no_news_and_who_comes_first_is() -> None:
    chance = Random(3)  # noqa: S311 - a simulation
    means = [chance.random() for _ in range(300)]
    first = dict(enumerate(means[:100]))
    same, others = pooled(first, first, True), pooled(first, dict(enumerate(means[100:200], 100)), True)
    alone = Difference(same.stages[:1])
    base = alone.stages[0].base.cautious_variance / 100
    assert same.variance() - base / 2 == pytest.approx(alone.variance() - base, rel=0.05)
    assert others.variance() == pytest.approx(alone.variance() / 2, rel=0.1)
    assert Difference(same.stages[::-1]).variance() == pytest.approx(same.variance())
    unknown = pooled(first, first, False)
    assert unknown.variance() >= same.variance()


def test_a_stage_has_its_own_base() -> None:
    """Failures and tuned users rise from one stage to the next: users in one pot would blame the model."""
    stages = (
        Stage("r1", of_shares(3000, 30), of_shares(1000, 10)),
        Stage("r2", of_shares(1000, 40), of_shares(3000, 120)),
    )
    assert Difference(stages).estimate == pytest.approx(0)
    assert (10 + 120) / 4000 > (30 + 40) / 4000
