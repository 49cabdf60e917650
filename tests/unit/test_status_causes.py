"""What a status finds: a cause once, before what follows of it, with the command that takes it away."""

from __future__ import annotations

from finrisk_ops.gate.rules import MARGINS
from finrisk_ops.status.page import page
from tests.grounds.status import MODEL, REVISION, evidence, healthy, judged, obstacle, only, pod


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
