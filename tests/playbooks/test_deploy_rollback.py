"""deploy.yml and rollback.yml, run as an operator runs them: announced, refused, approved, done once."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from tests.grounds.deployed import World
from tests.grounds.plays import Run, shell
from tests.grounds.signing import allowed, person


def diffs(run: Run) -> list[str]:
    """Return the lines of a run that begin like a diff's."""
    return [line for line in run.stdout.splitlines() if line.startswith(("+", "-"))]


def test_deploy_announces_what_it_does_does_it_once_and_ends_with_its_paths(base: World) -> None:
    announced = base.deploy("--check", "--diff", "-e", "finrisk_ab_ratio=50")
    assert announced.changed == 1
    assert base.told[1] == 0
    assert announced.last_lines[-3] == "would run with:"
    done = base.deploy("--diff", "-e", "finrisk_ab_ratio=50")
    assert done.changed == 1
    assert announced.changed_tasks == done.changed_tasks
    assert diffs(announced) == diffs(done)
    assert base.told[1] == 0.5
    assert "Ratio: 50 % tuned, 50 % base (finrisk_ab_ratio)" in done.last_lines
    assert re.search(r"Warm-up: 5 answers, p50 \d+ ms, max \d+ ms", done.stdout)
    assert "would" not in done.stdout
    for line in done.last_lines[-2:]:
        assert Path(line).is_file()
    again = base.deploy()
    assert again.changed == 0
    assert "the running ratio" in again.stdout


def test_rollback_announces_what_it_does_and_a_plain_deploy_afterwards_moves_nobody(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=100")
    announced = world.run("rollback", "--check", "--diff")
    assert world.told[1] == 1
    done = world.run("rollback", "--diff")
    assert (announced.changed, done.changed) == (1, 1)
    assert announced.changed_tasks == done.changed_tasks
    assert diffs(announced) == diffs(done)
    assert world.run("rollback").changed == 0
    assert world.deploy().changed == 0
    assert world.told[1] == 0


def test_the_ratio_of_the_environment_holds_unless_the_variable_is_given(world: World) -> None:
    said = world.deploy("--check", AB_TEST_RATIO="75").output
    assert "Ratio: 75 % tuned, 25 % base (AB_TEST_RATIO" in said
    said = world.deploy("--check", "-e", "finrisk_ab_ratio=30", AB_TEST_RATIO="75").output
    assert "Ratio: 30 % tuned, 70 % base (finrisk_ab_ratio, which wins over AB_TEST_RATIO)" in said


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["finrisk_ab_ratio="], {"AB_TEST_RATIO": "half"}, "AB_TEST_RATIO is 'half', expected"),
        (
            ["finrisk_target=kubernetes"],
            {"KUBECONFIG": "/nowhere"},
            "there is no kubeconfig with a context at /nowhere",
        ),
        (["finrisk_rato=25"], {}, "nothing reads finrisk_rato"),
        (["finrisk_epochs=7"], {}, "deploy.yml does not read finrisk_epochs: tune.yml does"),
        (["finrisk_base_model=gemini-3.5-flash"], {}, "finrisk_allow_base_mismatch"),
        (["finrisk_max_output_tokens=7", "finrisk_ab_ratio=0"], {}, "MAX_OUTPUT_TOKENS"),
        (["finrisk_confirm_required=true"], {}, "finrisk_confirm=local"),
    ],
)
def test_wrong_input_stops_deploy_before_anything_is_touched(
    world: World, arguments: list[str], environment: dict[str, str], message: str
) -> None:
    """One of each place that looks; what each of them refuses, the unit tests say."""
    before = world.told, sorted(os.listdir(world.place.var_dir / "revisions"))
    given = [part for argument in arguments for part in ("-e", argument)]
    done = world.run("deploy", *given, **environment)
    assert done.code == 2, done.output
    assert message in " ".join(done.output.split())
    assert (world.told, sorted(os.listdir(world.place.var_dir / "revisions"))) == before


def test_a_model_that_does_not_answer_stops_deploy_with_the_reason(base: World) -> None:
    gone = base.model[:-1] + ("1" if base.model[-1] != "1" else "2")
    done = base.run("deploy", "-e", f"finrisk_model={gone}", "-e", "finrisk_ab_ratio=50")
    assert done.code == 2
    assert f"does not answer, so nothing was deployed: cannot ask {gone}: 404" in " ".join(
        done.output.split()
    )
    assert base.told[1] == 0


