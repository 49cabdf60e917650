"""One simulator for the contract tests, with no fault left over from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import peer_processes
from tests.grounds.wire import Simulator, wire


@pytest.fixture(scope="session")
def one_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with wire(tmp_path_factory.mktemp("wire"), tuning_seconds=0.6) as running:
        yield running


@pytest.fixture
def gemini(one_simulator: Simulator) -> Iterator[Simulator]:
    yield one_simulator
    one_simulator.clear()


@pytest.fixture(scope="session")
def peers() -> None:
    """The clients and servers of others are installed."""
    peer_processes.require_peers()


@pytest.fixture(scope="session")
def strict(peers: None) -> Iterator[peer_processes.Strict]:  # noqa: ARG001 - installed first
    """Google's protobuf types as a judge."""
    with peer_processes.strict() as judge:
        yield judge
