"""What an experiment will need, told before it begins."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from finrisk_ops.gate.forecast import SUPPOSED, Forecast, forecast
from finrisk_ops.gate.needs import outlook
from finrisk_ops.gate.rules import OPTIONAL, Rules
from tests.grounds.experiments import Experiment, Model, looks

RULES = Rules()


def told(evidence: dict[str, Any], split: float = 0.25, a_day: int = 3000) -> Forecast:
    made: Forecast | None = forecast(evidence, split, a_day, RULES)
    assert made is not None
    return made


def past(base: Model) -> dict[str, Any]:
    """The evidence of an experiment before."""
    *_, (_, last) = looks(Experiment(base=base, stages=((0.5, 6000),)), Random(8))  # noqa: S311 - a simulation
    return last


def test_without_evidence_base_is_supposed_and_that_is_said() -> None:
    made = told({})
    assert set(made.supposed) == set(SUPPOSED) == set(RULES.margins) - OPTIONAL
    most = outlook(SUPPOSED[made.metric].mean, made.metric, 0.25, 3000, RULES)
    assert made.requests_nine_in_ten == most.requests_nine_in_ten
    assert made.days == pytest.approx(max(7.0, made.requests_nine_in_ten / 3000), abs=0.1)
    supposed = made.lines()[-1]
    assert supposed.startswith("Supposed of base: failed requests 1.0%, ")
    assert ", quality 0.800. What base did in the newest experiment takes their place, from 100 " in supposed
    json.dumps(made.content(), allow_nan=False)


def test_what_base_was_in_an_experiment_before_is_what_it_is_taken_for() -> None:
    better, worse = told(past(Model(wrong_figures=0.01))), told(past(Model(wrong_figures=0.2)))
    assert not better.supposed
    assert worse.metric == "wrong_figures"
    assert worse.requests_nine_in_ten > 2 * better.requests_nine_in_ten
    assert len(worse.lines()) == 2


def test_it_takes_a_week_at_least_and_unknown_days_where_nobody_asks() -> None:
    assert told({}, a_day=10**9).days == 7
    quiet = told({}, a_day=0)
    assert quiet.days is None
    assert "the days are unknown" in quiet.lines()[0]


def test_a_smaller_share_needs_more() -> None:
    assert told({}, 0.1).requests_nine_in_ten > told({}, 0.5).requests_nine_in_ten


@pytest.mark.parametrize("split", [0, 1])
def test_one_arm_is_no_experiment(split: float) -> None:
    assert forecast({}, split, 300, RULES) is None
