"""The clients and servers of others, where they are installed; a database that two screens show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.contract import peer_processes
from tests.grounds.screens import Screens, asker, collect, screens


@pytest.fixture(scope="session")
def peers() -> None:
    """The clients and servers of others are installed."""
    peer_processes.require_peers()


@pytest.fixture(scope="session")
def strict(peers: None) -> Iterator[peer_processes.Strict]:  # noqa: ARG001 - installed first
    """Google's protobuf types as a judge."""
    with peer_processes.strict() as judge:
        yield judge


@pytest.fixture
def look(database_url: str, tmp_path: Path) -> Callable[..., Screens]:
    """Look at the database on both screens."""
    return partial(screens, database_url, tmp_path)


@pytest.fixture
def collected(database_url: str) -> Callable[..., None]:
    """Write pairs into ``training_data``."""
    return partial(collect, database_url)


@pytest.fixture
def asked(database_url: str) -> Callable[..., None]:
    """Write requests of one user of an arm into ``analyses``."""
    return asker(database_url)
