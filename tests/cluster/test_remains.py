"""What a cluster leaves on the machine: nothing, also when it was killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kubernetes import cgroups, cluster, images, ladder, processes
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.ladder import Kind, Rung
from sandbox.kubernetes.place import Place
from sandbox.process import Process, is_running, start_time
from tests.cluster import manifests

SECOND, THIRD = Place(8), Place(9)


@pytest.fixture(scope="module")
def forgotten() -> Iterator[None]:
    """Nothing is kept of the second cluster after these tests, not even its store of images."""
    yield
    cluster.down(SECOND, forget=True)


@pytest.fixture
def second(node: Cluster, forgotten: None) -> Cluster:  # noqa: ARG001 - it ends what begins here
    """A node beside the shared one, with a pod on it; up from the test before, when that left it up."""
    if node.kind is not Kind.NODE:
        pytest.skip("a disposable cluster is not ours to stop")
    return _with_a_pod(cluster.up(SECOND, ladder.choose()))


def _with_a_pod(there: Cluster) -> Cluster:
    pod = manifests.pod("any", images.pause().name, 65535, ("/any",))  # an image that every node has
    there.kubectl("apply", "-f", "-", stdin=manifests.document(pod))
    done = there.kubectl_result("wait", "--for=condition=Ready", "--timeout=90s", "pod/any")
    assert done.returncode == 0, there.kubectl("describe", "pod")
    return there


def _traces(place: Place) -> list[str]:
    """What the machine itself shows of a cluster, by other means than the cluster's own."""
    folders = (
        "/var/log/containers",
        "/var/lib/cni",
        "/run/containerd",
        "/var/lib/kubelet",
        str(place.folder),
    )
    shown: dict[str, list[str]] = {
        "process": ["ps", "-eo", "pid,args"],
        "mount": ["cat", "/proc/self/mounts"],
        "namespace": ["ip", "netns", "list"],
        "link": ["ip", "-o", "link"],
        "route": ["ip", "route"],
        "cgroup": ["find", "/sys/fs/cgroup", "-name", place.name],
        "file": ["find", *folders],
    }
    found: list[str] = []
    for kind, command in shown.items():
        text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        found.extend(f"{kind}: {line}" for line in text.splitlines() if _names(place).search(line))
    return found


def _names(place: Place) -> re.Pattern[str]:
    """The names of this cluster, not of one whose name begins in the same way."""
    names = "|".join(map(re.escape, (place.name, place.link, place.node_address)))
    return re.compile(rf"({names})(?![0-9a-z])")


def _contained(place: Place) -> list[Process]:
    """The processes in the cluster's containers: no path of the cluster is in their command lines."""
    found = ((pid, start_time(pid)) for pid in cgroups.processes(place))
    return [Process(pid, began) for pid, began in found if began is not None]


def test_a_second_up_does_nothing(second: Cluster) -> None:
    before = processes.recorded(SECOND)
    assert cluster.up(SECOND, ladder.choose()) == second
    assert processes.recorded(SECOND) == before


def test_down_leaves_no_process_mount_namespace_or_cgroup(second: Cluster) -> None:
    assert second.place is not None
    contained = _contained(SECOND)
    assert {trace.split(":")[0] for trace in _traces(SECOND)} >= {"process", "mount", "namespace", "cgroup"}
    cluster.down(SECOND)
    assert _traces(SECOND) == []
    assert cluster.leftovers(SECOND) == []
    assert contained
    assert not any(is_running(process) for process in contained)


def test_up_after_a_crash_removes_what_is_left_and_starts_again(second: Cluster) -> None:
    assert second.place is not None
    orphans = _contained(SECOND)
    for process in processes.recorded(SECOND).values():
        os.kill(process.pid, signal.SIGKILL)
    assert cluster.running(SECOND) is None
    assert any(map(is_running, orphans)), "containers outlive their runtime: up has to deal with them"
    again = cluster.up(SECOND, ladder.choose())
    assert not any(map(is_running, orphans))
    assert "No resources found" in again.kubectl_result("get", "pods").stderr


def test_down_after_a_crash_leaves_nothing_though_no_process_is_recorded(second: Cluster) -> None:
    assert second.place is not None
    containerd = processes.recorded(SECOND)["containerd"]
    os.kill(containerd.pid, signal.SIGKILL)
    for record in (SECOND.folder / "processes").iterdir():
        record.unlink()
    cluster.down(SECOND)
    assert _traces(SECOND) == []


@pytest.mark.usefixtures("cluster")
def test_a_control_plane_alone_rolls_a_deployment_out_and_leaves_nothing() -> None:
    try:
        there = cluster.up(THIRD, Rung(Kind.CONTROL_PLANE, "for this test"))
        body = manifests.document(manifests.deployment("any", "localhost/any:1", 2))
        there.kubectl("apply", "--server-side", "-f", "-", stdin=body)
        assert "successfully rolled out" in there.kubectl(
            "rollout", "status", "deployment/any", "--timeout=60s"
        )
    finally:
        cluster.down(THIRD)
    assert _traces(THIRD) == []
    assert not Path(THIRD.folder).exists()
