"""Anchors: a judge that moved is told from a model that moved."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from finrisk_ops.gate import anchors as gate
from finrisk_ops.gate.verdict import decide
from finrisk_rules import anchors
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import VERDICTS, Judgement
from tests.grounds.experiments import RULES, Experiment, Model, looks


def test_every_anchor_is_judged_as_its_version_says() -> None:
    """Where this fails the judge says something else: raise JUDGE_VERSION, and set what is expected."""
    assert anchors.others() == []
    covered = {verdict for anchor in anchors.ANCHORS for verdict in anchor.expected}
    assert covered >= set(VERDICTS) - {"asked", "unread"}


def test_a_judge_that_says_something_else_is_named_and_promotes_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def blind(question: str, answer: str, sources: Any) -> Judgement:
        return judge(question, answer.replace("386", "387"), sources)

    monkeypatch.setattr(anchors, "judge", blind)
    [other] = anchors.others()
    assert other == "Wholesale deposits of $386 million left in the fourth quarter [1]. unsupported"
    found = {"judge": "4", "number": len(anchors.ANCHORS), "others": [other]}
    experiment = Experiment(tuned=Model(), stages=((0.5, 10_000),))
    *_, (_, evidence) = looks(experiment, Random(8))  # noqa: S311 - a simulation
    assert decide(evidence, RULES).verdict == "promote"
    assert decide(evidence | {"anchors": found | {"others": []}}, RULES).verdict == "promote"
    held = decide(evidence | {"anchors": found}, RULES)
    assert held.verdict == "hold"
    assert held.reason.startswith("The judge moved: 1 of 20 anchors")
    assert other in held.reason


def test_a_judge_that_fails_has_moved_and_keeps_no_proven_harm_from_its_rollback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(question: str, answer: str, sources: Any) -> Judgement:
        if "386" in answer:
            raise RecursionError("too deep")
        return judge(question, answer, sources)

    monkeypatch.setattr(anchors, "judge", broken)
    [other] = anchors.others()
    assert other.endswith("fourth quarter [1]. cannot be judged (RecursionError: too deep)")
    monkeypatch.setattr(anchors, "facts_of", broken)
    anchors._source.cache_clear()
    others = anchors.others()
    anchors._source.cache_clear()
    assert len(others) == len(anchors.ANCHORS)
    moved = {"anchors": {"judge": "4", "number": len(others), "others": others}}
    harmful = Experiment(tuned=Model().worse(errors=0.3), stages=((0.5, 3000),))
    *_, (_, evidence) = looks(harmful, Random(8))  # noqa: S311 - a simulation
    assert decide(evidence | moved, RULES).verdict == "roll_back"


def test_a_page_names_a_few_anchors_and_counts_the_others() -> None:
    told = gate.told({"judge": "4", "number": 20, "others": ["a", "b", "c", "d", "e"]})
    assert told == "5 of 20 anchors are not what version 4 of the judge says: a; b; c; and 2 more"
