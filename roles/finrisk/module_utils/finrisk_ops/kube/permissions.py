"""What an account may do on a cluster, asked of the API server before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from ..errors import FinriskError
from . import lease, objects
from .client import Cluster
from .errors import may_not
from .template import DEPLOYMENT

REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Right(NamedTuple):
    """One verb on one kind of object, or on the one of a name; ``part`` is a subresource, as a pod's log."""

    verb: str
    group: str
    resource: str
    part: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return it as people say it: ``patch deployments.apps``, ``create pods/portforward``."""
        group = f".{self.group}" if self.group else ""
        part = f"/{self.part}" if self.part else ""
        return f"{self.verb} {self.resource}{group}{part}"


RELEASE = (
    Right("patch", "", "configmaps"),
    Right("delete", "", "configmaps"),
    Right("patch", "", "secrets"),
    Right("delete", "", "secrets"),
    Right("patch", "apps", "deployments", name=DEPLOYMENT),
    Right("list", "apps", "replicasets"),
    Right("list", "", "pods"),
    Right("get", "", "pods", "log"),
    Right("create", "", "pods", "portforward"),
    Right("list", "", "events"),
    Right("create", "coordination.k8s.io", "leases"),
    Right("update", "coordination.k8s.io", "leases", name=lease.NAME),
)
"""What a deploy or a rollback does."""

MIGRATION = tuple(Right(verb, "batch", "jobs") for verb in ("get", "list", "create", "patch", "delete"))


def of_objects(bodies: Iterable[Mapping[str, Any]]) -> list[Right]:
    """Return what it takes to apply these objects, whether they are there or not."""
    rights = []
    for body in bodies:
        group, _, _ = str(body["apiVersion"]).rpartition("/")
        plural = objects.path(body, "-").split("/")[-2]
        rights += [Right(verb, group, plural) for verb in ("get", "create", "patch")]
    return rights


def of_site(cluster: Cluster, bodies: Iterable[Mapping[str, Any]]) -> list[Right]:
    """Return what it takes to build an environment of these objects, its schema and its first revision."""
    namespace = Right("patch" if cluster.has_namespace() else "create", "", "namespaces")
    secrets = [Right(verb, "", "secrets") for verb in ("get", "create")]
    return list(dict.fromkeys([namespace, *secrets, *of_objects(bodies), *MIGRATION, *RELEASE]))


def check(cluster: Cluster, rights: Iterable[Right]) -> None:
    """Ask the API server for each right.

    Raises FinriskError naming the first one that is missing.
    """
    rights = list(rights)
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = list(pool.map(lambda right: _is_allowed(cluster, right), rights))
    for right, allowed in zip(rights, answers, strict=True):
        if not allowed:
            user = f"the user of context {cluster.access.context}"
            verb, _, what = str(right).partition(" ")
            raise FinriskError(may_not(user, verb, what, cluster.namespace))


def _is_allowed(cluster: Cluster, right: Right) -> bool:
    attributes = {
        "verb": right.verb,
        "group": right.group,
        "resource": right.resource,
        "subresource": right.part,
        "name": right.name,
    }
    if right.resource == "namespaces":
        attributes["name"] = cluster.namespace
    if right != Right("create", "", "namespaces"):
        attributes["namespace"] = cluster.namespace
    answer = cluster.request(
        "POST",
        REVIEW,
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        },
    )
    return bool((answer.get("status") or {}).get("allowed"))
