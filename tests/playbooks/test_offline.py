"""evaluate.yml -e finrisk_offline=true, and deploy.yml after it, as an operator runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grounds.offline import ANSWERED, tuned
from tests.grounds.playground import Playground, connection_of_service
from tests.grounds.wire import Wire, wire

CALLS = 120


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Wire]:
    with wire(tmp_path / "wire", tuning_seconds=0.5) as running:
        yield running


def test_what_is_the_gates_alone_is_refused_before_anybody_is_asked(simulator: Wire, tmp_path: Path) -> None:
    playground = Playground(tmp_path)
    playground.sandbox(**connection_of_service(simulator, "", 1, 2))
    for given in ("finrisk_act=true", "finrisk_expect=promote", "finrisk_evidence=x.json"):
        done = playground.run("evaluate", "-e", "finrisk_offline=true", "-e", given)
        assert (done.code, done.changed) == (2, 0), done.output
        assert "leave them out with finrisk_offline" in " ".join(done.stderr.split())
    assert simulator.requests(ANSWERED) == []


def test_a_good_model_may_meet_users_and_a_bad_one_is_refused_before_it_does(
    simulator: Wire, tmp_path: Path
) -> None:
    playground = Playground(tmp_path)
    playground.sandbox(**connection_of_service(simulator, "", 1, 2))
    tuned(simulator, tmp_path / "training_data")
    simulator.forget_requests()
    folder = tmp_path / "evaluations"
    here = ("-e", f"finrisk_evaluation_dir={folder}")
    compare = ("evaluate", *here, "-e", "finrisk_offline=true")
    prices = '{"finrisk_answer_prices": {"gemini-3.5-flash-lite": {"prompt": 0.1, "answer": 0.4}}}'

    announced = playground.run(*compare, "--check", "--diff", "-e", prices)
    assert (announced.code, announced.changed, folder.exists()) == (0, 1, False), announced.output
    assert "0 of 120 answers are here already; to ask: 120 calls, about" in announced.stdout
    assert "of answers: about $0.0" in announced.stdout
    assert simulator.requests(ANSWERED) == []

    first = playground.run(*compare)
    assert (first.code, first.changed) == (0, 1), first.output
    assert "0 of 120 answers: 120 calls, about" in first.stdout, "the cost comes first"
    assert "[##############################] 120 of 120 answers" in first.stdout
    assert "Verdict         not worse: Nothing is worse than base" in first.stdout
    assert len(simulator.requests(ANSWERED)) == CALLS
    again = playground.run(*compare, "-e", "finrisk_format=json")
    assert (again.code, json.loads(again.stdout)["verdict"]) == (0, "not_worse"), again.output
    assert len(simulator.requests(ANSWERED)) == CALLS
    assert len(list(folder.glob("offline_*.json"))) == 1

    deploy = ("deploy", *here, "-e", "finrisk_ab_ratio=25", "-e", "finrisk_gate=require")
    good = playground.run(*deploy, "--tags", "plan")
    assert good.code == 0, good.output
    assert "Before traffic: not worse. Nothing is worse than base" in good.stdout

    for answers in (tmp_path / "training_data").glob("offline_answers_*"):
        answers.unlink()
    simulator.fault(kind="wrong_figures", arm="tuned", probability=0.6, seed=3)
    bad = playground.run(*compare)
    assert "Verdict         proven worse: Answers with a wrong figure" in bad.stdout, bad.output
    simulator.clear()
    refused = playground.run(*deploy)
    assert (refused.code, refused.changed) == (2, 0), refused.output
    assert "is proven worse than base before any user met it" in refused.output
    assert "25 % all the same: ansible-playbook -i inventory/local playbooks/deploy.yml" in refused.output
    assert not (tmp_path / "var" / "revisions").exists()
