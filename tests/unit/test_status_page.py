"""What a status says of an environment: one decision, its reasons, and commands that can be typed."""

from __future__ import annotations

import copy
import re
import shlex
from random import Random
from typing import Any

import pytest

from finrisk_ops.gate.rules import MARGINS
from finrisk_ops.kube.scheduling import what_matters
from finrisk_ops.status import text
from finrisk_ops.status.commands import inventories
from finrisk_ops.status.page import colours, page
from tests.grounds.status import MODEL, evidence, healthy, judged, obstacle, only, pod


def test_a_healthy_environment_is_promoted_and_has_no_finding() -> None:
    data = judged(healthy())
    assert data["findings"] == []
    assert data["decision"]["decision"] == "promote"
    assert {line["state"] for line in data["success"]} == {"met"}


CHANGES: dict[str, list[Any]] = {
    "pods": [[], [pod(problem="no node takes pod a")], [pod(workers=[])], [pod(breakers={"tuned": True})]],
    "evidence": [evidence(name) for name in MARGINS],
    "drift": [
        [{"field": ".spec.template.spec", "manager": "kubectl", "when": "t"}],
        [{"field": ".spec.replicas", "manager": "kubectl", "when": "t"}],
    ],
    "unfinished": ["deploy at 50 % by ops@console since t did not come to its end"],
    "problem": ["the ConfigMap finrisk-config-r0012 is gone: somebody deleted it"],
    "proven": [False],
    "credentials_gone": ["the Secret finrisk-credentials"],
    "obstacles": [
        [obstacle("every node is cordoned (a)")],
        [obstacle("the quota tight has no room for every pod twice", overcome=True)],
    ],
    "split": [0, 1.0],
    "internal_errors": [3],
}


def changed(chance: Random) -> dict[str, Any]:
    """An environment with some things wrong, drawn by chance."""
    data = healthy()
    places = (data, data["experiment"], data["configuration"], data["rollback"], data["traffic"])
    for name in chance.sample(sorted(CHANGES), chance.randint(0, 4)):
        value = chance.choice(CHANGES[name])
        for place in places:
            if name in place:
                place[name] = copy.deepcopy(value)
    split, inputs = data["traffic"]["split"], data["experiment"]["evidence"]
    inputs["running"]["split"] = split
    inputs["stages"][-1]["split"] = split or 0.5
    return data


def test_promote_and_roll_back_never_stand_on_one_page_nor_a_deploy_beside_a_rollback() -> None:
    seen = set()
    for seed in range(1500):
        data = judged(changed(Random(seed)))  # noqa: S311 - drawn states, no secret
        decision = data["decision"]["decision"]
        seen.add(decision)
        back = [each for each in data["findings"] if each["roll_back"]]
        assert (decision == "roll_back") == bool(back)
        assert (data["success"][5]["state"] == "met") == (decision == "promote")
        if back:
            assert not any("deploy.yml" in each["command"] for each in data["findings"])
            assert data["success"][5]["state"] == "not met"
        assert all(each["command"] for each in data["findings"])
        told = page(data)
        assert not (any("5 of 5 met" in line for line in told) and back)
        assert max(map(len, told)) <= text.WIDTH
    assert seen == {"promote", "hold", "roll_back"}


def test_the_gate_s_reason_is_the_decision_s_and_its_rules_are_the_inventory_s() -> None:
    data = healthy()
    data["experiment"]["evidence"] = evidence("errors")
    told = judged(data)
    assert told["decision"] == {"decision": "roll_back", "reason": told["evaluation"]["reason"]}
    finding = "The tuned model is proven worse: failed requests 21.0%, base 1.0% (margin 2 points)."
    assert [each["what"] for each in told["findings"]] == [finding]
    data["experiment"]["evidence"]["rules"]["margins"] = {"errors": 0.5}
    assert judged(data)["decision"]["decision"] == "promote"


def test_users_of_one_arm_who_are_lost_are_a_finding_and_hold_everybody() -> None:
    data = healthy()
    data["experiment"]["evidence"]["stages"][0]["arms"]["tuned"]["units"] = 5000
    assert "users are missing" in only(data)["what"]
    assert judged(data)["decision"]["decision"] == "hold"


def test_everybody_on_a_slow_model_that_nothing_is_there_to_compare_with_is_a_finding() -> None:
    data = healthy()
    data["experiment"]["evidence"] = evidence(split=1)
    data["traffic"] |= {"split": 1, "arms": {"tuned": data["traffic"]["arms"]["tuned"] | {"p95_ms": 2400.0}}}
    assert "The tuned model is slow: p95 2.40 s, over 2 s 1%" in only(data)["what"]
    data["traffic"]["arms"]["tuned"]["requests"] = 20
    assert judged(data)["findings"] == []


def test_what_a_rollback_would_meet_is_said_beforehand() -> None:
    data = healthy()
    assert any(line.endswith("would work now") and line.startswith("Rollback") for line in page(judged(data)))
    data["rollback"]["obstacles"] = [
        obstacle("every node is cordoned (a)"),
        obstacle("no node has the image", overcome=True),
        obstacle("the webhook x has nobody to answer"),
    ]
    found = only(data)
    assert (
        found["what"]
        == "A rollback would not go smoothly now: every node is cordoned (a); the webhook x has nobody to "
        "answer."
    )
    assert found["command"].endswith("rollback.yml --check")
    assert judged(data)["decision"]["decision"] == "hold"


