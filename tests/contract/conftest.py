"""The clients and servers of others, where they are installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import peer_processes


@pytest.fixture(scope="session")
def peers() -> None:
    """The clients and servers of others are installed."""
    peer_processes.require_peers()


@pytest.fixture(scope="session")
def strict(peers: None) -> Iterator[peer_processes.Strict]:  # noqa: ARG001 - installed first
    """Google's protobuf types as a judge."""
    with peer_processes.strict() as judge:
        yield judge
