"""A small environment for tests of releases: pods of the real service, and finrisk_ops without playbooks.

There is no database and no model behind it: the service starts and says what it runs all the same.
"""

from __future__ import annotations

import base64
import copy
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finrisk_ops.kube import template
from finrisk_ops.kube.client import Access
from finrisk_ops.kube.client import Cluster as Connection
from finrisk_ops.kube.target import KubernetesTarget
from finrisk_ops.release import release
from finrisk_ops.release.release import Outcome, Rendered
from finrisk_ops.release.revision import Release, Revision, make
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.place import CONTEXT
from tests.cluster import accounts, manifests
from tests.grounds.rendering import rendered

MODEL = "projects/p/locations/us-central1/endpoints/1"
CHOICES: dict[str, Any] = {
    "finrisk_replicas": 1,
    "finrisk_workers": 1,
    "finrisk_resources": {
        "requests": {"cpu": "50m", "memory": "128Mi"},
        "limits": {"memory": "512Mi"},
    },
}

Objects = Mapping[str, dict[str, Any]]
Edit = Callable[[dict[str, Any]], None]


def objects(image: str) -> Objects:
    """The objects of inventory/staging in a size that fits the test cluster."""
    made = rendered("staging", finrisk_image=image, **CHOICES)
    pod = made["deployment"]["spec"]["template"]["spec"]
    del pod["containers"][0]["lifecycle"]  # nobody has to learn that one goes
    return made


@dataclass(frozen=True)
class Ground:
    """One namespace in which revisions are released."""

    cluster: Cluster
    namespace: str
    image: str
    objects: Objects

    @property
    def access(self) -> Access:
        """How an operator reaches it."""
        return Access(str(self.cluster.kubeconfig), self.cluster.context or CONTEXT, self.namespace)

    def target(self, access: Access | None = None, **options: Any) -> KubernetesTarget:
        """The place where revisions run."""
        return KubernetesTarget(Connection(access or self.access), **{"timeout_seconds": 90.0} | options)

    def rendered(
        self, ratio: int = 0, *, image: str = "", edit: Edit | None = None, **settings: str
    ) -> Rendered:
        """What the templates render for a ratio; ``edit`` changes the Deployment."""
        deployment, config = (
            copy.deepcopy(self.objects["deployment"]),
            copy.deepcopy(self.objects["configmap"]),
        )
        if edit:
            edit(deployment)
        config["data"] |= settings
        made = Release(model=MODEL, ratio=ratio, image=image or self.image, experiment="e")
        return Rendered(template.with_deployment(config, deployment), self.objects["secret"], made)

    def deploy(
        self,
        ratio: int = 0,
        *,
        check: bool = False,
        image: str = "",
        edit: Edit | None = None,
        settings: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Outcome:
        """Release a ratio as deploy.yml does; ``options`` are those of ``target``."""
        what = self.rendered(ratio, image=image, edit=edit, **(settings or {}))
        return release.deploy(self.target(**options), what, planned_on=None, check=check)

    def roll_back(
        self, to: str = "base", *, edit: Edit | None = None, check: bool = False, **options: Any
    ) -> Outcome:
        """Go back as rollback.yml does."""
        what = self.rendered(0, edit=edit)
        what = replace(what, release=replace(what.release, model="", experiment=""))
        return release.roll_back(self.target(takes_back=True, **options), to, what, check=check)

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl in the namespace."""
        return self.cluster.kubectl("-n", self.namespace, *arguments, stdin=stdin)

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """An object, with who wrote which field."""
        found: dict[str, Any] = json.loads(
            self.kubectl("get", kind, name, "-o", "json", "--show-managed-fields")
        )
        return found

    @property
    def deployment(self) -> dict[str, Any]:
        """The Deployment as it is."""
        return self.get("deployment", "finrisk-api")

    def names(self, kind: str, labels: str = "finrisk.io/revision") -> set[str]:
        """The names of objects that carry these labels."""
        return set(self.kubectl("get", kind, "-l", labels, "-o", "name").split())

    def told(self) -> set[tuple[str, float]]:
        """Revision and split that the pods say themselves; one entry when all agree."""
        target = self.target()
        pods = [pod for pod in target.pods() if not pod["metadata"].get("deletionTimestamp")]
        said = [target.readiness(str(pod["metadata"]["name"])) for pod in pods]
        return {(each.get("revision", ""), each.get("split", -1.0)) for each in said}

    def write_credentials(self, **values: str) -> None:
        """Write finrisk-credentials as site.yml does."""
        account = {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "t"}
        held = {
            "DATABASE_URL": "",
            "GEMINI_API_KEY": "",
            "GOOGLE_APPLICATION_CREDENTIALS": "/etc/finrisk/service-account.json",
            "USER_HASH_KEY": "00" * 32,
            "api_keys.json": "[]",
            "service-account.json": json.dumps(account),
        } | {key.replace("__", "."): value for key, value in values.items()}
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "finrisk-credentials"},
            "data": {key: base64.b64encode(value.encode()).decode() for key, value in held.items()},
        }
        self.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(secret))


def made(what: Rendered, number: int) -> Revision:
    """The revision of these objects, not proven and not stored."""
    return make(what.config, what.secret, what.release, number)


def operator(ground: Ground, name: str, folder: Path, without: tuple[str, str] = ("", "")) -> Access:
    """How somebody reaches the namespace who may what templates/role.yml.j2 allows, but for one verb."""
    file = accounts.operator(ground.cluster, ground.namespace, name, folder, without)
    return Access(str(file), CONTEXT, ground.namespace)


@contextmanager
def ground(cluster: Cluster, image: str, made: Objects) -> Iterator[Ground]:
    """Prepare a namespace without a revision; it is gone at the end."""
    namespace = f"finrisk-test-{secrets.token_hex(4)}"
    account = copy.deepcopy(made["serviceaccount"])
    del account["metadata"]["namespace"]
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(manifests.namespace(namespace)))
    try:
        cluster.kubectl("-n", namespace, "apply", "-f", "-", stdin=json.dumps(account))
        there = Ground(cluster, namespace, image, made)
        there.write_credentials()
        yield there
    finally:
        cluster.kubectl("delete", "namespace", namespace, "--wait=false")


def running(ground: Ground) -> set[str]:
    """The pods that run something."""
    return {pod["metadata"]["uid"] for pod in ground.target().pods() if pod["status"]["phase"] == "Running"}


def replicas(number: int | None) -> Any:
    """Set the number of pods in a rendered Deployment; None leaves it to an autoscaler."""

    def edit(deployment: dict[str, Any]) -> None:
        deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"] = 3
        deployment["spec"].pop("replicas")
        if number is not None:
            deployment["spec"]["replicas"] = number

    return edit
