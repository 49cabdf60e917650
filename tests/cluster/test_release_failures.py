"""Releases that fail: at once, with the pod's own reason, and the revision before serves again."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.release import release
from sandbox.kubernetes.cluster import Cluster
from tests.cluster import releases
from tests.cluster.releases import Edit, Ground
from tests.grounds.waiting import until

EARLY_SECONDS = 60.0  # the roll-out itself may take 90


@pytest.fixture(scope="module")
def ground(node: Cluster, images: dict[str, str]) -> Iterator[Ground]:
    with releases.ground(node, images["app"], releases.objects(images["app"])) as made:
        yield made


@pytest.fixture
def serving(ground: Ground) -> str:
    """A proven revision that serves a quarter of the users."""
    return str(ground.deploy(25, force_conflicts=True).revision.name)


def container(**changes: Any) -> Edit:
    def edit(deployment: dict[str, Any]) -> None:
        deployment["spec"]["template"]["spec"]["containers"][0] |= changes

    return edit


def probe(name: str, path: str, **more: int) -> Edit:
    held = {"httpGet": {"path": path, "port": "ops"}, "periodSeconds": 1, "failureThreshold": 2, **more}
    return container(**{name: held})


def privileged(deployment: dict[str, Any]) -> None:
    deployment["spec"]["template"]["spec"]["hostNetwork"] = True


def without_key(deployment: dict[str, Any]) -> None:
    held = {"name": "USER_HASH_KEY", "valueFrom": {"secretKeyRef": {"name": "gone", "key": "a"}}}
    variables = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    variables[:] = [each for each in variables if each["name"] != "USER_HASH_KEY"] + [held]


CPUS = container(resources={"requests": {"cpu": "1000"}})
FAILURES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an image that cannot be pulled": (
        {"image": "localhost/finrisk/none:1"},
        ["cannot get the image localhost/finrisk/none:1", "ErrImagePull|ImagePullBackOff"],
    ),
    "a setting that the service refuses": (
        {"settings": {"MAX_IN_FLIGHT": "many"}},
        ["ended with exit status", "its log says: .*MAX_IN_FLIGHT"],
    ),
    "a program that is not there": (
        {"edit": container(command=["/no/such/program"])},
        ["cannot start: .*/no/such/program"],
    ),
    "a start probe that fails": (
        {"edit": probe("startupProbe", "/nowhere")},
        ["was restarted because its probe failed: Startup probe failed: .*(404|refused)"],
    ),
    "a readiness probe that fails": (
        {"edit": probe("readinessProbe", "/nowhere"), "timeout_seconds": 12.0},
        ["does not get ready: Readiness probe failed: .*404"],
    ),
    "a pod that Pod Security refuses": (
        {"edit": privileged},
        ["the cluster makes no pod: .*violates PodSecurity", "hostNetwork"],
    ),
    "a Secret that is not there": (
        {"edit": without_key},
        ["CreateContainerConfigError", 'secret "gone" not found'],
    ),
    "no node with room": (
        {"edit": CPUS, "timeout_seconds": 8.0},
        ["no node takes pod finrisk-api-.*Insufficient cpu"],
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_release_that_cannot_run_fails_early_with_the_reason_and_the_old_one_serves(
    ground: Ground, serving: str, name: str
) -> None:
    options, words = FAILURES[name]
    bar: list[str] = []
    began = time.monotonic()
    with pytest.raises(FinriskError, match=words[0]) as failed:
        ground.deploy(50, tell=lambda _done, _total, label: bar.append(label), **options)
    assert time.monotonic() - began < EARLY_SECONDS
    for word in words:
        failed.match(word)
    failed.match(rf"\. {serving} \(25 % tuned, 75 % base\) was put back and serves$")
    assert not bar[0].startswith("back to ")
    assert bar[-1] == f"back to {serving}: every pod runs it"
    assert ground.told() == {(serving, 0.25)}
    assert ground.names("configmap", "finrisk.io/current=true") == {f"configmap/finrisk-config-{serving}"}
    assert not ground.deploy(25).changed


@contextmanager
def there(ground: Ground, version: str, kind: str, spec: dict[str, Any]) -> Iterator[None]:
    """An object named ``any`` for the length of the block."""
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": "any"}, "spec": spec}
    ground.kubectl("create", "-f", "-", stdin=json.dumps(body))
    try:
        yield
    finally:
        ground.kubectl("delete", kind, "any")


@contextmanager
def full(ground: Ground, pods: int) -> Iterator[None]:
    """A quota that takes so many pods and no other, for the length of the block."""
    with there(ground, "v1", "ResourceQuota", {"hard": {"pods": str(pods)}}):
        until(lambda: "used" in ground.get("resourcequota", "any").get("status", {}))
        yield


def test_a_quota_is_told_in_the_clusters_words_and_the_old_pods_go_on(ground: Ground, serving: str) -> None:
    with full(ground, pods=1):
        with pytest.raises(FinriskError, match=r"the cluster makes no pod: .*exceeded quota: any") as failed:
            ground.deploy(50)
        assert failed.match("was put back and serves")
        assert ground.told() == {(serving, 0.25)}


def test_a_rollback_replaces_a_single_pod_where_there_is_no_room_for_two(
    ground: Ground, serving: str
) -> None:
    with full(ground, pods=1):
        assert "replaces the only pod, some seconds without service" in str(
            ground.target().rollback_obstacles()
        )
        target = ground.target(takes_back=True)
        what = ground.rendered(0)
        done = release.roll_back(target, "base", what, check=False)
        (note,) = target.notes
        assert re.search(r"exceeded quota: any.*it went on with 1 fewer; no pod served for \d+ s", note)
        assert ground.told() == {(done.revision.name, 0.0)}
        assert done.revision.name != serving
    strategy = ground.deployment["spec"]["strategy"]["rollingUpdate"]
    assert strategy == {"maxSurge": "100%", "maxUnavailable": 0}, "as it was"
    assert not ground.roll_back().changed


def test_a_rollback_wakes_what_was_scaled_to_none_and_leaves_the_number_to_its_autoscaler(
    ground: Ground, serving: str
) -> None:
    def autoscaled(deployment: dict[str, Any]) -> None:
        deployment["spec"].pop("replicas")

    ground.deploy(50, edit=autoscaled)
    ground.kubectl("scale", "deployment/finrisk-api", "--replicas=0")
    until(lambda: not ground.target().pods(), 60)
    done = ground.roll_back(edit=autoscaled)
    assert ground.deployment["spec"]["replicas"] == 2
    assert ground.told() == {(done.revision.name, 0.0)}
    assert serving != done.revision.name


def test_a_budget_that_forbids_eviction_and_an_autoscaler_that_scales_meanwhile_hold_up_no_rollback(
    ground: Ground, serving: str
) -> None:
    budget = {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "finrisk-api"}}}
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "finrisk-api"}
    pods = {"minReplicas": 2, "maxReplicas": 2, "scaleTargetRef": scaled}
    with (
        there(ground, "policy/v1", "PodDisruptionBudget", budget),
        there(ground, "autoscaling/v2", "HorizontalPodAutoscaler", pods),
    ):
        done = ground.roll_back()
        until(lambda: ground.deployment["spec"]["replicas"] == 2, 60)
        again = ground.roll_back()
        assert again.revision.name == done.revision.name != serving
        assert ground.told() == {(done.revision.name, 0.0)}
        assert ground.deployment["spec"]["replicas"] == 2, "a rollback leaves the number as it is"
        assert len(ground.target().pods()) == 2


def test_a_rollback_works_while_the_pods_of_another_release_crash(ground: Ground, serving: str) -> None:
    """As after a killed deploy: nobody put the old revision back."""
    target = ground.target()
    what = ground.rendered(50, MAX_IN_FLIGHT="many")
    broken = releases.made(what, 77)
    target.store(broken)
    target._apply(broken, check=False)
    until(lambda: any("waiting" in state for state in _states(ground)))
    done = ground.roll_back()
    assert ground.told() == {(done.revision.name, 0.0)}
    assert done.revision.settings["MAX_IN_FLIGHT"] != "many", "of the newest settings that were proven"
    assert serving in ground.target().names()


def _states(ground: Ground) -> list[dict[str, Any]]:
    statuses = [pod["status"].get("containerStatuses") or [] for pod in ground.target().pods()]
    return [held["state"] for each in statuses for held in each if held.get("restartCount")]


def test_a_rollback_whose_settings_do_not_run_says_so_and_what_served_goes_on(
    ground: Ground, serving: str
) -> None:
    edit = container(command=["/no/such/program"])
    what = ground.rendered(11, edit=edit)
    broken = releases.made(what, 78)
    ground.target().store(broken)
    with pytest.raises(
        FinriskError,
        match=rf"/no/such/program.*Nothing was put back: {broken.name} .*still runs of {serving} ",
    ):
        ground.roll_back(broken.name)
    assert (serving, 0.25) in ground.told()
    assert f"{broken.name} (11 % tuned, 89 % base) is asked for" in ground.target().unfinished()
    done = ground.roll_back()
    assert ground.told() == {(done.revision.name, 0.0)}
    assert ground.target().unfinished() == ""


def test_credentials_that_the_service_refuses_move_nobody_to_an_older_ratio(ground: Ground) -> None:
    ground.deploy(50, force_conflicts=True)
    serving = ground.deploy(25).revision.name
    try:
        ground.write_credentials(USER_HASH_KEY="")
        with pytest.raises(FinriskError, match=rf"USER_HASH_KEY.*\. {serving} stays the revision"):
            ground.deploy(25)
        assert ground.target().current() == serving
        assert (serving, 0.25) in ground.told(), "the pods that have the old credentials go on"
    finally:
        ground.write_credentials()
        ground.deploy(25)


def test_a_first_release_that_fails_leaves_nothing_running(node: Cluster, ground: Ground) -> None:
    with releases.ground(node, ground.image, ground.objects) as empty:
        with pytest.raises(
            FinriskError, match=r"MAX_IN_FLIGHT.*There is no revision before it, so nothing runs"
        ):
            empty.deploy(0, settings={"MAX_IN_FLIGHT": "many"})
        assert empty.target().current() == ""
        target = empty.target()  # the garbage collector ends the pods in its own time
        until(lambda: all(pod["metadata"].get("deletionTimestamp") for pod in target.pods()), 30)
        assert empty.deploy(0).changed, "and does not stand in the way of the next one"


def test_a_release_that_fails_after_a_lost_revision_leaves_the_pods_that_serve(
    node: Cluster, ground: Ground
) -> None:
    with releases.ground(node, ground.image, ground.objects) as alone:
        name = alone.deploy(25).revision.name
        alone.kubectl("delete", "configmap", f"finrisk-config-{name}")
        with pytest.raises(FinriskError, match=r"MAX_IN_FLIGHT.*none was put back; what still runs"):
            alone.deploy(50, settings={"MAX_IN_FLIGHT": "many"})
        assert (name, 0.25) in alone.told()


def test_without_credentials_nothing_is_applied(node: Cluster, ground: Ground) -> None:
    with releases.ground(node, ground.image, ground.objects) as empty:
        empty.kubectl("delete", "secret", "finrisk-credentials")
        with pytest.raises(FinriskError, match=r"no Secret finrisk-credentials .*no copy.*site\.yml first"):
            empty.deploy(0)
        assert empty.names("configmap") == set()


@pytest.mark.parametrize(
    ("verb", "resource", "named"),
    [
        ("patch", "deployments", "patch deployments.apps"),
        ("create", "pods/portforward", "create pods/portforward"),
        ("list", "events", "list events"),
        ("create", "leases", "create leases.coordination.k8s.io"),
        ("delete", "configmaps", "delete configmaps"),
    ],
)
def test_a_missing_permission_is_named_before_anything_is_changed(
    ground: Ground, serving: str, tmp_path: Path, verb: str, resource: str, named: str
) -> None:
    access = releases.operator(
        ground, f"less-{verb}-{resource.replace('/', '-')}", tmp_path, (verb, resource)
    )
    with pytest.raises(FinriskError) as refused:
        ground.deploy(50, access=access)
    assert f"may not {named}" in refused.value.message
    assert ground.namespace in refused.value.message
    assert "ask whoever administers the cluster" in refused.value.message
    assert len(ground.names("configmap", "finrisk.io/current=true")) == 1
    assert ground.told() == {(serving, 0.25)}


def test_the_role_of_the_templates_is_enough_to_release_and_to_roll_back(
    ground: Ground, serving: str, tmp_path: Path
) -> None:
    access = releases.operator(ground, "operator", tmp_path)
    assert ground.target(access).current() == serving
    done = ground.deploy(75, access=access)
    assert ground.told() == {(done.revision.name, 0.75)}
    assert ground.roll_back(access=access).changed
