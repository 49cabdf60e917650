"""The CronJob finrisk-act: harm that is proven takes everybody back to base, and no client notices."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.kubernetes.cluster import Cluster
from tests.cluster.clients import Clients
from tests.cluster.environment import Environment
from tests.grounds.waiting import until

EVERY_MINUTE, ONCE_A_YEAR = "* * * * *", "0 0 1 1 *"
FROM_PROOF_SECONDS = 120
USERS = 200


@dataclass(frozen=True)
class Story:
    """What came of a tuned model that answers nobody."""

    environment: Environment
    clients: Clients
    seconds: float
    """From the proof until no pod gave anybody the tuned model."""
    log: str
    """Of the Job that rolled back."""
    status: dict[str, Any]
    """After one more Job."""


@pytest.fixture(scope="module")
def story(environment: Environment, node: Cluster) -> Story:
    """Half of the users have the model; the CronJob does not run before the gate says that harm is proven."""
    image = node.load(("ops",))["ops"]
    acts = json.dumps({"finrisk_act_schedule": ONCE_A_YEAR, "finrisk_act_image": image})
    environment.play("site", "-e", acts)
    environment.tune()
    environment.play("deploy", "-e", "finrisk_ab_ratio=50")
    environment.wire.fault(kind="status", code=500, arm="tuned")
    for number in range(USERS):
        assert environment.analyze(f"somebody-{number}").status == 200
    until(lambda: verdict(environment) == "roll_back", 120)
    proven = time.monotonic()
    with Clients(environment) as clients:
        schedule(environment, EVERY_MINUTE)
        until(lambda: splits(environment) == {0.0}, 2 * FROM_PROOF_SECONDS)
        seconds = time.monotonic() - proven
        [first] = until(lambda: succeeded(environment), 120)
    log = environment.kubectl("logs", f"job/{first}")
    until(lambda: succeeded(environment) - {first}, 180)  # one that finds nobody on the model
    return Story(environment, clients, seconds, log, status(environment))


def status(environment: Environment) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(environment.play("status", "-e", "finrisk_format=json").stdout)
    return told


def status_of(environment: Environment, job: str) -> dict[str, Any] | None:
    """The status, as soon as it has a problem of this Job."""
    told = status(environment)
    acting = told["acting"] or {}
    return told if acting["job"] == job and acting["problem"] else None


def schedule(environment: Environment, when: str) -> None:
    patch = json.dumps({"spec": {"schedule": when}})
    environment.kubectl("patch", "cronjob", "finrisk-act", "--patch", patch)


def verdict(environment: Environment) -> str:
    folder = f"finrisk_evaluation_dir={environment.folder / 'evaluations'}"
    told = environment.play("evaluate", "-e", "finrisk_format=json", "-e", folder)
    return str(json.loads(told.stdout)["verdict"])


def splits(environment: Environment) -> set[float]:
    """What the workers of all pods say."""
    pods = environment.readiness().values()
    return {float(worker["split"]) for pod in pods for worker in pod.get("workers", [{"split": -1}])}


def succeeded(environment: Environment) -> set[str]:
    """The Jobs of the CronJob that ended well."""
    jobs = environment.objects("jobs", "app=finrisk-act")
    return {job["metadata"]["name"] for job in jobs if (job.get("status") or {}).get("succeeded")}


def test_everybody_is_on_base_within_two_minutes_of_the_proof(story: Story) -> None:
    assert story.seconds <= FROM_PROOF_SECONDS


def test_no_client_got_an_error(story: Story) -> None:
    assert story.clients.failed() == []
    assert {sent.arm for sent in story.clients.between()} == {"base"}  # the model answered nobody


def test_it_rolled_back_once_in_its_own_name_and_with_its_evidence(story: Story) -> None:
    releases = story.status["releases"]
    [back] = [each for each in releases if each["action"] == "rollback"]
    account = f"system:serviceaccount:{story.environment.namespace}:finrisk-act"
    assert (back["who"], back["outcome"], back["ratio_before"], back["ratio_after"]) == (
        account,
        "done",
        50,
        0,
    )
    gate = back["figures"]["gate"]
    assert (gate["mode"], gate["verdict"], len(gate["sha256"])) == ("act", "roll_back", 64)
    assert releases[0] == back


def test_its_log_says_what_it_did_and_status_when_it_last_did_well(story: Story) -> None:
    assert "Verdict         roll back: The tuned model is proven worse" in story.log
    assert "Traffic: 0 % tuned, 100 % base" in story.log
    assert not story.environment.secrets.found_in(story.log)
    acting = story.status["acting"]
    assert (acting["schedule"], acting["suspended"], acting["problem"]) == (EVERY_MINUTE, False, None)
    assert acting["last_run"] <= acting["last_success"]
    assert not [finding for finding in story.status["findings"] if finding["about"] == "gate"]


def test_its_account_gives_nobody_a_right_and_sees_no_other_namespace(story: Story) -> None:
    own = story.environment.namespace
    assert may(story, own, "get", "", "secrets")  # a revision is one, under a name that nobody knows before
    assert may(story, own, "patch", "apps", "deployments", "finrisk-api")
    for verb, group, resource in (
        ("get", "", "secrets"),
        ("get", "", "configmaps"),
        ("list", "", "pods"),
        ("patch", "apps", "deployments"),
    ):
        assert not may(story, "kube-system", verb, group, resource), resource
    for verb, group, resource in (
        ("create", "", "pods"),
        ("create", "", "pods/exec"),
        ("create", "", "serviceaccounts/token"),
        ("impersonate", "", "users"),
        ("create", "batch", "jobs"),
        ("patch", "batch", "cronjobs"),
        ("create", "apps", "deployments"),
        ("delete", "apps", "deployments"),
        ("patch", "apps", "statefulsets"),
        ("patch", "rbac.authorization.k8s.io", "roles"),
        ("create", "rbac.authorization.k8s.io", "rolebindings"),
        ("patch", "networking.k8s.io", "networkpolicies"),
    ):
        assert not may(story, own, verb, group, resource), f"{verb} {resource}"
    assert not may(story, own, "patch", "apps", "deployments", "another")


def may(story: Story, namespace: str, verb: str, group: str, resource: str, name: str = "") -> bool:
    """Whether the API server lets the CronJob's account do this."""
    resource, _, part = resource.partition("/")
    asked = {"namespace": namespace, "verb": verb, "group": group, "resource": resource}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{story.environment.namespace}:finrisk-act",
            "resourceAttributes": asked | {"subresource": part, "name": name},
        },
    }
    kubectl = story.environment.cluster.kubectl
    told = json.loads(kubectl("create", "-f", "-", "-o", "json", stdin=json.dumps(review)))
    return bool(told["status"]["allowed"])


