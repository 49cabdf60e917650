"""status.yml on a cluster: CONTRACTS section 6 in full, what somebody changed by hand, and how to mend it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.cluster.environment import Environment
from tests.cluster.operation import Operated
from tests.grounds.waiting import until

MANUAL_KEYS = (
    "ENABLE_DATA_COLLECTION DATA_COLLECTION_QUALITY ENABLE_FINETUNING ENABLE_AB_TESTING AB_TEST_TRAFFIC_SPLIT"
    " FINETUNED_MODEL_NAME"
).split()
CONTRACT: dict[str, set[str]] = {
    "configuration": {"revision", "image", "who", "when", *MANUAL_KEYS},
    "collection": {
        "enabled",
        "quality_threshold",
        "count",
        "target",
        "recommended",
        "percent",
        "rows_last_24h",
        "expected_target_date",
        "last_collected_at",
        "skipped",
    },
    "database": {"reachable_from_here", "from_the_service"},
    "traffic": {"split", "arms", "rejected", "internal_errors", "lost"},
    "recent": {"errors", "events", "log_lines", "command"},
    "tuning": {"jobs"},
}
ARM = {
    "requests",
    "users",
    "share",
    "errors",
    "blocked",
    "p50_ms",
    "p95_ms",
    "share_over_2s",
    "quality",
    "wrong_figures",
    "feedback",
    "fallbacks",
}
JOB = {"name", "state", "base_model", "examples", "created_at", "error"}
POD = {"name", "ready", "revision", "split", "restarts", "database"}
USERS = 60


@pytest.fixture(scope="module")
def asked(operated: Operated) -> Operated:
    """The environment after some users asked."""
    for number in range(USERS):
        assert operated.environment.analyze(f"status-{number}").status == 200
    return operated


def status(environment: Environment, *arguments: str) -> dict[str, Any]:
    """The one JSON object that stands alone on standard output."""
    found: dict[str, Any] = json.loads(
        environment.play("status", "-e", "finrisk_format=json", *arguments).stdout
    )
    return found


@pytest.fixture(scope="module")
def told(asked: Operated) -> dict[str, Any]:
    """What status.yml says of it."""
    return status(asked.environment)


def commands(found: dict[str, Any], about: str) -> list[str]:
    return [each["command"] for each in found["findings"] if each["about"] == about]


def test_everything_of_the_contract_is_told(asked: Operated, told: dict[str, Any]) -> None:
    for part, keys in CONTRACT.items():
        assert keys <= told[part].keys(), part
    assert told["configuration"]["revision"] == asked.revision
    assert told["configuration"]["AB_TEST_TRAFFIC_SPLIT"] == "0.25"
    assert (told["collection"]["target"], told["collection"]["recommended"]) == (1000, [2000, 5000])
    assert told["traffic"]["split"] == 0.25
    assert len(told["pods"]) == 2
    for pod in told["pods"]:
        assert pod.keys() >= POD
        assert (pod["ready"], pod["revision"], pod["split"], pod["database"]) == (
            True,
            asked.revision,
            0.25,
            "ok",
        )
    assert told["database"] == {"reachable_from_here": True, "error": None, "from_the_service": "ok"}
    (job, *_) = told["tuning"]["jobs"]
    assert job.keys() >= JOB
    assert job["state"] == "ACTIVE"
    assert len(told["success"]) == 6
    assert {line["state"] for line in told["success"]} <= {"met", "not met", "not yet known"}
    assert all(finding["command"] for finding in told["findings"])
    assert not commands(told, "configuration")
    assert not commands(told, "service")


def test_both_arms_are_told_apart_with_their_share(told: dict[str, Any]) -> None:
    arms = told["traffic"]["arms"]
    assert arms.keys() == {"base", "tuned"}
    for arm in arms.values():
        assert arm.keys() >= ARM
        assert arm["errors"].keys() >= {"upstream", "timeout", "cut"}
    assert sum(arm["requests"] for arm in arms.values()) >= USERS
    assert 0.05 < arms["tuned"]["share"] < 0.5


def test_log_lines_by_arm_events_and_counters_are_those_of_the_pods(
    asked: Operated, told: dict[str, Any]
) -> None:
    environment = asked.environment
    pod = str(environment.objects("pod", "app=finrisk-api")[0]["metadata"]["name"])
    about = {"kind": "Pod", "name": pod, "namespace": environment.namespace}
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "full"},
        "type": "Warning",
        "reason": "FailedMount",
        "message": "the disk is full",
        "involvedObject": about,
        "lastTimestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    environment.kubectl("create", "-f", "-", stdin=json.dumps(event))
    before = told["traffic"]["rejected"]
    assert environment.call("/api/v1/analyze", {"strategy": ""}).status == 422
    found = status(environment)
    assert sum(found["traffic"]["rejected"].values()) == sum(before.values()) + 1
    lines = found["recent"]["log_lines"]
    assert lines.keys() == {"base", "tuned"}
    for arm, entries in lines.items():
        assert len(entries) == 3
        assert all(f"fine-tuned {str(arm == 'tuned').lower()}" in each["message"] for each in entries)
    assert ("FailedMount", f"Pod {pod}: the disk is full") in {
        (each["event"], each["message"]) for each in found["recent"]["events"]
    }


def test_it_reads_only(asked: Operated) -> None:
    before = asked.generation, asked.environment.kubectl("get", "configmap,secret,lease,job", "-o", "name")
    done = asked.environment.play("status", "-vvv")
    assert done.changed == 0
    after = asked.generation, asked.environment.kubectl("get", "configmap,secret,lease,job", "-o", "name")
    assert after == before


def test_what_somebody_changed_by_hand_is_told_with_the_command_that_takes_it_back(asked: Operated) -> None:
    environment = asked.environment
    environment.kubectl("set", "env", "deployment/finrisk-api", "LOG_LEVEL=DEBUG")
    environment.kubectl("scale", "deployment/finrisk-api", "--replicas=3")
    try:
        found = status(environment)
        drift = {each["field"]: each["manager"] for each in found["configuration"]["drift"]}
        assert drift['.spec.template.spec.containers[name="api"].env[name="LOG_LEVEL"]'].startswith("kubectl")
        assert drift[".spec.replicas"].startswith("kubectl")
        (command,) = commands(found, "configuration")
        assert command.endswith(f"playbooks/rollback.yml -e finrisk_revision={asked.revision}")
        page = environment.play("status").stdout
        assert "Somebody changed the Deployment" in page
    finally:
        taken = environment.play("deploy", "-e", "finrisk_ab_ratio=25", "-e", "finrisk_force_conflicts=true")
    assert "Taken back: .spec.replicas (by kubectl" in taken.stdout
    assert not commands(status(environment), "configuration")


def test_an_undo_by_kubectl_is_told_as_what_runs_against_what_was_released(asked: Operated) -> None:
    environment, before = asked.environment, asked.revision
    earlier = next(  # the one before may be of the same revision, with what a test added by hand
        held["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
        for held in environment.objects("replicaset", "app=finrisk-api")
        if held["metadata"]["labels"]["finrisk.io/revision"] != before
    )
    environment.kubectl("rollout", "undo", "deployment/finrisk-api", f"--to-revision={earlier}")
    try:
        found = status(environment)
        assert found["configuration"]["revision"] != before
        assert before in found["configuration"]["problem"]
        assert "rollout undo" in found["configuration"]["problem"]
        (command,) = commands(found, "configuration")
        assert command.endswith("playbooks/rollback.yml")
    finally:
        environment.play("deploy", "-e", "finrisk_ab_ratio=25", "-e", "finrisk_force_conflicts=true")


def test_no_secret_stands_in_anything_that_site_said(operated: Operated) -> None:
    assert operated.environment.secrets.found_in(operated.site) == []
    assert "sha256:" in operated.site, "a secret is shown as a hash"


def mended(asked: Operated, about: str, words: str) -> None:
    """There is one finding of the release, with these words; its command starts the same revision again."""
    environment, before = asked.environment, asked.revision
    found = status(environment)
    [finding] = [each for each in found["findings"] if each["about"] in ("configuration", "service")]
    assert finding["about"] == about
    assert words in finding["what"], finding
    arguments = finding["command"].partition("playbooks/rollback.yml ")[2].split()
    assert arguments == ["-e", f"finrisk_revision={before}"]
    environment.play("rollback", *arguments)
    after = status(environment)
    assert after["configuration"]["revision"] == before
    assert after["traffic"]["split"] == found["traffic"]["split"]
    assert len(after["pods"]) == 2
    assert not commands(after, "configuration") + commands(after, "service")


def test_a_service_scaled_to_nothing_and_lost_credentials_are_named_and_mended_by_their_command(
    asked: Operated,
) -> None:
    environment = asked.environment
    environment.kubectl("scale", "deployment/finrisk-api", "--replicas=0")
    until(lambda: not environment.objects("pod", "app=finrisk-api"))
    mended(asked, "configuration", "Somebody scaled the service to 0 pods")
    environment.kubectl("delete", "secret", "finrisk-credentials")
    mended(asked, "configuration", "Secret finrisk-credentials is gone")


def of_image(environment: Environment) -> dict[str, Any] | None:
    """The status, as soon as a pod's problem is its image."""
    found = status(environment)
    problems = [pod["problem"] or "" for pod in found["pods"]]
    return found if any("cannot get the image" in problem for problem in problems) else None


def test_a_changed_image_is_one_finding_and_the_pods_that_cannot_start_stand_inside_it(
    asked: Operated,
) -> None:
    environment = asked.environment
    environment.kubectl("set", "image", "deployment/finrisk-api", "api=registry.invalid/finrisk:9")
    try:
        found = until(lambda: of_image(environment), 90)
        [finding] = [each for each in found["findings"] if each["about"] in ("configuration", "service")]
        assert "image (by kubectl" in finding["what"]
        assert any("cannot get the image" in symptom for symptom in finding["symptoms"]), finding
    finally:
        environment.play("deploy", "-e", "finrisk_ab_ratio=25", "-e", "finrisk_force_conflicts=true")
