"""A simulator for each file of tests, and a dataset for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grounds.datasets import dataset
from tests.grounds.wire import Wire, wire


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The simulator of this file."""
    with wire(tmp_path_factory.mktemp("wire")) as running:
        yield running


@pytest.fixture
def ground(service: Wire) -> Iterator[Wire]:
    """The simulator without faults and without memory of requests."""
    service.clear()
    service.forget_requests()
    yield service
    service.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder with a dataset of this test's own."""
    dataset(tmp_path, seed=tmp_path.name)
    return tmp_path
