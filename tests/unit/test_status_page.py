"""What a status says of an environment: one decision, causes before symptoms, commands that can be pasted."""

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
from finrisk_ops.status.report import judgement
from tests.grounds.status import MODEL, REVISION, evidence, healthy, pod


def obstacle(what: str, *, overcome: bool = False, credentials: bool = False) -> dict[str, Any]:
    return {"what": what, "overcome": overcome, "credentials": credentials}


def judged(data: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = data | judgement(data)
    return result


def only(data: dict[str, Any]) -> dict[str, Any]:
    [finding] = judged(data)["findings"]
    found: dict[str, Any] = finding
    return found


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


def test_an_image_that_somebody_changed_is_one_finding_and_what_follows_stands_inside_it() -> None:
    data = healthy()
    image = '.spec.template.spec.containers[name="api"].image'
    data["configuration"]["drift"] = [
        {"field": image, "manager": "kubectl-set", "when": "2026-11-28T07:18:54Z"}
    ]
    data["pods"] = [
        pod(problem="pod a cannot get the image registry/x:9 (ErrImagePull): not found", ready=False),
        pod(problem="no node takes pod b: 0/1 nodes are available", ready=False),
    ]
    found = only(data)
    assert found["what"].endswith(f"{image} (by kubectl-set 2026-11-28T07:18:54Z).")
    assert found["command"].endswith(f"playbooks/rollback.yml -e finrisk_revision={REVISION}")
    assert len(found["symptoms"]) == 2
    told = page(judged(data))
    assert sum("$ " in line for line in told) == 1
    assert sum("so: " in line for line in told) == 2


def test_what_cannot_explain_a_pod_leaves_the_pod_its_own_finding() -> None:
    data = healthy()
    data["configuration"]["drift"] = [{"field": ".spec.replicas", "manager": "kubectl", "when": "t"}]
    data["pods"] = [pod(problem="pod a was killed because it used more memory than its limit")]
    assert len(judged(data)["findings"]) == 2


def test_a_service_that_somebody_scaled_to_nothing_is_told_as_such_and_started_as_it_was() -> None:
    data = healthy()
    data["pods"] = []
    data["configuration"]["drift"] = [{"field": ".spec.replicas", "manager": "kubectl", "when": "2026-11-28"}]
    found = only(data)
    assert found["what"] == "Somebody scaled the service to 0 pods: kubectl 2026-11-28."
    assert found["command"].endswith(f"playbooks/rollback.yml -e finrisk_revision={REVISION}")
    assert judged(data)["decision"]["decision"] == "hold"


def test_credentials_that_are_gone_are_told_once_with_the_command_that_brings_them_back() -> None:
    data = healthy()
    told = "the Secret finrisk-credentials is gone, so no pod starts: a rollback brings it back from its copy"
    full = obstacle("the quota tight is full: a rollback goes on with one pod fewer", overcome=True)
    data["rollback"] = {
        "credentials_gone": "the Secret finrisk-credentials",
        "obstacles": [obstacle(told, overcome=True, credentials=True), full],
    }
    data["pods"] = [pod(new_credentials_unread=True)]
    found = only(data)
    assert found["what"] == f"T{told[1:]}."
    assert found["command"].endswith(f"playbooks/rollback.yml -e finrisk_revision={REVISION}")


def test_credentials_without_a_copy_are_told_with_the_only_playbook_that_has_them() -> None:
    data = healthy()
    told = "the Secret finrisk-credentials is gone, and there is no copy of it"
    data["rollback"] = {
        "credentials_gone": "the Secret finrisk-credentials",
        "obstacles": [obstacle(told, credentials=True)],
    }
    assert only(data)["command"] == "ansible-playbook -i inventory/production playbooks/site.yml"
    data["rollback"]["credentials_gone"] = ""
    assert only(data)["what"] == f"T{told[1:]}.", "a place that never had them"


def test_a_cause_that_a_rollback_overcomes_is_told_once_and_on_the_line_of_the_rollback() -> None:
    data = healthy()
    data["configuration"]["drift"] = [{"field": ".spec.paused", "manager": "kubectl-rollout", "when": "t"}]
    paused = "the Deployment is paused: a rollback lets it go on"
    data["rollback"]["obstacles"] = [obstacle(paused, overcome=True)]
    assert only(data)["what"] == "Somebody changed the Deployment: .spec.paused (by kubectl-rollout t)."
    assert f"Rollback        would meet: {paused}" in page(judged(data))


def test_an_ordinary_deploy_under_way_and_a_standing_quota_are_no_findings_and_hold_nobody() -> None:
    data = healthy()
    under_way = "a@b is releasing since t (deploy at 50): a rollback takes over from it"
    fewer = "the quota tight has no room for every pod twice: a rollback goes on with one pod fewer"
    data["rollback"]["obstacles"] = [obstacle(told, overcome=True) for told in (under_way, fewer)]
    assert judged(data)["findings"] == []
    assert judged(data)["decision"]["decision"] == "promote"


def test_what_was_changed_by_hand_is_taken_back_without_another_model() -> None:
    data = healthy()
    data["configuration"]["drift"] = [{"field": ".spec.replicas", "manager": "kubectl", "when": "t"}]
    for jobs, named in ((data["tuning"]["jobs"], "finrisk-v3-497eaf2d"), ([], MODEL)):
        data["tuning"]["jobs"] = jobs
        expected = f"playbooks/deploy.yml -e finrisk_model={named} -e finrisk_force_conflicts=true"
        assert only(data)["command"].endswith(expected), "a rollback leaves the number of pods"
    data = healthy()
    data["pods"][0]["workers"][0]["revision"] = "r0011-00000000"
    assert only(data)["command"].endswith(f"playbooks/rollback.yml -e finrisk_revision={REVISION}")


def test_beside_a_rollback_to_base_nothing_starts_the_same_revision_again_nor_says_so() -> None:
    data = healthy()
    data["configuration"]["drift"] = [{"field": ".spec.paused", "manager": "kubectl", "when": "t"}]
    data["experiment"]["evidence"] = evidence("quality")
    found = judged(data)["findings"]
    assert {each["command"] for each in found} == {
        "ansible-playbook -i inventory/production playbooks/rollback.yml"
    }
    assert not any("same revision" in cause for each in found for cause in each["causes"])


def test_only_what_the_tuned_model_does_worse_is_marked_as_of_it() -> None:
    data = healthy()
    data["experiment"]["evidence"] = evidence(*MARGINS)
    data["pods"] = [pod(problem="pod a cannot get the image registry/x:9 (ErrImagePull): not found")]
    of_tuned = {each["about"]: each["of_tuned"] for each in judged(data)["findings"]}
    assert not of_tuned.pop("service")
    assert set(of_tuned) >= {"latency", "quality", "errors", "unanswered"}
    assert all(of_tuned.values())


def test_a_release_that_broke_off_is_one_finding_with_one_command_whatever_is_half_made() -> None:
    data = healthy()
    left = "deploy at 80 % tuned, 20 % base by ops@console since 2026-11-28T02:00:00Z did not come to its end"
    data["configuration"] |= {
        "unfinished": left,
        "proven": False,
        "problem": "the Deployment runs r0012, but r0011 was released last",
        "drift": [{"field": ".spec.template.spec", "manager": "kubectl", "when": "t"}],
    }
    data["pods"] = [pod(problem="no node takes pod a"), pod(workers=[{"pid": 1, "revision": "r0011-x"}])]
    found = only(data)
    assert found["what"] == f"Unfinished: {left}."
    assert found["command"] == "ansible-playbook -i inventory/production playbooks/rollback.yml"
    assert len(found["symptoms"]) == 4


def test_a_release_that_is_under_way_is_no_finding_and_nobody_is_ready() -> None:
    data = healthy()
    data["configuration"]["proven"] = False
    decided = judged(data)
    assert decided["findings"] == []
    assert decided["decision"]["decision"] == "hold"
    assert f"{REVISION} is being released" in decided["decision"]["reason"]


FULL = {"folder": "/srv/fin risk/var", "size": 260 * 2**20, "free": 0, "has_inodes": True, "full": True}


def test_a_full_disk_is_one_finding_with_its_folder_and_what_fails_of_it_inside() -> None:
    data = healthy()
    data["environment"], data["disk"] = "local", FULL
    data["pods"] = []
    data["configuration"] |= {"unfinished": "deploy at 50 % did not come to its end", "proven": False}
    data["database"] |= {"reachable_from_here": False, "error": "connection refused"}
    data["tuning"] = {"jobs": [], "problem": "connection refused"}
    data["traffic"] |= {"lost": 3, "internal_errors": 2, "arms": None, "requests": None}
    data["rollback"]["obstacles"] = [obstacle("the disk has no room for a revision")]
    found = only(data)
    assert found["what"] == "The disk of /srv/fin risk/var is full: 0 MiB of 260 MiB are free."
    assert found["command"] == "df -h '/srv/fin risk/var'; du -xhd2 '/srv/fin risk/var' | sort -h | tail"
    assert "python -m sandbox up && ansible-playbook " in found["causes"][1]
    assert len(found["symptoms"]) == 6
    assert not found["roll_back"]


def test_a_disk_that_takes_no_further_file_is_told_as_such() -> None:
    data = healthy()
    data["disk"] = FULL | {"free": 2**30, "has_inodes": False}
    assert "no further file can be made on it" in only(data)["what"]
    assert "--inodes" in only(data)["command"]
    assert judged(data)["decision"]["decision"] == "hold"


def test_records_that_were_lost_while_there_is_room_now_name_the_log_s_reason_and_no_release() -> None:
    data = healthy()
    data["disk"] = FULL | {"free": 2**30, "full": False}
    data["traffic"]["lost"] = 3
    lost = {"event": "collection_dropped", "message": "a record was not kept: No space left on device"}
    data["recent"]["errors"] = [lost | {"time": "2026-11-28T02:00:00Z", "level": "ERROR", "times": 3}]
    found = only(data)
    assert found["causes"] == ["a record was not kept: No space left on device"]
    assert found["command"] == data["recent"]["command"]


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
