"""The pods of a release on a real cluster: their number, their credentials, and how old ones end."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from finrisk_ops.release.release import Outcome
from sandbox.kubernetes.cluster import Cluster
from tests.cluster import releases
from tests.cluster.releases import Ground, replicas, running
from tests.grounds.rendering import rendered


@pytest.fixture(scope="module")
def ground(node: Cluster, images: dict[str, str]) -> Iterator[Ground]:
    with releases.ground(node, images["app"], releases.objects(images["app"])) as made:
        yield made


@pytest.fixture
def quarter(ground: Ground) -> Outcome:
    """A quarter of the users on the tuned model, whatever was there before."""
    return ground.deploy(25, force_conflicts=True)


def pods_of(ground: Ground, revision: str) -> list[str]:
    """The pods of a revision; older ones are listed until the kubelet has cleaned up."""
    labels = f"finrisk.io/revision={revision}"
    return ground.kubectl("get", "pod", "-l", labels, "-o", "name").split()


def test_an_autoscaler_gets_the_pods_as_they_are_and_keeps_their_number(ground: Ground) -> None:
    ground.deploy(25, edit=replicas(2), force_conflicts=True)
    seen: set[int] = set()
    ended = threading.Event()
    watching = threading.Thread(target=_watch, args=(ground, seen, ended))
    watching.start()
    try:
        assert ground.deploy(25, edit=replicas(None), check=True).changed
        ground.deploy(25, edit=replicas(None))
        assert not ground.deploy(25, edit=replicas(None)).changed
    finally:
        ended.set()
        watching.join()
    assert seen == {2}
    _scaled_by_the_autoscaler(ground, 3)
    ground.deploy(50, edit=replicas(None))
    assert ground.deployment["spec"]["replicas"] == 3, "a release leaves the number to the autoscaler"
    ground.deploy(25, edit=replicas(1))
    assert ground.deployment["spec"]["replicas"] == 1, "FinRisk's own choice again, and no drift"


def _watch(ground: Ground, seen: set[int], ended: threading.Event) -> None:
    target = ground.target()
    while not ended.wait(0.02):
        live = target.live()
        assert live is not None
        seen.add(live["spec"]["replicas"])


def _scaled_by_the_autoscaler(ground: Ground, pods: int) -> None:
    """Scale as the HorizontalPodAutoscaler's controller does, which has no metrics here."""
    cluster = ground.target().cluster
    where = f"/apis/apps/v1/namespaces/{ground.namespace}/deployments/finrisk-api/scale"
    body = {"spec": {"replicas": pods}}
    cluster.request("PATCH", where, body, {"fieldManager": "kube-controller-manager"}, patch="merge")


def test_changed_credentials_roll_the_pods_and_changed_client_keys_do_not(
    ground: Ground, quarter: Outcome
) -> None:
    target = ground.target()
    pods = running(ground)
    ground.write_credentials(api_keys__json='[{"id": "a", "name": "b", "sha256": "c", "roles": []}]')
    assert target.pending(quarter.revision) == ""
    assert not ground.deploy(25).changed
    assert running(ground) == pods
    try:
        ground.write_credentials(USER_HASH_KEY="11" * 32)
        assert "not read the new credentials" in target.pending(quarter.revision)
        assert ground.deploy(25, check=True).changed
        assert running(ground) == pods, "a check starts nothing"
        assert ground.deploy(25).revision.name == quarter.revision.name
        assert (
            not {pod["metadata"]["uid"] for pod in target.pods() if pod["status"]["phase"] == "Running"}
            & pods
        )
        assert ground.told() == {(quarter.revision.name, 0.25)}
        assert not ground.deploy(25).changed
    finally:
        ground.write_credentials()
        ground.deploy(25)


ON_ONE_CONNECTION = """
import http.client, time
kept = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
for answered in range(1000):
    kept.request("GET", "/healthz")
    answer = kept.getresponse()
    assert answer.status == 200 and answer.read()
    if answer.headers["Connection"] == "close":
        break
    print("kept", flush=True)
    time.sleep(0.1)
kept.request("GET", "/healthz")
print("closed, then", kept.getresponse().status)
"""


def test_a_pod_that_goes_ends_kept_connections_before_it_stops(ground: Ground) -> None:
    (hook,) = (
        container["lifecycle"]
        for container in rendered("staging")["deployment"]["spec"]["template"]["spec"]["containers"]
    )
    hook["preStop"]["exec"]["command"][2] += "0"  # 50 s, in which only the hook can have ended it

    def with_hook(deployment: dict[str, Any]) -> None:
        deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 55
        deployment["spec"]["template"]["spec"]["containers"][0]["lifecycle"] = hook

    done = ground.deploy(25, edit=with_hook, force_conflicts=True)
    (pod,) = pods_of(ground, done.revision.name)
    ask = ("-n", ground.namespace, "exec", pod, "--", "python3", "-c", ON_ONE_CONNECTION)
    with subprocess.Popen(
        [*ground.cluster.kubectl_command(), *ask], stdout=subprocess.PIPE, text=True
    ) as asking:
        assert asking.stdout
        assert asking.stdout.readline() == "kept\n"
        began = time.monotonic()
        ground.kubectl("delete", pod, "--wait=false")
        *_, last = asking.stdout
    assert last == "closed, then 200\n"
    assert time.monotonic() - began < 40


def test_a_release_waits_until_no_old_pod_answers(ground: Ground) -> None:
    def slow_to_go(deployment: dict[str, Any]) -> None:
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        container["lifecycle"] = {"preStop": {"sleep": {"seconds": 4}}}

    ground.deploy(25, edit=slow_to_go, force_conflicts=True)
    began = time.monotonic()
    done = ground.deploy(50)
    assert time.monotonic() - began > 4
    alive = [pod for pod in ground.target().pods() if pod["status"]["phase"] == "Running"]
    assert {pod["metadata"]["labels"]["finrisk.io/revision"] for pod in alive} == {done.revision.name}
