"""The Gemini and Vertex AI simulator in the cluster, in a namespace of its own: the world outside."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.kubernetes.cluster import Cluster
from tests.cluster import manifests
from tests.grounds.wire import Wire

NAME = "gemini"
PORT = 8080
VAR = "/var/lib/finrisk"


@contextmanager
def simulator(cluster: Cluster, image: str, var: Path, tuning_seconds: float = 1.0) -> Iterator[Wire]:
    """Run one; pods and host reach it by its Service's address. Its account is put into ``var``."""
    namespace = f"finrisk-test-{NAME}-{secrets.token_hex(4)}"
    cluster.kubectl("create", "-f", "-", stdin=manifests.document(manifests.namespace(namespace)))
    inside = ("-n", namespace)
    try:
        service = manifests.service(NAME, NAME, 80, PORT)
        cluster.kubectl(*inside, "create", "-f", "-", stdin=manifests.document(service))
        where = cluster.kubectl(*inside, "get", "service", NAME, "-o", "jsonpath={.spec.clusterIP}")
        url = f"http://{where}"
        arguments = f"--var {VAR} --bind 0.0.0.0 --port {PORT} --public-url {url}".split()
        arguments += f"--tuning-seconds {tuning_seconds} --latency-ms 5 5".split()
        ready = {"httpGet": {"path": "/_sandbox/requests", "port": PORT}}
        probe = ready | {
            "periodSeconds": 1,
            "timeoutSeconds": 5,
            "failureThreshold": 60,
        }  # Google does not go
        pod = manifests.pod(NAME, image, 10001, (VAR, "/tmp"), args=arguments, readinessProbe=probe)
        cluster.kubectl(
            *inside, "wait", "--for=create", "--timeout=30s", "serviceaccount/default"
        )  # no pod is let in before
        cluster.kubectl(*inside, "create", "-f", "-", stdin=manifests.document(pod))
        cluster.kubectl(*inside, "wait", "--for=condition=Ready", "--timeout=60s", f"pod/{NAME}")
        var.mkdir(parents=True, exist_ok=True)
        made = Wire(url, var)
        made.credentials_file.touch(0o600)
        made.credentials_file.write_text(
            cluster.kubectl(*inside, "exec", NAME, "--", "cat", f"{VAR}/{made.credentials_file.name}")
        )
        yield made
    finally:
        cluster.kubectl("delete", "namespace", namespace, "--wait=false")
