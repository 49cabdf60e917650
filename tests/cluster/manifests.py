"""Small objects for the tests of the cluster itself; the product's own are in `templates/`."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.manifests import document, namespace, pod, service

__all__ = [
    "api_pod",
    "config_map",
    "deployment",
    "document",
    "namespace",
    "pod",
    "postgres_pod",
    "service",
]
SERVICE_ENVIRONMENT = {
    "USER_HASH_KEY": "a key for tests",
    "GEMINI_PROVIDER": "gemini_api",
    "GEMINI_API_KEY": "none",
    "WORKERS": "1",
}


def api_pod(image: str) -> dict[str, Any]:
    """A pod of the service, without database or model: it starts, and says that it lives."""
    return pod(
        "finrisk-api",
        image,
        10001,
        ("/var/lib/finrisk", "/tmp"),
        env=[{"name": key, "value": value} for key, value in SERVICE_ENVIRONMENT.items()],
        startupProbe={
            "httpGet": {"path": "/healthz", "port": 8000},
            "periodSeconds": 1,
            "failureThreshold": 60,
        },
    )


def postgres_pod(image: str, password: str) -> dict[str, Any]:
    """A pod of the database."""
    values = {"POSTGRES_USER": "finrisk_user", "POSTGRES_DB": "finrisk_db", "POSTGRES_PASSWORD": password}
    ask = ["pg_isready", "-h", "127.0.0.1", "-U", "finrisk_user", "-d", "finrisk_db"]
    return pod(
        "postgres",
        image,
        999,
        ("/var/lib/postgresql", "/var/run/postgresql", "/tmp"),
        env=[
            *({"name": key, "value": value} for key, value in values.items()),
            {"name": "PGDATA", "value": "/var/lib/postgresql/data"},
        ],
        startupProbe={"exec": {"command": ask}, "periodSeconds": 1, "failureThreshold": 60},
    )


def deployment(name: str, image: str, replicas: int) -> dict[str, Any]:
    """A Deployment of pods that do nothing; for a control plane without a real node."""
    template = pod(name, image, 10001, ())
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": template["spec"]},
        },
    }


def config_map(name: str, data: dict[str, str], *, immutable: bool = False) -> dict[str, Any]:
    """A ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "immutable": immutable,
        "data": data,
    }
