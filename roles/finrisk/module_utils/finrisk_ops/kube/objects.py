"""Objects applied server-side: what a run would change, who took which field, and secrets as hashes."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import FinriskError
from ..masking import hashed
from .client import Cluster
from .errors import ApiError, conflicts

MANAGER = "finrisk"
WITHOUT_NAMESPACE = ("Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass")
IRREGULAR = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses", "PriorityClass": "priorityclasses"}
OF_THE_SERVER = (
    "managedFields",
    "resourceVersion",
    "generation",
    "uid",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
STEP = re.compile(r"\.([^.\[\]]+)")


@dataclass(frozen=True)
class Drift:
    """A field that FinRisk sets and somebody else changed."""

    field: str
    manager: str
    when: str = ""

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{self.field} (by {self.manager}{', ' + self.when if self.when else ''})"


class DriftError(FinriskError):
    """Fields that FinRisk sets belong to somebody else now; nothing was changed."""

    def __init__(self, what: str, fields: list[Drift]) -> None:
        """Name the object, the fields, and who has them."""
        names = ", ".join(map(str, fields))
        super().__init__(
            f"{what} was changed by somebody else: {names}. Nothing was changed. Look at it with "
            "playbooks/status.yml; then take these fields back with -e finrisk_force_conflicts=true, or go "
            "to base with playbooks/rollback.yml",
            drift=[{"field": drift.field, "manager": drift.manager, "when": drift.when} for drift in fields],
        )
        self.fields = fields


@dataclass(frozen=True)
class Applied:
    """What applying an object changed, or would change."""

    what: str
    changed: bool
    before: dict[str, Any]
    after: dict[str, Any]
    object: dict[str, Any] = field(repr=False)  # as the server has it, the values of a Secret too
    taken_back: list[Drift] = field(default_factory=list)


def path(body: Mapping[str, Any], namespace: str) -> str:
    """Return the address of an object on the API server."""
    kind, version = str(body["kind"]), str(body["apiVersion"])
    plural = IRREGULAR.get(kind, kind.lower() + "s")
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    inside = "" if kind in WITHOUT_NAMESPACE else f"/namespaces/{namespace}"
    return f"{root}{inside}/{plural}/{body['metadata']['name']}"


def apply(cluster: Cluster, body: Mapping[str, Any], *, check: bool, force: bool = False) -> Applied:
    """Apply the object as FinRisk's, or find out in check mode what that would do.

    Raises DriftError when somebody else holds a field and ``force`` is not set, ApiError for a refusal.
    """
    where = path(body, cluster.namespace)
    live = cluster.find(where)
    foreign: list[Drift] = []
    try:
        result = _send(cluster, where, body, dry=True, force=False)
    except ApiError as error:
        if check and error.status == 404:  # its namespace is made by the same run
            return Applied(kind_and_name(body), True, {}, masked(comparable(body)), dict(body))
        fields = drift_of(error, live)
        if not fields:
            raise
        foreign = [drift for drift in fields if not is_ours(drift.manager)]
        if foreign and not force:
            raise DriftError(kind_and_name(body), foreign) from None
        force = True
        result = _send(cluster, where, body, dry=True, force=True)
    before, after = comparable(live), comparable(result)
    changed = live is None or before != after or bool(foreign)
    if changed and not check:
        result = _send(cluster, where, body, dry=False, force=force)
    return Applied(kind_and_name(body), changed, masked(before), masked(after), result, foreign)


def kind_and_name(body: Mapping[str, Any]) -> str:
    """Return ``Deployment finrisk-api``."""
    return f"{body.get('kind')} {(body.get('metadata') or {}).get('name')}"


def drift_of(error: ApiError, live: Mapping[str, Any] | None) -> list[Drift]:
    """Return the fields of a conflict, with when their new owner last wrote."""
    entries = ((live or {}).get("metadata") or {}).get("managedFields") or []
    return [
        Drift(
            name,
            manager,
            max(
                (str(entry.get("time", "")) for entry in entries if entry.get("manager") == manager),
                default="",
            ),
        )
        for name, manager in conflicts(error)
    ]


def is_ours(manager: str) -> bool:
    """Say whether a field manager is FinRisk's, which has one for each concern."""
    return manager == MANAGER or manager.startswith(f"{MANAGER}-")


def owns(live: Mapping[str, Any], name: str) -> bool:
    """Say whether FinRisk's last apply set a field such as ``.spec.replicas``."""
    for entry in (live.get("metadata") or {}).get("managedFields") or []:
        if entry.get("manager") == MANAGER and entry.get("operation") == "Apply":
            fields: Any = entry.get("fieldsV1") or {}
            for step in STEP.findall(name):
                fields = fields.get(f"f:{step}") if isinstance(fields, dict) else None
            if fields is not None:
                return True
    return False


def without(body: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """Return the object without a field such as ``.spec.replicas``; None for a field inside a list."""
    steps = STEP.findall(name)
    if not steps or "".join(f".{step}" for step in steps) != name:
        return None
    result = copy.deepcopy(dict(body))
    part: Any = result
    for step in steps[:-1]:
        part = part.get(step) if isinstance(part, dict) else None
    if not isinstance(part, dict) or steps[-1] not in part:
        return None
    del part[steps[-1]]
    return result


def comparable(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return an object without what the server keeps of its own accord."""
    if body is None:
        return {}
    content = copy.deepcopy({key: value for key, value in body.items() if key != "status"})
    metadata = content.get("metadata") or {}
    for name in OF_THE_SERVER:
        metadata.pop(name, None)
    annotations = metadata.get("annotations") or {}
    annotations.pop("deployment.kubernetes.io/revision", None)  # counted by the controller
    if not annotations:
        metadata.pop("annotations", None)
    return content


def masked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as a diff may show it: the values of a Secret as ``sha256:`` and 12 hex digits."""
    content = copy.deepcopy(dict(body))
    if content.get("kind") != "Secret":
        return content
    values = {key: _text(value) for key, value in (content.pop("data", None) or {}).items()}
    values |= {key: str(value) for key, value in (content.pop("stringData", None) or {}).items()}
    content["data"] = hashed(values)
    annotations = (content.get("metadata") or {}).get("annotations") or {}
    annotations.pop(
        "kubectl.kubernetes.io/last-applied-configuration", None
    )  # kubectl keeps the values there
    return content


def differences(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Yield the fields in which two objects differ, such as ``.spec.replicas``."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from differences(before.get(key), after.get(key), f"{at}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            name = one.get("name", number) if isinstance(one, dict) else number
            yield from differences(one, other, f"{at}[{name}]")
    elif before != after:
        yield at


def plain_secret(secret: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a Secret as text; FinriskError when one is not text."""
    try:
        return {
            str(key): base64.b64decode(value).decode("utf-8")
            for key, value in (secret.get("data") or {}).items()
        }
    except (ValueError, TypeError):
        raise FinriskError(f"{kind_and_name(secret)} holds a value that is not text") from None


def _send(cluster: Cluster, where: str, body: Mapping[str, Any], *, dry: bool, force: bool) -> dict[str, Any]:
    query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
    query |= {"dryRun": "All"} if dry else {}
    query |= {"force": "true"} if force else {}
    return cluster.request("PATCH", where, body, query, patch="apply")


def _text(value: Any) -> str:
    try:
        return base64.b64decode(str(value)).decode("utf-8", "replace")
    except ValueError:
        return str(value)
