"""The cluster of this test session, and a namespace of their own for each module's tests."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import binaries, cluster, ladder
from tests.cluster.cluster import Cluster
from tests.cluster.failure import ClusterError
from tests.cluster.ladder import Kind
from tests.cluster.place import Place

HERE = Path(__file__).parent
SECONDS = 2400  # the first test may have to build the cluster
IN_CI = os.environ.get("CI") == "true"
NUMBER = int(os.environ.get("FINRISK_TEST_CLUSTER_NUMBER", "0"))  # another lets two sessions run side by side


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(SECONDS))


def _why_not() -> str | None:
    """A sentence, when this session should not start a cluster by itself."""
    if IN_CI or os.environ.get("FINRISK_TEST_CLUSTER"):
        return None
    try:
        built = binaries.hyperkube().exists()
    except ClusterError as error:
        return str(error)
    return None if built else "no test cluster is built here: `make test-cluster` builds one and runs these"


@pytest.fixture(scope="session")
def cluster_allowed() -> None:
    """Skip where nobody asked for a cluster."""
    if (reason := _why_not()) is not None:
        pytest.skip(reason)


@pytest.fixture(scope="session", name="cluster")
def shared_cluster(cluster_allowed: None) -> Iterator[Cluster]:  # noqa: ARG001 - it skips
    """A cluster that answers; one that was up before stays up."""
    place = Place(NUMBER)
    rung = ladder.choose()
    if IN_CI and rung.kind is Kind.CONTROL_PLANE:
        pytest.fail(f"in CI the cluster tests need a node: {rung.reason}")
    with binaries.locked(binaries.cache() / f"tests-{NUMBER}.lock"):  # of two test sessions one would end the other's
        was_up = cluster.running(place) is not None
        there = cluster.up(place, rung)
        yield there
        if not was_up and there.kind is not Kind.DISPOSABLE:
            cluster.down(place)


@pytest.fixture(scope="session")
def node(cluster: Cluster) -> Cluster:
    """A cluster whose pods really run."""
    if cluster.kind is Kind.CONTROL_PLANE:
        pytest.skip(f"no pods run here: {ladder.choose().reason}")
    return cluster


@pytest.fixture(scope="session")
def images(node: Cluster) -> dict[str, str]:
    """Full names of the images, made of the sources as they are now and known to the nodes."""
    return node.load()


@pytest.fixture(scope="module")
def namespace(cluster: Cluster) -> Iterator[str]:
    """A fresh namespace that takes restricted pods only."""
    name = f"finrisk-test-{secrets.token_hex(4)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted", "finrisk.io/test-run": "true"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(body))
    cluster.kubectl("-n", name, "wait", "--for=create", "--timeout=30s", "serviceaccount/default")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")