def test_commands_carry_the_inventories_in_use_quoted_for_a_shell() -> None:
    data = healthy()
    sources = ["/srv/fin risk/inventory/try", "/etc/other inventory", "localhost,"]
    data["inventories"] = inventories(sources, "/srv/fin risk")
    data["pods"] = []
    words = shlex.split(only(data)["command"])
    assert words == [
        "ansible-playbook",
        *("-i", "inventory/try", "-i", "/etc/other inventory", "-i", "localhost,"),
        "playbooks/site.yml",
    ]


def test_where_the_base_model_is_not_asked_nobody_is_sent_back_to_it() -> None:
    data = healthy()
    base = data["configuration"]["BASE_MODEL"]
    data["pods"] = [pod(breakers={base: True, MODEL: True})]
    told = only(data)
    assert f"The base model {base} is not asked at the moment" in told["what"]
    assert not told["roll_back"]
    data["pods"] = [pod(breakers={base: False, MODEL: True})]
    assert only(data)["roll_back"]


def test_our_own_faults_are_no_rejected_input_and_are_told_with_their_time() -> None:
    data = healthy()
    data["traffic"] |= {"rejected": {"invalid_request": 4}, "internal_errors": 1}
    assert only(data)["what"] == "1 request failed inside the service in 24 h."
    data["traffic"]["log_since"] = "2026-11-28T01:12:00+00:00"
    assert only(data)["what"].endswith("since 2026-11-28 01:12, where the log begins.")
    told = " ".join(" ".join(page(judged(data))).split())
    assert "where the log begins, in no arm: 4 invalid_request" in told
    assert "internal_error" not in told


def test_an_empty_password_is_named_and_not_what_the_server_makes_of_it() -> None:
    data = healthy()
    data |= {"collection": {"enabled": None, "quality_threshold": None}, "experiment": None}
    data["collection"] |= {"target": 1000, "recommended": [2000, 5000]}
    data["traffic"] |= {"arms": None, "requests": None}
    data["database"] |= {
        "reachable_from_here": False,
        "error": "POSTGRES_PASSWORD is empty in this shell",
    }
    found = only(data)
    assert found["what"] == "POSTGRES_PASSWORD is empty in this shell."
    told = page(judged(data))
    assert not any("None" in line for line in told)


def test_every_line_fits_a_hundred_columns_and_nothing_is_none_whatever_the_names() -> None:
    data = healthy()
    long = "x" * 150
    data["configuration"] |= {
        "image": f"registry/{long}:1",
        "FINETUNED_MODEL_NAME": f"projects/{long}/endpoints/1",
    }
    data["configuration"] |= {"who": f"system:serviceaccount:{long}", "why": long}
    data["experiment"] |= {"name": None, "model": f"projects/{long}/endpoints/1"}
    data["tuning"]["jobs"][0] |= {"name": long, "base_model": long, "examples": None}
    data["pods"] = [pod(long, split=None, revision=None, problem=f"pod {long} does not get ready: {long}")]
    data["recent"]["events"] = [
        {"time": "2026-11-28T01:00:00Z", "level": "WARNING", "event": "x", "message": long * 2, "times": 2}
    ]
    told = page(judged(data))
    assert [line for line in told if len(line) > 100] == []
    assert not any("None" in line for line in told)
    assert any("endpoints/1" in line for line in told), "both ends of a name are left"


def test_of_the_last_day_the_page_counts_the_experiment_and_without_a_database_no_releases() -> None:
    data = healthy()
    told = page(judged(data))
    assert any(line.startswith("Experiment 24 h ") for line in told)
    assert not any(line.startswith("Traffic") for line in told)
    assert any(re.fullmatch("Releases +none is recorded", line) for line in told)
    data["database"]["reachable_from_here"] = False
    told = page(judged(data))
    assert any(re.fullmatch("Releases +not known while the database cannot be read", line) for line in told)


def test_colours_are_beside_the_text_and_never_in_it() -> None:
    data = judged(healthy())
    painted, told = colours(data), page(data)
    assert set(painted.values()) <= {"red", "green", "yellow", "cyan"}
    assert set(painted) <= set(told)
    assert not any("\x1b" in line for line in told)


@pytest.mark.parametrize(
    "command",
    [
        "ansible-playbook -i inventory/staging playbooks/rollback.yml",
        """curl -sS http://127.0.0.1:8000/api/v1/analyze -H "Authorization: Bearer $KEY" -H 'Content-Type: """
        """application/json' -d '{"strategy": "...", "user_id": "test_user_1"}' | jq .; kill $!""",
        "ansible-playbook -i '/srv/fin risk/inventory' playbooks/prepare.yml && " * 3 + "true",
    ],
)
def test_a_long_command_is_several_lines_that_a_shell_reads_as_one(command: str) -> None:
    lines = text.command(command)
    assert lines[0].startswith("   $ ")
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert max(map(len, lines)) <= text.INSIDE
    pasted = "\n".join(lines).removeprefix("   $ ")
    assert shlex.split(re.sub(r"\\\n", "", pasted)) == shlex.split(command)


@pytest.mark.parametrize(
    "prose",
    [
        ". no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for "
        "scheduling.",
        ". preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
        ".",
    ],
)
def test_of_the_scheduler_only_the_reason_is_left(prose: str) -> None:
    reason = "0/1 nodes are available: 1 node(s) were unschedulable"
    assert what_matters(f"{reason}{prose}") == reason
    assert what_matters("Back-off restarting failed container.") == "Back-off restarting failed container."
