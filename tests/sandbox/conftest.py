"""One simulator for the sandbox's tests, with no fault left over from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grounds.wire import Simulator, wire


@pytest.fixture(scope="session")
def one_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with wire(tmp_path_factory.mktemp("wire"), tuning_seconds=0.6) as running:
        yield running


@pytest.fixture
def gemini(one_simulator: Simulator) -> Iterator[Simulator]:
    yield one_simulator
    one_simulator.clear()