@pytest.mark.parametrize(
    ("number", "path", "value", "why", "command"),
    [
        (
            1,
            "env/0",
            {"name": "DATABASE_URL", "value": "postgresql://nobody:none@postgres-service:5432/none"},
            "Ask the gate: ",
            "logs job/finrisk-act-by-hand-1",
        ),
        (
            2,
            "image",
            "localhost/finrisk/ops:none",
            "image",
            "delete job finrisk-act-by-hand-2",
        ),
    ],
    ids=["no database", "no image"],
)
def test_one_that_cannot_run_changes_nothing_and_is_a_finding(
    story: Story, number: int, path: str, value: object, why: str, command: str
) -> None:
    environment, job = story.environment, f"finrisk-act-by-hand-{number}"
    [before] = environment.objects("deployments")
    container = "/spec/jobTemplate/spec/template/spec/containers/0"
    schedule(environment, ONCE_A_YEAR)
    changes = [{"op": "replace", "path": f"{container}/{path}", "value": value}]
    environment.kubectl("patch", "cronjob", "finrisk-act", "--type=json", "--patch", json.dumps(changes))
    environment.kubectl("create", "job", job, "--from=cronjob/finrisk-act")
    try:
        told = until(lambda: status_of(environment, job), 120)
        [finding] = [finding for finding in told["findings"] if finding["about"] == "gate"]
        assert why in finding["what"]
        assert command in finding["command"]
        [after] = environment.objects("deployments")
        assert after["metadata"]["generation"] == before["metadata"]["generation"]
    finally:
        environment.kubectl("delete", "job", job)


def test_it_stays_away_when_the_inventory_wants_it_no_more(story: Story) -> None:
    story.environment.play("site")
    assert story.environment.objects("cronjobs") == []
    assert "finrisk-act" not in story.environment.kubectl(
        "get", "roles,rolebindings,serviceaccounts", "-o", "name"
    )
