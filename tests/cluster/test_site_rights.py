"""Who may run site.yml: the role of docs/kubernetes.md is enough, and less makes nothing at all."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster import releases
from tests.cluster.environment import Environment

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "kubernetes.md"
HOME = "default"  # the namespace of the account, which is there before the environment is


def documented_role() -> dict[str, Any]:
    """The ClusterRole that the documentation says is enough."""
    blocks = re.findall(r"```yaml\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
    held = [each for each in map(yaml.safe_load, blocks) if isinstance(each, dict)]
    [role] = [each for each in held if each.get("kind") == "ClusterRole"]
    return role


@pytest.fixture
def account(environment: Environment) -> Iterator[str]:
    """The name of an account that may nothing yet."""
    name = f"{environment.namespace}-site"
    kubectl = environment.cluster.kubectl
    kubectl("-n", HOME, "create", "serviceaccount", name)
    kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", f"--serviceaccount={HOME}:{name}")
    yield name
    kubectl("delete", "clusterrole,clusterrolebinding", name, "--ignore-not-found")
    kubectl("-n", HOME, "delete", "serviceaccount", name)


def give(environment: Environment, account: str, rules: list[dict[str, Any]]) -> None:
    """Let the account do what these rules allow, and nothing else."""
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": account},
        "rules": rules,
    }
    environment.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(role))


def test_the_documented_role_is_enough_and_without_one_verb_of_it_nothing_is_made(
    environment: Environment, account: str, tmp_path: Path
) -> None:
    token = environment.cluster.kubectl("-n", HOME, "create", "token", account).strip()
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(releases.kubeconfig(environment.cluster, {"token": token})))
    rules = documented_role()["rules"]
    for verb, resource, named in (
        ("patch", "networkpolicies", "patch networkpolicies.networking.k8s.io"),
        ("create", "namespaces", "create namespaces"),
        ("create", "jobs", "create jobs.batch"),
    ):
        less = copy.deepcopy(rules)
        give(environment, account, [part for rule in less for part in releases.reduced(rule, verb, resource)])
        run = environment.try_to_play("site", KUBECONFIG=str(file))
        said = " ".join(run.output.split())
        assert run.code != 0, run.output
        assert f"may not {named} in namespace {environment.namespace}: ask whoever administers" in said
        assert "changed=0" in said
        found = environment.cluster.kubectl("get", "namespace", environment.namespace, "--ignore-not-found")
        assert found == ""
    give(environment, account, rules)
    environment.play("site", KUBECONFIG=str(file))
    assert "changed=0" in environment.play("site", KUBECONFIG=str(file)).output
