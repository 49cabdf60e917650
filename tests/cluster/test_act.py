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

EVERY_MINUTE = "* * * * *"
FROM_PROOF_SECONDS = 120
USERS = 200


@dataclass(frozen=True)
class Story:
    """What came of a tuned model that answers nobody."""

    environment: Environment
    clients: Clients
    seconds: float
    """From the proof until no pod gave anybody the tuned model."""
    releases: list[dict[str, Any]]
    """After one more Job, the newest first."""


@pytest.fixture(scope="module")
def story(environment: Environment, node: Cluster) -> Story:
    """Half of the users have the model; the CronJob rests until the gate says that harm is proven."""
    image = node.load(("ops",))["ops"]
    acts = json.dumps({"finrisk_act_schedule": EVERY_MINUTE, "finrisk_act_image": image})
    environment.play("site", "-e", acts)
    suspend(environment, True)
    environment.tune()
    environment.play("deploy", "-e", "finrisk_ab_ratio=50")
    environment.wire.fault(kind="status", code=500, arm="tuned")
    with Clients(environment) as clients:
        for number in range(USERS):
            assert environment.analyze(f"somebody-{number}").status == 200
        until(lambda: verdict(environment) == "roll_back", 120)
        proven = time.monotonic()
        suspend(environment, False)
        until(lambda: splits(environment) == {0.0}, 2 * FROM_PROOF_SECONDS)
        seconds = time.monotonic() - proven
        done = succeeded(environment)
        until(lambda: succeeded(environment) - done, 180)  # and one that finds nobody on the model
        told = json.loads(environment.play("status", "-e", "finrisk_format=json").stdout)
    return Story(environment, clients, seconds, told["releases"])


def suspend(environment: Environment, rests: bool) -> None:
    patch = json.dumps({"spec": {"suspend": rests}})
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
    [back] = [each for each in story.releases if each["action"] == "rollback"]
    account = f"system:serviceaccount:{story.environment.namespace}:finrisk-act"
    assert (back["who"], back["outcome"], back["ratio_before"], back["ratio_after"]) == (
        account,
        "done",
        50,
        0,
    )
    gate = back["figures"]["gate"]
    assert (gate["mode"], gate["verdict"], len(gate["sha256"])) == ("act", "roll_back", 64)
    assert story.releases[0] == back


def test_it_stays_away_when_the_inventory_wants_it_no_more(story: Story) -> None:
    story.environment.play("site")
    assert story.environment.objects("cronjobs") == []
    assert "finrisk-act" not in story.environment.kubectl(
        "get", "roles,rolebindings,serviceaccounts", "-o", "name"
    )
