"""The real API server takes what the templates render for every environment, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.failure import ClusterError
from tests.cluster import manifests
from tests.grounds.rendering import OTHER_CHOICES, rendered

SITES: dict[str, tuple[str, Mapping[str, Any]]] = {
    "staging": ("staging", {}),
    "production": ("production", {}),
    "other choices": ("production", OTHER_CHOICES),
}


@pytest.mark.parametrize("site", SITES)
def test_every_object_passes_a_dry_run_with_strict_fields(
    cluster: Cluster, namespace: str, site: str
) -> None:
    environment, choices = SITES[site]
    made = rendered(environment, finrisk_namespace=namespace, **choices)
    own = made.pop("namespace")
    cluster.kubectl(
        "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-", stdin=json.dumps(own)
    )
    said = _try(cluster, namespace, list(made.values()))
    assert said.count("serverside-applied (server dry run)") == len(made)
    assert len(made) >= 14


def test_a_field_that_does_not_exist_is_refused(cluster: Cluster, namespace: str) -> None:
    """Else the test above proves nothing."""
    made = rendered("staging", finrisk_namespace=namespace)["deployment"]
    made["spec"]["template"]["spec"]["containers"][0]["imagePullPolice"] = "Always"
    with pytest.raises(ClusterError, match="imagePullPolice"):
        _try(cluster, namespace, [made])


def _try(cluster: Cluster, namespace: str, objects: list[dict[str, Any]]) -> str:
    strictly = ("--server-side", "--dry-run=server", "--validate=strict")
    return cluster.kubectl("-n", namespace, "apply", *strictly, "-f", "-", stdin=manifests.document(*objects))
