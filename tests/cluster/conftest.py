"""The cluster of this test session, and a namespace of their own for each module's tests."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer

from sandbox.kubernetes import binaries, cluster, ladder
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.ladder import Kind
from sandbox.kubernetes.place import Place
from tests.cluster import environment, manifests, operation
from tests.cluster.environment import Environment
from tests.cluster.operation import Operated
from tests.cluster.schedule import Schedule

HERE = Path(__file__).parent
SECONDS = 2400  # the first test may have to build the cluster
IN_CI = os.environ.get("CI") == "true"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")  # each has a cluster of its own
NUMBER = int(os.environ.get("FINRISK_TEST_CLUSTER_NUMBER", "0")) + int(WORKER)  # another, for two sessions


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Schedule | None:
    return Schedule(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(SECONDS))


def _why_not() -> str | None:
    """A sentence, when this session should not start a cluster by itself."""
    if IN_CI or os.environ.get("FINRISK_TEST_CLUSTER"):
        return None
    built = binaries.installed_go() is not None and binaries.hyperkube().exists()
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
    if IN_CI and rung.kind is not Kind.NODE:
        pytest.fail(f"in CI the cluster tests need a node: {rung.reason}")
    with binaries.locked(cluster.session_lock(place)):
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
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(manifests.namespace(name)))
    cluster.kubectl("-n", name, "wait", "--for=create", "--timeout=30s", "serviceaccount/default")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module", name="environment")
def own_environment(
    request: pytest.FixtureRequest,
    node: Cluster,
    images: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Environment]:
    """A namespace to come, a simulator, and the operator's variables; site.yml has not run yet.

    Its pods have one worker each, unless the module names another number as WORKERS: each is a second of CPU.
    """
    if node.kind is not Kind.NODE:
        pytest.skip("a disposable cluster's Services cannot be reached from here by their addresses")
    workers, folder = getattr(request.module, "WORKERS", 1), tmp_path_factory.mktemp("environment")
    with environment.environment(node, images, folder, finrisk_workers=workers) as made:
        yield made


@pytest.fixture(scope="session")
def operated(
    node: Cluster, images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operated]:
    """An environment of staging that several modules use. Each test leaves it as it was."""
    if node.kind is not Kind.NODE:
        pytest.skip("a disposable cluster's Services cannot be reached from here by their addresses")
    folder = tmp_path_factory.mktemp("operated")
    with environment.environment(node, images, folder, finrisk_workers=1) as made:  # test_loop.py has two
        yield operation.operated(made)


@pytest.fixture
def new_namespace(cluster: Cluster) -> Iterator[str]:
    """The name of a namespace that is not there yet; what a test makes of it goes."""
    name = f"finrisk-test-{secrets.token_hex(4)}"
    yield name
    cluster.kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")
