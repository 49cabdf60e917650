"""An environment on the cluster as an operator has it: the real inventory, the real playbooks, a shell."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.cluster.simulator import PORT
from sandbox.connection import BUCKET, LOCATION, PROJECT
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.place import CONTEXT
from tests.cluster import simulator
from tests.grounds import packages
from tests.grounds.datasets import dataset
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import Wire

LONGEST_SECONDS = 400  # of a playbook
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", *packages.INHERITED)
STRATEGY = "Which currency risk does the firm name for its sales in dollars, and how would it hurt?"


@dataclass(frozen=True)
class Secrets:
    """What must never be printed."""

    database_password: str = field(default_factory=lambda: f"p/{secrets.token_urlsafe(24)}", repr=False)
    user_hash_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    api_key: str = field(
        default_factory=lambda: f"frk_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}", repr=False
    )
    private_key: str = field(default="", repr=False)  # of the service account, one line of it

    def found_in(self, text: str) -> list[str]:
        """Name those whose value stands in the text, as it is or as URLs and Secrets hold it."""
        return [name for name, value in vars(self).items() if any(each in text for each in spellings(value))]


def spellings(value: str) -> set[str]:
    """A value as it is, in a URL, and in base64 wherever it begins in what was encoded."""
    encoded = (base64.b64encode(b"x" * shift + value.encode()).decode() for shift in range(3))
    inner = {text[4:-4] for text in encoded if len(text) > 16}  # its ends depend on the neighbours
    return {value, quote(value, safe="")} | inner if value else set()


@dataclass(frozen=True)
class Answer:
    """What a client got: status 0 is a connection that broke."""

    status: int
    body: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        """How the analysis came about; empty when there is none."""
        found: dict[str, Any] = self.body.get("metadata", {})
        return found


@dataclass(frozen=True)
class Environment:
    """One namespace, whose name is free at first, and the operator's shell; `play("site")` builds it."""

    cluster: Cluster
    namespace: str
    folder: Path
    secrets: Secrets
    wire: Wire
    """The simulator, to switch faults on."""
    variables: Path
    """What differs from inventory/staging; every play gets it by ``-e @FILE``."""

    @property
    def training_data(self) -> Path:
        """Where export, prepare and tune write."""
        return self.folder / "training_data"

    @property
    def shell(self) -> dict[str, str]:
        """What the operator's shell knows."""
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "POSTGRES_PASSWORD": self.secrets.database_password,
            "USER_HASH_KEY": self.secrets.user_hash_key,
            "FINRISK_API_KEY": self.secrets.api_key,
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.wire.credentials_file),
            "OUTPUT_DIR": str(self.training_data),
            "ANSIBLE_NOCOLOR": "1",
        }

    def command(self, playbook: str, *arguments: str) -> list[str]:
        """The command line of a playbook."""
        program = [sys.executable, "-m", "ansible", "playbook", "-i", "inventory/staging"]
        return [*program, f"playbooks/{playbook}.yml", "-e", f"@{self.variables}", *arguments]

    def start(self, playbook: str, *arguments: str, **shell: str) -> subprocess.Popen[str]:
        """Start a playbook; whoever started it waits for its end, or ends it and its group."""
        return subprocess.Popen(
            self.command(playbook, *arguments),
            cwd=REPOSITORY,
            env={**self.shell, **shell},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def try_to_play(self, playbook: str, *arguments: str, **shell: str) -> Run:
        """Run a playbook, whatever comes of it; no secret may stand in what it prints."""
        process = self.start(playbook, *arguments, **shell)
        try:
            stdout, stderr = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 15)
            stdout, stderr = process.communicate()
            raise AssertionError(f"{playbook} did not end: {stdout}{stderr}") from None
        done = Run(process.returncode, stdout, stderr)
        leaked = self.secrets.found_in(done.output)
        assert not leaked, f"{playbook} printed {' and '.join(leaked)}"
        return done

    def play(self, playbook: str, *arguments: str, **shell: str) -> Run:
        """Run a playbook, which has to succeed."""
        done = self.try_to_play(playbook, *arguments, **shell)
        assert done.code == 0, done.output
        return done

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl in the namespace."""
        return self.cluster.kubectl("-n", self.namespace, *arguments, stdin=stdin)

    def objects(self, kind: str, labels: str = "") -> list[dict[str, Any]]:
        """The objects of a kind in the namespace."""
        found = json.loads(self.kubectl("get", kind, "-o", "json", *(["-l", labels] if labels else [])))
        items: list[dict[str, Any]] = found["items"]
        return items

    @cached_property
    def host(self) -> str:
        """The address of the service's Service."""
        get = ("get", "service", "finrisk-api-service", "-o", "jsonpath={.spec.clusterIP}")
        return self.kubectl(*get)

    def connection(self, seconds: float = 30) -> http.client.HTTPConnection:
        """A connection to the API through the Service."""
        return http.client.HTTPConnection(self.host, 80, timeout=seconds)

    def call(
        self, path: str, body: object = None, connection: http.client.HTTPConnection | None = None
    ) -> Answer:
        """Send a request, on a connection of its own unless one is given."""
        used = connection or self.connection()
        headers = {"Authorization": f"Bearer {self.secrets.api_key}", "Content-Type": "application/json"}
        try:
            used.request(
                "GET" if body is None else "POST", path, None if body is None else json.dumps(body), headers
            )
            response = used.getresponse()
            return Answer(response.status, json.loads(response.read()))
        except (OSError, http.client.HTTPException, ValueError) as error:
            used.close()
            return Answer(0, {"problem": repr(error)})
        finally:
            if connection is None:
                used.close()

    def analyze(
        self,
        user: str,
        strategy: str = STRATEGY,
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        """Send one question of a user."""
        return self.call("/api/v1/analyze", {"strategy": strategy, "user_id": user}, connection)

    def readiness(self) -> dict[str, dict[str, Any]]:
        """What ``/readyz`` of every pod of the service says on its ops port, by pod.

        A pod whose containers have ended is listed until the kubelet has cleaned up; it answers nobody.
        """
        found = {}
        for pod in self.objects("pods", "app=finrisk-api"):
            status = pod.get("status") or {}
            if (address := status.get("podIP")) and status.get("phase") not in ("Succeeded", "Failed"):
                found[pod["metadata"]["name"]] = _asked(address)
        return found

    def tune(self) -> None:
        """Let tune.yml make a model of a small dataset, which `deploy` then takes as the newest."""
        dataset(self.training_data)
        self.play("tune")


def _asked(address: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(address, 9090, timeout=5)
    try:
        connection.request("GET", "/readyz")
        told: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return told


@contextmanager
def environment(
    cluster: Cluster, images: Mapping[str, str], folder: Path, **variables: Any
) -> Iterator[Environment]:
    """Prepare an environment of a fresh name, with a simulator; at the end the cluster forgets both.

    ``variables`` are further variables of the playbooks.
    """
    namespace = f"finrisk-test-{secrets.token_hex(4)}"
    with simulator.simulator(cluster, images["sandbox"], folder / "gemini") as wire:
        account = json.loads(wire.credentials_file.read_text())
        held = Secrets(private_key=account["private_key"].splitlines()[3])
        file = folder / "operator.json"
        file.write_text(json.dumps(_variables(cluster, images, namespace, wire, held) | variables, indent=1))
        try:
            yield Environment(cluster, namespace, folder, held, wire, file)
        finally:
            cluster.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


def _variables(
    cluster: Cluster, images: Mapping[str, str], namespace: str, wire: Wire, held: Secrets
) -> dict[str, Any]:
    digest = hashlib.sha256(held.api_key.encode()).hexdigest()
    roles = ["analyze", "feedback", "documents", "admin"]
    simulated = {"namespaceSelector": {"matchLabels": {"finrisk.io/test-run": "true"}}}
    small = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}}
    return {
        "finrisk_context": cluster.context or CONTEXT,
        "finrisk_namespace": namespace,
        "finrisk_api_url": "http://finrisk-api-service",
        "finrisk_client_keys": [
            {"id": held.api_key.split("_")[1], "name": "test", "sha256": digest, "roles": roles}
        ],
        "finrisk_gate": "advise",  # no week of evidence is gathered here; test_promotion asks for it
        "finrisk_image": images["app"],
        "finrisk_resources": small,
        "finrisk_rate_limit_per_minute": 0,
        "finrisk_rollout_timeout": 120,
        "finrisk_postgresql_image": images["postgres"],
        "finrisk_postgresql_volume": "emptydir",
        "finrisk_postgresql_storage": "1Gi",
        "finrisk_postgresql_resources": small,
        "finrisk_gemini_base_url": wire.url,
        "finrisk_storage_url": wire.url,
        "finrisk_google_project": PROJECT,
        "finrisk_google_location": LOCATION,
        "finrisk_bucket": BUCKET,
        "finrisk_additional_egress": [{"to": [simulated], "ports": [{"protocol": "TCP", "port": PORT}]}],
        "finrisk_min_examples": 100,
        "finrisk_refused_producers": [],
        "finrisk_tune_poll_seconds": 1,
    }
