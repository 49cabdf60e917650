"""What can be read of the service on a cluster: its revisions, its pods, and what they say and would read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..errors import FinriskError
from ..release.readiness import not_yet
from ..release.revision import CURRENT, REVISION, Revision, newest_first
from ..service.log import last_words
from . import credentials, port_forward, template
from .client import Cluster
from .pods import is_ready
from .rollout import View, revision_of
from .template import CONFIG, CREDENTIALS, DEPLOYMENT, SECRET, SELECTOR

Probe = Callable[[str], dict[str, Any]]


@dataclass
class Deployed:
    """The service of one namespace, as it is."""

    cluster: Cluster
    ops_port: int = 9090
    probe: Probe | None = None  # how /readyz of a pod is asked; by port-forward unless said otherwise

    def path(self, kind: str, name: str = "") -> str:
        """Return the path of a core object of the namespace, or of all objects of its kind."""
        return f"/api/v1/namespaces/{self.cluster.namespace}/{kind}" + (f"/{name}" if name else "")

    def pods(self) -> list[dict[str, Any]]:
        """Return the service's pods."""
        return list(self.cluster.list(self.path("pods"), labels=SELECTOR))

    def readiness(self, pod: str) -> dict[str, Any]:
        """Return what ``/readyz`` of a pod says; empty when it does not answer."""
        try:
            return self.probe(pod) if self.probe else port_forward.readiness(self.cluster, pod, self.ops_port)
        except FinriskError:
            return {}

    def log(self, pod: str, **query: str | int) -> str:
        """Return lines of a pod's log; raises FinriskError when it has none."""
        return self.cluster.text(self.path("pods", f"{pod}/log"), **query)

    def warnings(self) -> list[dict[str, Any]]:
        """Return the namespace's events that warn."""
        return list(self.cluster.list(self.path("events"), fields="type=Warning"))

    def last_words(self, pod: str, *, previous: bool) -> str:
        """Return why a pod's container ended, from its log; with ``previous`` the one before first."""
        query: dict[str, str | int] = {"tailLines": 50, "limitBytes": 65536}
        for more in ({"previous": "true"}, {}) if previous else ({},):
            with contextlib.suppress(FinriskError):
                if words := last_words(self.log(pod, **query, **more)):
                    return words
        return ""

    def unproven(self, revision: Revision) -> str:
        """Ask every pod by its ops port what it runs; empty when all say this revision and its split."""
        names = [str(pod["metadata"]["name"]) for pod in self.pods() if is_ready(pod)]
        if not names:
            return "no pod is ready"
        with ThreadPoolExecutor(max_workers=min(8, len(names))) as pool:
            answers = list(pool.map(self.readiness, names))
        for name, readiness in zip(names, answers, strict=True):
            if not readiness:
                return f"pod {name} does not answer on its ops port {self.ops_port}"
            if missing := not_yet(readiness, revision):
                return f"pod {name}: {missing}"
        return ""

    def credentials(self) -> str:
        """Return the hash of the credentials that a pod would start with now."""
        return template.credentials_digest(self.credentials_secret())

    def credentials_secret(self) -> dict[str, Any] | None:
        """Return the Secret of the credentials, or the copy that a release restores; None without both."""
        return self.cluster.find(self.path("secrets", CREDENTIALS)) or credentials.newest_copy(self.cluster)

    def marked(self) -> list[str]:
        """Return the revisions that are labelled as current; one, unless somebody was at it."""
        bodies = self.cluster.list(self.path("configmaps"), labels=f"{CURRENT}=true")
        return sorted(revision_of(body) for body in bodies)

    def names(self) -> list[str]:
        """Return the names of all revisions, the highest number first, half deleted ones among them."""
        names = {self.current()}
        for kind in ("configmaps", "secrets"):
            names |= {revision_of(body) for body in self.cluster.list(self.path(kind), labels=REVISION)}
        return newest_first(names)

    def current(self) -> str:
        """Return the revision that the Deployment asks for now, whoever wrote it; empty before the first."""
        live = self.live()
        return template.revision_of_deployment(live) if live else ""

    def read(self, name: str) -> Revision:
        """Return a revision; raises FinriskError when one of its objects is gone or holds no settings."""
        config = self.cluster.find(self.path("configmaps", f"{CONFIG}-{name}"))
        secret = self.cluster.find(self.path("secrets", f"{SECRET}-{name}"))
        for body, what in ((config, f"ConfigMap {CONFIG}-{name}"), (secret, f"Secret {SECRET}-{name}")):
            if body is None:
                raise FinriskError(f"the {what} is gone: somebody deleted it")
            if not isinstance(body.get("data"), dict):
                raise FinriskError(f"the {what} holds no settings")
        return template.revision_from(name, config or {}, secret or {})

    def readable(self) -> list[Revision]:
        """Return every revision whose objects can be read, the highest number first."""
        configs, secrets = (
            {
                revision_of(body): body
                for body in self.cluster.list(self.path(kind), labels=REVISION)
                if body["metadata"]["name"] == f"{prefix}-{revision_of(body)}"  # no copy that somebody keeps
            }
            for kind, prefix in (("configmaps", CONFIG), ("secrets", SECRET))
        )
        revisions = []
        for name in newest_first(configs):
            with contextlib.suppress(FinriskError):
                if name in secrets and isinstance(configs[name].get("data"), dict):
                    revisions.append(template.revision_from(name, configs[name], secrets[name]))
        return revisions

    def used(self) -> set[str]:
        """Return the revisions that a ReplicaSet names: ``kubectl rollout undo`` goes back to one."""
        return {
            revision_of((replicaset.get("spec") or {}).get("template") or {})
            for replicaset in self.replicasets()
        }

    @property
    def deployment_path(self) -> str:
        """The path of the Deployment."""
        return f"/apis/apps/v1/namespaces/{self.cluster.namespace}/deployments/{DEPLOYMENT}"

    def live(self) -> dict[str, Any] | None:
        """Return the Deployment as it is; None when there is none."""
        return self.cluster.find(self.deployment_path)

    def view(self, deployment: Mapping[str, Any]) -> View:
        """Return what the cluster says of a Deployment's roll-out now."""
        return View(deployment, self.pods(), self.warnings(), self.replicasets(), self.cluster.server_time())

    def replicasets(self) -> list[dict[str, Any]]:
        """Return the service's ReplicaSets."""
        where = f"/apis/apps/v1/namespaces/{self.cluster.namespace}/replicasets"
        return list(self.cluster.list(where, labels=SELECTOR))
