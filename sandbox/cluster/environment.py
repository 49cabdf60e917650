"""What ``inventory/cluster`` reads: where the environment is, its images, and its throw-away secrets."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.cluster import simulator
from sandbox.connection import BUCKET, LOCATION, PROJECT
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.place import CONTEXT

SERVICE = "finrisk-api-service"


@dataclass(frozen=True)
class Environment:
    """One namespace of FinRisk on the node, one with the simulator; ``var`` holds what is known of both."""

    cluster: Cluster
    var: Path
    namespace: str

    @property
    def simulators_namespace(self) -> str:
        """Where the world outside is."""
        return f"{self.namespace}-gemini"

    def prepare(self, images: dict[str, str]) -> None:
        """Run the simulator, and write what the inventory reads. Secrets are chosen once and kept.

        What an earlier ``remove`` began is waited for: nothing can be made in a namespace that goes.
        """
        self.await_removal()
        self.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        credentials = self.var / "service-account.json"
        url = simulator.start(
            self.cluster, images["sandbox"], self.simulators_namespace, credentials, tuning_seconds=10.0
        )
        held = described(self.var)
        key = held.get("api_key") or f"frk_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
        content = {
            "kubeconfig": str(self.cluster.kubeconfig),
            "context": self.cluster.context or CONTEXT,
            "namespace": self.namespace,
            "image": images["app"],
            "postgresql_image": images["postgres"],
            "database_password": held.get("database_password") or secrets.token_urlsafe(24),
            "user_hash_key": held.get("user_hash_key") or secrets.token_hex(32),
            "api_key": key,
            "api_key_id": key.split("_")[1],
            "api_key_sha256": hashlib.sha256(key.encode()).hexdigest(),
            "gemini_url": url,
            "gemini_port": simulator.PORT,
            "credentials_file": str(credentials),
            "project": PROJECT,
            "location": LOCATION,
            "bucket": BUCKET,
        }
        _write_private(file(self.var), json.dumps(content, indent=2) + "\n")

    def await_removal(self) -> None:
        """Return when neither namespace is on its way out; one that stays is left alone."""
        phase = ("--ignore-not-found", "-o", "jsonpath={.status.phase}")
        for name in (self.namespace, self.simulators_namespace):
            if self.cluster.kubectl("get", "namespace", name, *phase) == "Terminating":
                self.cluster.kubectl("delete", "namespace", name, "--ignore-not-found", "--timeout=120s")

    def published(self) -> dict[str, str]:
        """Addresses and key for a client on this machine."""
        held = described(self.var)
        get = ("get", "service", SERVICE, "-o", "jsonpath={.spec.clusterIP}")
        address = self.cluster.kubectl("-n", self.namespace, *get)
        return {
            "api_url": f"http://{address}",
            "api_key": held["api_key"],
            "gemini_url": held["gemini_url"],
            "kubeconfig": held["kubeconfig"],
            "namespace": self.namespace,
        }

    def remove(self) -> None:
        """Remove both namespaces and what is known of them; files that playbooks wrote stay."""
        for name in (self.namespace, self.simulators_namespace):
            self.cluster.kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")
        file(self.var).unlink(missing_ok=True)


def file(var: Path) -> Path:
    """The path of ``sandbox.json``."""
    return var / "sandbox.json"


def described(var: Path) -> dict[str, Any]:
    """What ``sandbox.json`` says; nothing when there is none."""
    try:
        found: dict[str, Any] = json.loads(file(var).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _write_private(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as to:
        to.write(text)
        to.flush()
        os.fsync(to.fileno())
    part.rename(path)
