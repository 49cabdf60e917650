"""A cluster that is not there, or never answers: told in one sentence, in time."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import CoreV1Api  # noqa: F401 - imported when it is first used, which is timed below

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import port_forward
from finrisk_ops.kube.client import Cluster
from tests.grounds.kubeconfig import kubeconfig

EXEC = "client.authentication.k8s.io/v1"


def helper(command: str, *arguments: str) -> dict[str, Any]:
    """A user who logs in by a program."""
    return {"exec": {"apiVersion": EXEC, "command": command, "args": list(arguments)}}


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


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ["finrisk-no-such-helper"],
            "the login helper finrisk-no-such-helper of context staging is not installed",
        ),
        (
            ["sh", "-c", "echo 'your session is over' >&2; exit 1"],
            "the login helper sh of .* your session is over; log",
        ),
        (["echo", "no JSON"], "the login helper echo of context staging gave no credentials"),
    ],
)
def test_a_login_helper_that_gives_nothing_is_told_by_its_name(
    tmp_path: Path, command: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The library logs it and goes on without credentials, which the server would call expired."""
    cluster = Cluster(kubeconfig(tmp_path, "https://127.0.0.1:1", helper(*command)))
    with pytest.raises(FinriskError, match=said):
        cluster.check_usable()
    assert capfd.readouterr().err == ""


def test_a_login_helper_that_works_is_listened_to(tmp_path: Path) -> None:
    answer = {"apiVersion": EXEC, "kind": "ExecCredential", "status": {"token": "canary-token"}}
    cluster = Cluster(kubeconfig(tmp_path, "https://127.0.0.1:1", helper("echo", json.dumps(answer))))
    assert cluster.fresh().configuration.api_key == {"BearerToken": "Bearer canary-token"}