def test_plan_lists_the_jobs_and_stops_there(world: World) -> None:
    before = world.told
    done = world.run("deploy", "--tags", "plan", "-e", "finrisk_ab_ratio=50")
    assert done.code == 0, done.output
    row = next(line for line in done.last_lines if line.startswith("finrisk-v1-"))
    assert re.search(
        r" ACTIVE +gemini-3.5-flash-lite +120 +[-0-9]{10} [0-9:]{5} +<- would be deployed at 50 %", row
    )
    assert any(line.startswith("The experiment at 50% promotes an equal model") for line in done.last_lines)
    assert world.told == before
    as_json = world.run("deploy", "--tags", "plan", "-e", "finrisk_format=json", "-e", "finrisk_ab_ratio=50")
    plan = json.loads(as_json.stdout)
    assert plan["plan"]["ratio"] == 50
    assert plan["gate"]["mode"] == "advise"
    assert plan["outlook"]["requests_nine_in_ten"] > 1000


def test_where_the_gate_is_required_a_ratio_without_evidence_changes_nothing(base: World) -> None:
    before = base.told
    gated = ("-e", "finrisk_gate=require", "-e", "finrisk_ab_ratio=50")
    refused = base.run("deploy", *gated)
    assert refused.code == 2
    assert "the gate does not let 50 % of the users have the tuned model: Nobody gets" in refused.output
    first, evidence, override = refused.last_lines[-3:]
    assert first.endswith("playbooks/deploy.yml -e finrisk_ab_ratio=25")
    assert evidence.endswith("playbooks/evaluate.yml")
    assert base.told == before
    without = base.run("deploy", "-e", "finrisk_gate=override", "-e", "finrisk_ab_ratio=50")
    assert "finrisk_gate is override and finrisk_why is empty" in without.output
    assert base.told == before
    words = shlex.split(override.partition(": ")[2])
    done = base.deploy(*words[words.index("playbooks/deploy.yml") + 1 :])
    assert any(line.startswith("Gate: hold (finrisk_gate: override). Nobody") for line in done.last_lines)
    assert base.told[1] == 0.5
    assert base.deploy(*gated).changed == 0, "what runs is not asked for again"
    shown = " ".join(base.run("status").stdout.split())
    assert "ticket RISK-4711, agreed with the risk desk (gate overridden, it said hold)" in shown
    base.deploy("-e", "finrisk_gate=require", "-e", "finrisk_ab_ratio=10")
    assert base.told[1] == 0.1


def test_where_the_inventory_asks_for_a_second_person_their_signature_goes_on(base: World) -> None:
    folder = base.playground.folder / "approvals"
    anna = person(folder, "anna@bank.example")
    asked = {"finrisk_approvals": 1, "finrisk_approvers": allowed(folder / "approvers.txt", [anna.allowed()])}
    inventory = folder / "inventory.yml"
    inventory.write_text(json.dumps({"finrisk": {"vars": asked}}), "utf-8")
    where = ("-i", "inventory/local", "-i", str(inventory), "-e", f"finrisk_evaluation_dir={folder}")
    before = base.told
    refused = base.run("deploy", *where, "-e", "finrisk_ab_ratio=25")
    assert refused.code == 2
    assert "local asks for 1 approval by others before 25 % of the users" in " ".join(refused.output.split())
    assert "finrisk_approvals is given by -e" in base.run("deploy", "-e", "finrisk_approvals=0").output
    assert base.told == before
    sign, then = (line.partition(": ")[2] for line in refused.last_lines[-2:])
    assert shell(sign, folder, os.environ | {"HOME": str(anna.home)}, 30).code == 0
    words = shlex.split(then)
    done = base.deploy(*where, *words[words.index("playbooks/deploy.yml") + 1 :])
    assert f"Approved by anna@bank.example ({anna.fingerprint})" in done.last_lines
    assert base.told[1] == 0.25
    assert "(approved by anna@bank.example)" in " ".join(base.run("status").stdout.split())
