"""A node that only says that its pods run: `python -m sandbox.kubernetes.fake_node URL CERTIFICATES`.

With it a control plane alone rolls Deployments out, which needs no root. Nothing is executed.
"""

from __future__ import annotations

import datetime
import hashlib
import http.client
import sys
import time
from pathlib import Path
from typing import Any

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.place import NODE_NAME

POLL_SECONDS = 0.2
BEAT_SECONDS = 5.0
CAPACITY = {"cpu": "8", "memory": "16Gi", "pods": "110", "ephemeral-storage": "100Gi"}
CONDITIONS = ("PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready")
PODS = "/api/v1/namespaces/{namespace}/pods/{name}"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def register(api: Api) -> None:
    """Make the node, unless it is there."""
    labels = {"kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux", "finrisk.io/fake": "true"}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE_NAME, "labels": labels}}
    try:
        api.create("/api/v1/nodes", node)
    except ApiError as error:
        if error.status != 409:
            raise


def beat(api: Api) -> None:
    """Say that the node is alive."""
    ready = {"type": "Ready", "status": "True", "reason": "Fake", "lastHeartbeatTime": _now()}
    status = {"capacity": CAPACITY, "allocatable": CAPACITY, "conditions": [ready]}
    api.patch(f"/api/v1/nodes/{NODE_NAME}/status", {"status": status})


def serve_pods(api: Api) -> None:
    """Call each pod that was bound to the node running, and let go of the ones that end."""
    for pod in api.get("/api/v1/pods", fieldSelector=f"spec.nodeName={NODE_NAME}")["items"]:
        path = PODS.format(**pod["metadata"])
        try:
            if pod["metadata"].get("deletionTimestamp"):
                api.delete(path, gracePeriodSeconds="0")
            elif pod["status"].get("phase") == "Pending":
                api.patch(f"{path}/status", {"status": _status(pod)})
        except ApiError as error:
            if error.status != 404:
                raise


def _status(pod: dict[str, Any]) -> object:
    """What a kubelet would say: a Job's pod is done, any other runs."""
    now = _now()
    done = any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences", []))
    ended = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}
    state = ended if done else {"running": {"startedAt": now}}
    containers = [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": container["image"],
            "ready": not done,
            "started": not done,
            "restartCount": 0,
            "state": state,
        }
        for container in pod["spec"]["containers"]
    ]
    number = int(hashlib.sha256(pod["metadata"]["uid"].encode()).hexdigest()[:4], 16)
    truth = "False" if done else "True"
    return {
        "phase": "Succeeded" if done else "Running",
        "podIP": f"10.9.{number >> 8}.{number & 255}",
        "startTime": now,
        "conditions": [{"type": one, "status": truth, "lastTransitionTime": now} for one in CONDITIONS],
        "containerStatuses": containers,
    }


def main(url: str, certificates: str) -> None:
    """Play a node until killed; what the API server refuses is written down and tried again."""
    api = Api(url, Path(certificates))
    beaten = float("-inf")
    while True:
        try:
            if time.monotonic() - beaten > BEAT_SECONDS:
                register(api)
                beat(api)
                beaten = time.monotonic()
            serve_pods(api)
        except (ApiError, OSError, http.client.HTTPException) as error:
            sys.stderr.write(f"{error}\n")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
