"""One release at a time: the Lease on a real API server, its holder named, killed, or robbed of it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import lease as kube_lease
from sandbox.kubernetes.cluster import Cluster
from tests.cluster import releases
from tests.cluster.releases import Ground
from tests.grounds.waiting import until

HOLD = """
import sys, time
from finrisk_ops.kube.client import Access, Cluster
from finrisk_ops.kube.target import KubernetesTarget
with KubernetesTarget(Cluster(Access(*sys.argv[1:4]))).locked("deploy at 50 % tuned, 50 % base"):
    print("held", flush=True)
    for _ in range(1200):
        time.sleep(0.1)  # a signal that comes just before a long sleep is handled after it
"""


@pytest.fixture(scope="module")
def ground(node: Cluster, images: dict[str, str]) -> Iterator[Ground]:
    with releases.ground(node, images["app"], releases.objects(images["app"])) as made:
        made.deploy(25)
        yield made


@pytest.fixture
def holder(ground: Ground) -> Iterator[subprocess.Popen[str]]:
    """Another process that is releasing."""
    access = ground.access
    command = [sys.executable, "-c", HOLD, access.kubeconfig, access.context, access.namespace]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def never_ready(deployment: dict[str, Any]) -> None:
    probe = {"httpGet": {"path": "/nowhere", "port": "ops"}, "periodSeconds": 1, "failureThreshold": 2}
    deployment["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = probe


def lease(ground: Ground) -> dict[str, Any]:
    return ground.get("lease", kube_lease.NAME)


def pretend(ground: Ground, **spec: Any) -> None:
    ground.kubectl("patch", "lease", kube_lease.NAME, "--type=merge", "-p", json.dumps({"spec": spec}))


def test_the_second_of_two_releases_names_the_first_and_changes_nothing(
    ground: Ground, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(
        FinriskError, match=r"another release is under way: \S+@\S+ since 20\S+, deploy at 50.*rollback\.yml"
    ):
        ground.deploy(50)
    assert holder.poll() is None
    assert ground.deploy(50, check=True).changed, "a check needs no lease"
    assert ground.told() == {(ground.target().current(), 0.25)}


def test_the_lease_of_a_killed_holder_is_taken_over_at_once(
    ground: Ground, holder: subprocess.Popen[str]
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    assert not ground.deploy(25).changed
    assert time.monotonic() - began < kube_lease.DURATION_SECONDS / 2
    assert lease(ground)["spec"].get("holderIdentity", "") == "", "and given back"


def test_the_lease_of_another_machine_is_respected_until_it_ends(ground: Ground) -> None:
    with ground.target().locked("deploy at 50"):
        held = lease(ground)["spec"]["holderIdentity"]
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
    pretend(ground, holderIdentity=held, renewTime=now, leaseDurationSeconds=30)
    with pytest.raises(FinriskError, match=r"if it was killed, its hold ends at \d\d:\d\d:\d\d UTC"):
        ground.deploy(25)
    pretend(ground, renewTime="2026-01-01T00:00:00.000000Z")
    assert not ground.deploy(25).changed


def test_a_release_that_loses_its_lease_stops_and_leaves_the_rest_to_the_other(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kube_lease, "RENEW_SECONDS", 0.2)
    said: list[str] = []

    def rob(_done: int, _total: int, label: str) -> None:
        if not said:
            now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
            pretend(ground, holderIdentity="somebody-else", renewTime=now, leaseDurationSeconds=30)
            time.sleep(1)
        said.append(label)

    try:
        with pytest.raises(
            FinriskError, match=r"taken over by somebody-else at 20\S+, without saying why: it stopped"
        ):
            ground.deploy(50, tell=rob)
        there = ground.deployment
        current = ground.names("configmap", "finrisk.io/current=true")
        assert lease(ground)["spec"]["holderIdentity"] == "somebody-else", "it is not given away"
        time.sleep(1)
        assert ground.deployment["metadata"]["generation"] == there["metadata"]["generation"]
        assert ground.names("configmap", "finrisk.io/current=true") == current
    finally:
        pretend(ground, holderIdentity="")
    done = ground.deploy(50)
    assert done.changed
    assert ground.told() == {(done.revision.name, 0.5)}


def test_a_rollback_takes_over_from_a_deploy_that_hangs_which_stops_and_changes_nothing_more(
    ground: Ground,
) -> None:
    ground.deploy(25)
    ended: list[str] = []

    def hang() -> None:
        try:
            ground.deploy(50, edit=never_ready, timeout_seconds=120)
        except FinriskError as error:
            ended.append(error.message)

    hanging = threading.Thread(target=hang)
    hanging.start()
    try:
        until(lambda: "deploy at 50 %" in str(ground.target().rollback_obstacles()), 30)
        until(lambda: len(ground.target().pods()) > 1, 30)
        began = time.monotonic()
        done = ground.roll_back()
        seconds = time.monotonic() - began
    finally:
        hanging.join()
    assert seconds < 60
    (said,) = ended
    assert re.search(
        r"taken over by \S+@\S+ at 20\S+, rollback to base: it stopped and changes nothing", said
    )
    assert ground.told() == {(done.revision.name, 0.0)}
    assert ground.names("configmap", "finrisk.io/current=true") == {
        f"configmap/finrisk-config-{done.revision.name}"
    }
    assert ground.target().unfinished() == ""


def test_a_rollback_waits_for_another_rollback(ground: Ground) -> None:
    with (
        ground.target().locked("rollback to base", takes_over=True),
        pytest.raises(FinriskError, match=r"another release is under way: .*rollback to base"),
    ):
        ground.roll_back()


def test_of_two_releases_at_the_same_moment_one_runs(ground: Ground) -> None:
    ground.deploy(25)
    results: list[str] = []

    def run(ratio: int) -> None:
        try:
            results.append(f"ran {ground.deploy(ratio).revision.release.ratio}")
        except FinriskError as error:
            results.append(error.message)

    both = [threading.Thread(target=run, args=(ratio,)) for ratio in (60, 61)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    ran, refused = sorted(results, key=lambda text: not text.startswith("ran"))
    assert ran.startswith("ran")
    assert "another release is under way" in refused
    assert {split for _, split in ground.told()} == {int(ran.split()[1]) / 100}
