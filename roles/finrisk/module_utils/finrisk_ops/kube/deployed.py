"""What can be read of the service on a cluster: its pods, what they say, and what they would start with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import FinriskError
from ..release.revision import CURRENT
from . import port_forward, template
from .client import Cluster
from .rollout import revision_of
from .template import CREDENTIALS, SELECTOR

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

    def told(self, pod: str) -> dict[str, Any]:
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

    def credentials(self) -> str:
        """Return the hash of the credentials that a pod would start with now."""
        return template.credentials_digest(self.cluster.find(self.path("secrets", CREDENTIALS)))

    def marked(self) -> list[str]:
        """Return the revisions that are labelled as current; one, unless somebody was at it."""
        held = self.cluster.list(self.path("configmaps"), labels=f"{CURRENT}=true")
        return sorted(revision_of(each) for each in held)
