"""When a deploy asks the gate, what stops it, and what goes on after that."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.release.opinion import Opinion
from finrisk_ops.release.permission import MODES, Asking, Permission, permission
from finrisk_ops.release.plan import Plan, Running

MODEL = "projects/p/locations/us-central1/endpoints/1"
HOLD = Opinion("hold", "Not proven yet.", "2026-11-29T12:00:00+00:00")
HARM = replace(HOLD, verdict="roll_back", reason="The tuned model is proven worse.")
PROVEN = replace(HOLD, verdict="promote", reason="Proven not worse.")
REQUIRE = Asking("require", "", 25)


def running(ratio: int, model: str = MODEL, problem: str = "") -> Running:
    return Running("r0004-00000000", model, ratio, proven=True, problem=problem)


def asked(asking: Asking, ratio: int, runs: Running, told: Opinion | None = HOLD) -> Permission | None:
    """What the gate says to a plan; without an opinion nobody may ask for one."""

    def opinion() -> Opinion:
        assert told is not None, "the gate was asked"
        return told

    plan = Plan(MODEL, ratio, "spec1", "", MODEL, "", "", warm_up=True)
    said: Permission | None = permission(asking, plan, runs, opinion, lambda rest: f"play {rest}")
    return said


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "override"])
@pytest.mark.parametrize(
    ("ratio", "runs"),
    [
        (25, Running()),
        (10, running(0)),
        (0, running(100)),
        (50, running(75)),
        (75, running(75)),
        (25, running(50, model="another")),
    ],
    ids=["first stage", "below it", "to base", "lower", "repeat", "first stage of a new model"],
)
def test_what_gives_no_more_users_than_the_first_stage_or_now_never_asks(
    mode: str, ratio: int, runs: Running
) -> None:
    assert asked(replace(REQUIRE, mode=mode), ratio, runs, None) is None


@pytest.mark.parametrize(
    "runs",
    [Running(), running(25), running(0), running(75, model="another"), running(100, problem="unreadable")],
    ids=["nothing runs", "first stage", "after a rollback", "another model", "ratio unknown"],
)
def test_more_users_are_refused_until_the_gate_promotes(runs: Running) -> None:
    with pytest.raises(FinriskError, match=r"does not let 50 % of the users .* Not proven yet\. Nothing was"):
        asked(REQUIRE, 50, runs)
    said = asked(REQUIRE, 50, runs, PROVEN)
    assert said == Permission("require", "promote", "Proven not worse.", HOLD.at)


def ways(asking: Asking, ratio: int, runs: Running, told: Opinion) -> list[str]:
    with pytest.raises(FinriskError) as refusal:
        asked(asking, ratio, runs, told)
    lines: list[str] = refusal.value.detail["summary"]
    return lines


def test_a_refusal_names_the_first_stage_the_evidence_and_the_override() -> None:
    first, evidence, override = ways(REQUIRE, 50, Running(), HOLD)
    assert first == "25 %, the first stage: play deploy.yml -e finrisk_ab_ratio=25"
    assert evidence == "the evidence: play evaluate.yml"
    words = shlex.split(override.partition(": ")[2])
    assert words[:4] == ["play", "deploy.yml", "-e", "finrisk_ab_ratio=50"]
    given = json.loads(words[-1])
    assert given["finrisk_gate"] == "override"
    assert asked(Asking(given["finrisk_gate"], given["finrisk_why"], 25), 50, Running()) is not None


def test_a_refusal_moves_nobody_back_but_from_a_model_that_is_worse() -> None:
    assert ways(REQUIRE, 75, running(50), HOLD)[0].startswith("50 %, as now: play deploy.yml")
    assert ways(REQUIRE, 75, running(50), HARM)[0] == "to base: play rollback.yml"


def test_a_model_that_was_named_is_named_again() -> None:
    told = ways(replace(REQUIRE, model="finrisk-v1-00000001"), 50, Running(), HOLD)
    assert [" -e finrisk_model=finrisk-v1-00000001 " in line for line in told] == [True, False, True]


@pytest.mark.parametrize("told", [HOLD, HARM, PROVEN])
def test_advice_is_said_and_goes_on(told: Opinion) -> None:
    said = asked(replace(REQUIRE, mode="advise"), 50, Running(), told)
    assert said is not None
    assert said.line() == f"Gate: {told.verdict} (finrisk_gate: advise). {told.reason}"


def test_off_asks_nobody() -> None:
    assert asked(replace(REQUIRE, mode="off"), 100, Running(), None) is None


@pytest.mark.parametrize("ratio", [0, 25, 50])
def test_an_override_needs_a_reason_whatever_it_is_for(ratio: int) -> None:
    with pytest.raises(FinriskError, match="finrisk_why is empty: say why"):
        asked(Asking("override", " ", 25), ratio, Running(), None)


def test_an_override_goes_on_against_the_verdict_and_keeps_it() -> None:
    said = asked(Asking("override", "ticket RISK-4711", 25), 50, Running(), HARM)
    assert said is not None
    assert said.content() == {
        "mode": "override",
        "verdict": "roll_back",
        "reason": HARM.reason,
        "at": HARM.at,
    }
