"""The objects that stand around an environment on the node; the product's own are in `templates/`."""

from __future__ import annotations

import json
from typing import Any

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def document(*objects: dict[str, Any]) -> str:
    """The objects as `kubectl apply -f -` takes them."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def namespace(name: str) -> dict[str, Any]:
    """A namespace to throw away, which takes restricted pods only."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted", "finrisk.io/test-run": "true"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod(name: str, image: str, user: int, folders: tuple[str, ...], **container: Any) -> dict[str, Any]:
    """A pod that Pod Security calls restricted; ``folders`` can be written."""
    volumes = [{"name": f"v{number}", "emptyDir": {}} for number in range(len(folders))]
    mounts = [{"name": f"v{number}", "mountPath": folder} for number, folder in enumerate(folders)]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 1,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": user,
                "runAsGroup": user,
                "fsGroup": user,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": name,
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "securityContext": RESTRICTED,
                    "volumeMounts": mounts,
                    **container,
                }
            ],
            "volumes": volumes,
        },
    }


def service(name: str, app: str, port: int, target: int) -> dict[str, Any]:
    """A Service for the pods with this `app` label."""
    ports = [{"name": "main", "protocol": "TCP", "port": port, "targetPort": target}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": app}, "ports": ports},
    }
