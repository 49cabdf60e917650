"""Who may run site.yml: less than the role of docs/kubernetes.md makes nothing at all.

That all of it is enough, test_runbook.py shows: its environment is built by somebody who has that alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import accounts
from tests.cluster.operation import Operated


@pytest.fixture
def name(operated: Operated, new_namespace: str) -> Iterator[str]:
    """The name of a ClusterRole to come, and of the account that it is bound to."""
    name, kubectl = f"site-{new_namespace}", operated.environment.cluster.kubectl
    account = f"--serviceaccount={accounts.HOME}:{name}"
    kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", account)
    yield name
    kubectl("delete", "clusterrole,clusterrolebinding", name, "--ignore-not-found")
    kubectl("-n", accounts.HOME, "delete", "serviceaccount", name, "--ignore-not-found")


def test_without_one_verb_of_the_documented_role_nothing_is_made(
    operated: Operated, new_namespace: str, name: str, tmp_path: Path
) -> None:
    cluster = operated.environment.cluster
    file = accounts.account(cluster, name, tmp_path)
    for verb, resource, named in (
        ("patch", "networkpolicies", "patch networkpolicies.networking.k8s.io"),
        ("create", "namespaces", "create namespaces"),
        ("create", "jobs", "create jobs.batch"),
    ):
        less = accounts.reduced(accounts.documented_rules(), verb, resource)
        cluster.kubectl("apply", "-f", "-", stdin=accounts.cluster_role(name, less))
        run = operated.environment.try_to_play(
            "site", "-e", f"finrisk_namespace={new_namespace}", KUBECONFIG=str(file)
        )
        said = " ".join(run.output.split())
        assert run.code != 0, run.output
        assert f"may not {named} in namespace {new_namespace}: ask whoever administers" in said
        assert run.changed == 0
        assert cluster.kubectl("get", "namespace", new_namespace, "--ignore-not-found") == ""
