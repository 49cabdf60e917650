"""A cluster that is not there, or never answers: told in one sentence, in time."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.kube import port_forward
from ansible.module_utils.finrisk_ops.kube.client import Cluster
from kubernetes.client import CoreV1Api  # noqa: F401 - imported when it is first used, which is timed below

from tests.grounds.kubeconfig import kubeconfig


def test_a_server_that_is_not_there_is_told_with_its_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    cluster = Cluster(kubeconfig(tmp_path, f"https://127.0.0.1:{port}"))
    with pytest.raises(FinriskError, match=rf"127\.0\.0\.1:{port} cannot be reached \(connection refused\)"):
        cluster.check_usable()


def test_a_port_forward_into_a_network_that_swallows_everything_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_forward, "CONNECT_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the kernel accepts, and nobody ever answers
        cluster = Cluster(kubeconfig(tmp_path, f"https://127.0.0.1:{silent.getsockname()[1]}"))
        began = time.monotonic()
        with pytest.raises(FinriskError, match=r"cannot connect to pod p .*: no answer within 2 s; check"):
            port_forward.ask(cluster, "p", 9090, "/readyz")
        assert time.monotonic() - began < 5
