"""What the object of a pod says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def says_ready(pod: Mapping[str, Any]) -> bool:
    """Say whether the pod was ready when its node last told, also while it is to be gone."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(entry.get("type") == "Ready" and entry.get("status") == "True" for entry in conditions)


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Say whether the pod takes part in its Service."""
    return not pod["metadata"].get("deletionTimestamp") and says_ready(pod)
