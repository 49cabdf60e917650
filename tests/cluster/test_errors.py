"""What an operator can get wrong on a cluster: one sentence that says what to do, and nothing half done."""

from __future__ import annotations

import datetime
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.kube.ledger import LINKS
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.place import CONTEXT
from tests.cluster import accounts
from tests.cluster.environment import Environment
from tests.cluster.operation import RECORD, Operated
from tests.grounds.modules import run_module
from tests.grounds.plays import Run

DEPLOY = ("-e", "finrisk_ab_ratio=50")


@pytest.fixture
def untouched(operated: Operated) -> Iterator[Environment]:
    """The environment, of which nothing may have changed afterwards."""
    before = released(operated.environment)
    yield operated.environment
    assert released(operated.environment) == before
    assert operated.splits() == {(operated.revision, 0.25)}


def released(environment: Environment) -> list[Any]:
    """What a release writes: every ConfigMap, and the Deployment's revision and generation.

    Records that wait for the table are left out, and the links of those that are in it: whichever run reaches
    the database takes them there.
    """
    return [
        each if each["kind"] == "ConfigMap" else (each["metadata"]["labels"], each["metadata"]["generation"])
        for each in environment.objects("configmap,deployment", f"!{RECORD}")
        if each["metadata"]["name"] != LINKS
    ]


def refused(run: Run, *words: str) -> None:
    """A run has to have failed with one sentence that holds all the words, and without a traceback."""
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    flat = " ".join(run.output.split())
    for word in words:
        assert word in flat, run.output


def sentence(cluster: Cluster, file: Path | None = None, **where: str) -> str:
    """What the module that each release begins with says of a cluster that it cannot use.

    A playbook prints it: that it does so, in one sentence, the tests that run one say.
    """
    place = {"context": cluster.context or CONTEXT, "namespace": "default"}
    place |= {"kubeconfig": str(file or cluster.kubeconfig), **where}
    told = run_module("finrisk_release_info", {"place": {"kubernetes": place}})
    assert told["failed"], told
    return str(told["msg"])


@pytest.mark.parametrize("playbook", ["rollback", "export"])  # to the API server, to the database behind it
def test_a_cluster_that_is_not_there(untouched: Environment, tmp_path: Path, playbook: str) -> None:
    file = accounts.kubeconfig(untouched.cluster, tmp_path / "config", server="https://127.0.0.1:1")
    run = untouched.try_to_play(playbook, KUBECONFIG=str(file))
    refused(run, "context finrisk-test at https://127.0.0.1:1 cannot be reached (connection refused): check")


def test_a_token_that_is_wrong(untouched: Environment, tmp_path: Path) -> None:
    file = accounts.kubeconfig(untouched.cluster, tmp_path / "config", {"token": "canary-wrong-token"})
    run = untouched.try_to_play("deploy", "-vvv", *DEPLOY, KUBECONFIG=str(file))
    refused(run, "the credentials of context finrisk-test are missing or have expired: log in")
    assert "canary-wrong-token" not in run.output


def test_a_client_certificate_that_has_expired(cluster: Cluster, tmp_path: Path) -> None:
    folder = cluster.kubeconfig.parent
    user = {"client-certificate": str(folder / "expired.crt"), "client-key": str(folder / "expired.key")}
    said = sentence(cluster, accounts.kubeconfig(cluster, tmp_path / "config", user))
    assert "the credentials of context finrisk-test are missing or have expired: log in" in said


def test_no_credentials_at_all(cluster: Cluster, tmp_path: Path) -> None:
    said = sentence(cluster, accounts.kubeconfig(cluster, tmp_path / "config", {}))
    assert "context finrisk-test" in said
    assert "log in" in said


def test_a_context_that_is_not_there(cluster: Cluster) -> None:
    said = sentence(cluster, context="elsewhere")
    assert "no context 'elsewhere' in" in said
    assert "it has finrisk-test; set finrisk_context" in said


def test_no_context_at_all(untouched: Environment) -> None:
    run = untouched.try_to_play("deploy", "-e", "finrisk_context=")
    refused(run, "finrisk_context is empty", "finrisk_context=finrisk-test")


def test_a_name_that_cannot_be(cluster: Cluster) -> None:
    said = sentence(cluster, namespace="FinRisk_AI")
    assert "'FinRisk_AI', which no namespace can be called: use small" in said


def test_a_namespace_that_is_not_there(untouched: Environment) -> None:
    run = untouched.try_to_play("deploy", "-e", "finrisk_namespace=finrisk-none")
    refused(run, "there is no namespace finrisk-none in context finrisk-test: check finrisk_namespace")
    assert "finrisk-none" not in untouched.cluster.kubectl("get", "namespaces")


def test_a_label_that_cannot_be_is_refused_before_anything_is_applied(untouched: Environment) -> None:
    clients = [{"podSelector": {"matchLabels": {"role": "not a label"}}}]
    run = untouched.try_to_play("site", "-e", json.dumps({"finrisk_api_clients": clients}))
    refused(run, "not a label", "a valid label must be")


def test_a_label_that_cannot_be_leaves_a_new_environment_without_objects(
    untouched: Environment, new_namespace: str
) -> None:
    clients = [{"podSelector": {"matchLabels": {"role": "not a label"}}}]
    given = {"finrisk_api_clients": clients, "finrisk_namespace": new_namespace}
    refused(untouched.try_to_play("site", "-e", json.dumps(given)), "not a label", "a valid label must be")
    kinds = "secrets,statefulsets,jobs,services,networkpolicies"
    assert untouched.cluster.kubectl("-n", new_namespace, "get", kinds, "-o", "name") == ""


def test_a_missing_permission_names_verb_and_object(untouched: Environment, tmp_path: Path) -> None:
    less = ("patch", "deployments")
    file = accounts.operator(untouched.cluster, untouched.namespace, "without-patch", tmp_path, less)
    run = untouched.try_to_play("deploy", *DEPLOY, KUBECONFIG=str(file))
    refused(run, "may not patch deployments.apps", untouched.namespace, "ask whoever administers the cluster")


def test_a_cluster_that_is_too_old(cluster: Cluster, tmp_path: Path) -> None:
    with old_server() as url:
        said = sentence(cluster, accounts.kubeconfig(cluster, tmp_path / "config", server=url))
    assert "is Kubernetes 1.25; FinRisk needs 1.30 or newer: upgrade it, or choose another context" in said


def test_an_image_that_cannot_be_pulled(untouched: Environment) -> None:
    run = untouched.try_to_play("deploy", "-e", "finrisk_image=localhost/finrisk/none:2")
    refused(run, "localhost/finrisk/none:2", "migration Job", "ErrImagePull")


def test_a_pod_that_never_gets_ready(operated: Operated) -> None:
    before, environment = operated.revision, operated.environment
    resources = {"requests": {"cpu": "1000"}, "limits": {"memory": "1Gi"}}
    given = json.dumps({"finrisk_resources": resources, "finrisk_rollout_timeout": 10})
    run = environment.try_to_play("deploy", "-vvv", "-e", given)
    refused(
        run,
        "no node takes pod finrisk-api-",
        "Insufficient cpu",
        f"{before} (25 % tuned, 75 % base) was put back",
    )
    assert operated.splits() == {(before, 0.25)}
    assert environment.analyze("u").status == 200


@contextmanager
def old_server() -> Iterator[str]:
    """An API server that says it is Kubernetes 1.25, and nothing else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"major": "1", "minor": "25+", "gitVersion": "v1.25.16"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header(
                "Date", datetime.datetime.now(datetime.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
            )
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
