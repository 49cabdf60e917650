"""The pages of an evaluation: which stages a figure is of, and what is drawn when."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import asdict
from random import Random
from typing import Any

import pytest

from finrisk_ops.evaluation import page, report
from finrisk_ops.evaluation.evaluation import evaluate
from finrisk_ops.evaluation.files import Kept
from finrisk_ops.gate.rules import Rules
from tests.grounds.experiments import Experiment, looks

Content = dict[str, Any]


def evaluations(*stages: tuple[float, int], every: int) -> list[Content]:
    """Evaluations of an experiment, an hour between two, each after so many more requests."""
    found: list[Content] = []
    for asked, evidence in looks(Experiment(stages=stages), Random(4)):  # noqa: S311 - a simulation
        if asked % every == 0:
            found.append(_evaluated(copy.deepcopy(evidence), hour=len(found)))
    return found


def _evaluated(evidence: Content, hour: int) -> Content:
    evidence["asked_at"] = f"2026-11-29T{hour:02d}:00:00+00:00"
    for stage in evidence["stages"]:
        stage |= {"last": evidence["asked_at"], "versions": {"judge": ["1"], "prompt": ["1"], "index": ["1"]}}
        for arm in stage["arms"].values():
            arm |= {"answers": arm["requests"], "answer_tokens": 300 * arm["requests"]}
    stage = evidence["stages"][-1]
    evidence |= {
        "environment": "local",
        "base_model": "gemini-3.5-flash-lite",
        "running": {"revision": stage["revision"], "split": stage["split"]},
        "rules": asdict(Rules()),
        "collection": {"usable": 1200, "target": 1000},
        "jobs": ["ACTIVE"],
    }
    return evaluate(json.loads(json.dumps(evidence)))


def in_browser(all_of_them: list[Content]) -> str:
    return report.report(all_of_them[-1], all_of_them[:-1]).decode()


def in_terminal(content: Content) -> str:
    lines = page.lines(
        content, lambda rest: f"ansible-playbook playbooks/{rest}", Kept(None, "0" * 64, False)
    )
    return " ".join(" ".join(str(line.text) for line in lines).split())


def test_both_pages_say_which_stages_a_figure_is_of() -> None:
    several = evaluations((0.25, 1000), (0.5, 1000), every=1000)
    told = in_browser(several), in_terminal(several[-1])
    for shown in told:
        assert "of the 2 stages of this experiment together" in shown
        assert "50 % were drawn in r0001-00000000" in shown
        assert "in this stage" in shown
    assert "What the requests met, all stages together" in told[0]
    one = evaluations((0.25, 1000), every=1000)
    for shown in (in_browser(one), in_terminal(one[-1])):
        assert "of the one stage of this experiment" in shown
        assert "together," not in shown


def test_pages_of_an_experiment_that_met_nobody_speak_of_no_stage() -> None:
    (one,) = evaluations((0.25, 1000), every=1000)
    nobody = evaluate(one["inputs"] | {"stages": []})
    for shown in (in_browser([nobody]), in_terminal(nobody)):
        assert "of no stage, since nobody was met yet" in shown
        assert "of the one stage" not in shown


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (100, "No stage has 30 users on each arm yet, so there is no difference"),
        (1000, "is drawn from the next evaluation on: this is the first with one"),
    ],
)
def test_nothing_is_drawn_of_one_look_and_what_will_be_is_said(every: int, said: str) -> None:
    first = in_browser(evaluations((0.25, every), every=every))
    assert "<svg" not in first
    assert said in first


def test_two_looks_are_a_curve_for_each_metric_that_has_a_difference() -> None:
    assert in_browser(evaluations((0.25, 2000), every=1000)).count("<svg") == 5


def test_a_cell_has_the_name_of_its_column_where_a_telephone_has_no_room_for_the_head() -> None:
    shown = in_browser(evaluations((0.25, 1000), every=1000))
    assert len(re.findall('<td data-name="proven">', shown)) == 6
    assert ".wide td[data-name]::before{content:attr(data-name)" in shown
