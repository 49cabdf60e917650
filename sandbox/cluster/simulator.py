"""The Gemini and Vertex AI simulator in the cluster, in a namespace of its own: the world outside."""

from __future__ import annotations

from pathlib import Path

from sandbox.cluster import manifests
from sandbox.kubernetes.cluster import Cluster

NAME = "gemini"
PORT = 8080
VAR = "/var/lib/finrisk"
FOLDERS = (VAR, "/tmp")  # noqa: S108 - of the pod, a volume of its own


def start(
    cluster: Cluster, image: str, namespace: str, credentials_file: Path, tuning_seconds: float = 1.0
) -> str:
    """Run one, or take the one that runs; write its service account's file; return its address.

    Pods and host reach it by its Service's address.
    """
    inside = ("-n", namespace)
    if not is_running(cluster, namespace):
        stop(cluster, namespace, wait=True)
        cluster.kubectl("create", "-f", "-", stdin=manifests.document(manifests.namespace(namespace)))
        service = manifests.service(NAME, NAME, 80, PORT)
        cluster.kubectl(*inside, "create", "-f", "-", stdin=manifests.document(service))
        pod = _pod(image, _address(cluster, namespace), tuning_seconds)
        cluster.kubectl(  # no pod is let in before
            *inside, "wait", "--for=create", "--timeout=30s", "serviceaccount/default"
        )
        cluster.kubectl(*inside, "create", "-f", "-", stdin=manifests.document(pod))
        cluster.kubectl(*inside, "wait", "--for=condition=Ready", "--timeout=60s", f"pod/{NAME}")
    account = cluster.kubectl(*inside, "exec", NAME, "--", "cat", f"{VAR}/service-account.json")
    credentials_file.parent.mkdir(parents=True, exist_ok=True)
    credentials_file.touch(0o600)
    credentials_file.write_text(account, "utf-8")
    return _address(cluster, namespace)


def is_running(cluster: Cluster, namespace: str) -> bool:
    """Whether there is one that is ready."""
    condition = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
    found = cluster.kubectl("-n", namespace, "get", "pod", NAME, "-o", condition, check=False)
    return found == "True"


def stop(cluster: Cluster, namespace: str, *, wait: bool = False) -> None:
    """Remove its namespace."""
    cluster.kubectl("delete", "namespace", namespace, "--ignore-not-found", f"--wait={str(wait).lower()}")


def _address(cluster: Cluster, namespace: str) -> str:
    get = ("get", "service", NAME, "-o", "jsonpath={.spec.clusterIP}")
    return f"http://{cluster.kubectl('-n', namespace, *get)}"


def _pod(image: str, url: str, tuning_seconds: float) -> dict[str, object]:
    arguments = f"--var {VAR} --bind 0.0.0.0 --port {PORT} --public-url {url}".split()
    arguments += f"--tuning-seconds {tuning_seconds} --latency-ms 5 5".split()
    probe = {
        "httpGet": {"path": "/_sandbox/requests", "port": PORT},
        "periodSeconds": 1,
        "timeoutSeconds": 5,
        "failureThreshold": 60,  # Google does not go
    }
    return manifests.pod(NAME, image, 10001, FOLDERS, args=arguments, readinessProbe=probe)
