"""An API server that keeps objects in memory, each with the version that a write may ask for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from finrisk_ops.kube import lease
from finrisk_ops.kube.errors import ApiError

NAMESPACE = "n"


class Kept:
    """Objects by their path; what is forbidden is refused as a Role refuses it."""

    namespace = NAMESPACE
    label = "context staging, namespace n"
    kubectl = "kubectl --context staging -n n"

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.forbidden: tuple[str, ...] = ()
        self.sent: list[str] = []
        self.meanwhile: Callable[[], None] | None = None  # what somebody else does before the next write
        self._version = 0

    def find(self, path: str) -> dict[str, Any] | None:
        if any(part in path for part in self.forbidden):
            raise ApiError("may not", 403)
        held = self.objects.get(path)
        return None if held is None else _versioned(held)

    def list(self, path: str, labels: str = "", fields: str = "") -> list[dict[str, Any]]:
        del fields
        name, _, value = labels.partition("=")
        found = [held for where, held in self.objects.items() if where.rpartition("/")[0] == path]
        self.find(path)
        return [_versioned(held) for held in found if not labels or _carries(held, name, value)]

    def has_namespace(self) -> bool:
        return True

    def server_time(self) -> float:
        seconds: float = lease.moment("2026-01-01T00:00:10.000000Z")
        return seconds

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        patch: str = "",
    ) -> dict[str, Any]:
        if path.endswith("selfsubjectaccessreviews"):
            return {"status": {"allowed": True}}
        if "dryRun" in (query or {}):
            return _merged(self.objects.get(path), body)
        if self.meanwhile:
            others, self.meanwhile = self.meanwhile, None
            others()
        self.sent.append(f"{method} {path.rpartition('/')[2]}")
        if method == "POST":
            path = f"{path}/{body['metadata']['name']}"
            _check(path not in self.objects)
        held = self.objects.get(path)
        if method == "DELETE":
            _check(_is_as_read(held, (body or {}).get("preconditions") or {}))
            return self.objects.pop(path)
        if patch == "json":
            return _versioned(held or {})
        _check(_is_as_read(held, body["metadata"]))
        self.put(path, _merged(held, body))
        return _versioned(self.objects[path])

    def put(self, path: str, body: dict[str, Any]) -> None:
        """Write an object as somebody does, whatever was there."""
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        self.objects[path] = body


def _check(passes: bool) -> None:
    if not passes:
        raise ApiError("it is not as it was read", 409)


def _is_as_read(held: Mapping[str, Any] | None, read: Mapping[str, Any]) -> bool:
    metadata = _versioned(held)["metadata"] if held else {}
    return all(metadata.get(name) == read[name] for name in ("uid", "resourceVersion") if name in read)


def _versioned(held: Mapping[str, Any]) -> dict[str, Any]:
    body = copy.deepcopy(dict(held))
    body["metadata"] = {"uid": "u", "resourceVersion": "0"} | body["metadata"]
    return body


def _merged(held: Mapping[str, Any] | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object with the body written over it: the values of its own stay beside."""
    result = copy.deepcopy(dict(held or {}))
    for key, value in body.items():
        result[key] = _merged(result.get(key), value) if isinstance(value, dict) else value
    return {key: value for key, value in result.items() if value is not None}


def _carries(held: Mapping[str, Any], name: str, value: str) -> bool:
    labels = held["metadata"].get("labels") or {}
    return name in labels and value in ("", labels[name])


def body(name: str, **more: Any) -> dict[str, Any]:
    """Return an object as it is kept."""
    return {"metadata": {"name": name, "labels": more.pop("labels", {})}, **more}
