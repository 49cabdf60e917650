"""People who may less than the administrator: their accounts, their rights, and kubeconfigs of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sandbox.kubernetes.cluster import Cluster
from tests.cluster import manifests
from tests.grounds.relay import Relay, relay
from tests.grounds.rendering import GOLDEN
from tests.grounds.repository import DOCS

HOME = "default"
"""The namespace of accounts that are there before an environment is."""
RBAC = {"apiVersion": "rbac.authorization.k8s.io/v1"}
Rules = list[dict[str, Any]]


def kubeconfig(cluster: Cluster, file: Path, user: Mapping[str, Any] | None = None, server: str = "") -> Path:
    """Write the administrator's kubeconfig with another user or server in it; return its path."""
    content = yaml.safe_load(cluster.kubeconfig.read_text("utf-8"))
    if user is not None:
        content["users"][0]["user"] = dict(user)
    if server:
        content["clusters"][0]["cluster"] = {"server": server}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


@contextmanager
def far(cluster: Cluster, file: Path) -> Iterator[Relay]:
    """The administrator's kubeconfig in a file, for the length of the block over a way that can be cut."""
    content = yaml.safe_load(cluster.kubeconfig.read_text("utf-8"))
    server = content["clusters"][0]["cluster"]
    address = urlsplit(server["server"])
    assert address.hostname
    assert address.port
    with relay(address.hostname, address.port) as way:
        server["server"] = f"https://127.0.0.1:{way.port}"
        file.write_text(json.dumps(content), encoding="utf-8")
        yield way


def account(cluster: Cluster, name: str, folder: Path, namespace: str = HOME) -> Path:
    """Make a service account that may nothing yet; return a kubeconfig of it."""
    cluster.kubectl("-n", namespace, "create", "serviceaccount", name)
    token = cluster.kubectl("-n", namespace, "create", "token", name).strip()
    return kubeconfig(cluster, folder / f"{name}.kubeconfig", {"token": token})


def operator(
    cluster: Cluster, namespace: str, name: str, folder: Path, without: tuple[str, str] = ("", "")
) -> Path:
    """A kubeconfig of somebody who may what templates/role.yml.j2 allows, but for one verb on a resource."""
    role = yaml.safe_load((GOLDEN / "staging" / "role.yml").read_text("utf-8"))
    role["metadata"] = {"name": name}
    role["rules"] = reduced(role["rules"], *without)
    binding = RBAC | {
        "kind": "RoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name}],
    }
    cluster.kubectl("-n", namespace, "create", "-f", "-", stdin=manifests.document(role, binding))
    return account(cluster, name, folder, namespace)


def documented_rules() -> Rules:
    """What the ClusterRole of docs/kubernetes.md allows: it is said to be enough for site.yml."""
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "kubernetes.md").read_text("utf-8"), re.DOTALL)
    documents = [each for each in map(yaml.safe_load, blocks) if isinstance(each, dict)]
    (role,) = [each for each in documents if each.get("kind") == "ClusterRole"]
    rules: Rules = role["rules"]
    return rules


def cluster_role(name: str, rules: Rules) -> str:
    """A ClusterRole of these rules, as kubectl reads it."""
    return json.dumps(RBAC | {"kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})


def reduced(rules: Rules, verb: str, resource: str) -> Rules:
    """The rules without one verb on one resource."""
    return [part for rule in rules for part in _reduced(rule, verb, resource)]


def _reduced(rule: dict[str, Any], verb: str, resource: str) -> Rules:
    if resource not in rule["resources"]:
        return [rule]
    others = [each for each in rule["resources"] if each != resource]
    less = rule | {"resources": [resource], "verbs": [each for each in rule["verbs"] if each != verb]}
    return [less, rule | {"resources": others}] if others else [less]
