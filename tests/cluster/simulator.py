"""A simulator in the cluster for one environment of the tests."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sandbox.cluster import simulator as simulators
from sandbox.kubernetes.cluster import Cluster
from tests.grounds.wire import Wire


@contextmanager
def simulator(cluster: Cluster, image: str, var: Path, tuning_seconds: float = 1.0) -> Iterator[Wire]:
    """Run one; pods and host reach it by its Service's address. Its account is put into ``var``."""
    namespace = f"finrisk-test-{simulators.NAME}-{secrets.token_hex(4)}"
    made = Wire("", var)
    try:
        url = simulators.start(cluster, image, namespace, made.credentials_file, tuning_seconds)
        yield replace(made, url=url)
    finally:
        simulators.stop(cluster, namespace)
