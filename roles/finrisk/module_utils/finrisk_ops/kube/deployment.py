"""The Deployment applied: what others changed in it by hand, and whose the number of pods is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import objects
from .client import Cluster
from .errors import ApiError, conflicts
from .objects import MANAGER, Applied, Drift, DriftError

REPLICAS = ".spec.replicas"
AUTOSCALER = "kube-controller-manager"  # the HorizontalPodAutoscaler's, which writes nothing else there
ATTEMPTS, PAUSE_SECONDS = 6, 0.3
WOKEN = 2  # pods, where an autoscaler sets their number and somebody scaled to none
ADDED_TO_PODS = ".spec.template.spec."


def apply(
    cluster: Cluster,
    body: Mapping[str, Any],
    *,
    check: bool,
    force: bool = False,
    takes_back: bool = False,
    may_write: Callable[[], None] = lambda: None,
) -> Applied:
    """Apply the Deployment, or find out in check mode what that would do.

    With ``force`` every field of the body is FinRisk's again; with ``takes_back``, a rollback, all but the
    number of pods. Both remove what others added to the pods, and let a paused Deployment go on.

    ``may_write`` is asked after the Deployment was read and before it is written, which the API server takes
    only if nobody wrote in between: a run whose lock was taken over never writes after the one that has it.

    Raises DriftError, which names who changed what, when neither is set, and what ``may_write`` raises.
    """
    removed: list[Drift] = []  # an attempt that came to nothing may have taken back what the next one misses
    for attempt in range(ATTEMPTS):
        try:
            return _apply_once(
                cluster, body, may_write, removed, check=check, force=force, takes_back=takes_back
            )
        except ApiError as error:
            patched = error.status == 422 and (force or takes_back)
            passing = not check and (patched or (error.status == 409 and not conflicts(error)))
            if not passing or attempt + 1 == ATTEMPTS:
                raise
            time.sleep(PAUSE_SECONDS)  # its status changes all the time while pods come and go
    raise AssertionError("the last attempt returns or raises")


def _apply_once(
    cluster: Cluster,
    body: Mapping[str, Any],
    may_write: Callable[[], None],
    removed: list[Drift],
    *,
    check: bool,
    force: bool,
    takes_back: bool,
) -> Applied:
    where = objects.path(body, cluster.namespace)
    live = cluster.find(where) or {}
    desired = dict(body)
    if not check:
        may_write()
    if takes_back and live.get("spec", {}).get("replicas") and not objects.owns(live, REPLICAS):
        desired = objects.without(desired, REPLICAS) or desired
    elif takes_back and live and not live["spec"].get("replicas") and "replicas" not in body["spec"]:
        desired |= {"spec": body["spec"] | {"replicas": WOKEN}}
    elif "replicas" not in body["spec"] and objects.owns(live, REPLICAS):
        live, desired = _hand_over_replicas(cluster, desired, live, where, check=check)
    others = list(of_others(live, desired))
    additions = [other.drift for other in others if other.added]
    if not (force or takes_back):
        return _alone(cluster, _as_read(desired, live, check=check), additions, check=check)
    if others and not check:
        patch = _cleanup(live, desired)
        live = cluster.request("PATCH", where, patch, {"fieldManager": MANAGER}, patch="json")
        removed += [other.drift for other in others]
    result = objects.apply(cluster, _as_read(desired, live, check=check), check=check, force=True)
    drifts = (*removed, *(other.drift for other in others), *result.taken_back)
    taken_back = list({str(drift): drift for drift in drifts}.values())
    return replace(result, changed=result.changed or bool(others or removed), taken_back=taken_back)


def _as_read(body: Mapping[str, Any], live: Mapping[str, Any], *, check: bool) -> dict[str, Any]:
    """Return the body to apply onto the Deployment as it was read, and onto no later one."""
    version = (live.get("metadata") or {}).get("resourceVersion")
    if check or not version:
        return dict(body)
    return dict(body) | {"metadata": body["metadata"] | {"resourceVersion": version}}


@dataclass(frozen=True)
class Theirs:
    """A field of the Deployment that somebody else wrote."""

    drift: Drift
    added: bool  # FinRisk says nothing of it


def of_others(live: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Theirs]:
    """Yield what somebody else wrote into the Deployment that a release has to do with.

    What they added to the pods, such as another variable, conflicts with nothing, and yet the pods are not
    what their revision says. What they set to the value that it should have is theirs too until it is taken
    back, and would stop the next release. Labels and annotations that FinRisk does not
    set are left to others.
    """
    for entry in _entries_of_others(live, body):
        by = (str(entry.get("manager")), str(entry.get("time", "")))
        fields = (entry.get("fieldsV1") or {}).get("f:spec") or {}
        for name, added in _fields(fields, body["spec"], ".spec"):
            paused = name == ".spec.paused" and live["spec"].get("paused")
            if not added or paused or name.startswith(ADDED_TO_PODS):
                yield Theirs(Drift(name, *by), added)


def _entries_of_others(live: Mapping[str, Any], body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = []
    for entry in (live.get("metadata") or {}).get("managedFields") or []:
        manager, part = str(entry.get("manager")), entry.get("subresource", "")
        scaled = part == "scale" and "replicas" in body["spec"] and manager != AUTOSCALER
        if not objects.is_ours(manager) and (not part or scaled):
            entries.append(entry)
    return entries


def _fields(fields: Mapping[str, Any], value: Any, at: str) -> Iterator[tuple[str, bool]]:
    """Yield the fields of a managedFields entry, and whether the object lacks them: the outermost, then."""
    for step, below in fields.items():
        if step == ".":
            continue
        kind, _, key = step.partition(":")
        if kind == "f":
            name, present = f"{at}.{key}", isinstance(value, Mapping) and key in value
            inside = value[key] if present else None
        else:
            inside = _item(value, kind, json.loads(key))
            name, present = f"{at}[{_keys(kind, json.loads(key))}]", inside is not None
        if present and set(below) - {"."}:
            yield from _fields(below, inside, name)
        elif not present or kind == "f":
            yield name, not present


def _item(items: Any, kind: str, key: Any) -> Any:
    """Return the entry of a list that a key of managedFields means; None when there is none."""
    for item in items if isinstance(items, list) else []:
        if kind == "v" and item == key:
            return item
        if kind == "k" and isinstance(item, Mapping) and all(_same(item, *pair) for pair in key.items()):
            return item
    return None


def _same(item: Mapping[str, Any], name: str, value: object) -> bool:
    return bool(item.get(name, "TCP" if name == "protocol" else None) == value)


def _keys(kind: str, key: Any) -> str:
    if kind == "v":
        return f"={json.dumps(key)}"
    return ",".join(f"{name}={json.dumps(value)}" for name, value in key.items())


def _alone(cluster: Cluster, body: dict[str, Any], additions: list[Drift], *, check: bool) -> Applied:
    """Apply where nobody else changed anything; the number that an autoscaler left is nobody's drift."""
    try:
        result = objects.apply(cluster, body, check=check or bool(additions))
    except DriftError as error:
        fields = [drift for drift in error.fields if (drift.field, drift.manager) != (REPLICAS, AUTOSCALER)]
        if fields or additions:
            raise DriftError(objects.kind_and_name(body), [*fields, *additions]) from None
        return replace(objects.apply(cluster, body, check=check, force=True), taken_back=[])
    if additions:
        raise DriftError(objects.kind_and_name(body), additions)
    return result


def _cleanup(live: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the JSON patch that makes the Deployment FinRisk's alone, labels and annotations excepted."""
    template = json.loads(json.dumps(body["spec"]["template"]))
    metadata = live["spec"]["template"].get("metadata") or {}
    for name in ("labels", "annotations"):
        template["metadata"][name] = (metadata.get(name) or {}) | (template["metadata"].get(name) or {})
    theirs = _entries_of_others(live, body)
    entries = [
        _without_spec(entry) if entry in theirs else entry for entry in live["metadata"]["managedFields"]
    ]
    changes = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
        {"op": "replace", "path": "/metadata/managedFields", "value": [entry for entry in entries if entry]},
        {"op": "replace", "path": "/spec/template", "value": template},
    ]
    return [*changes, {"op": "remove", "path": "/spec/paused"}] if live["spec"].get("paused") else changes


def _without_spec(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a managedFields entry without the spec; nothing when that was all."""
    fields = {key: value for key, value in (entry.get("fieldsV1") or {}).items() if key != "f:spec"}
    return dict(entry) | {"fieldsV1": fields} if fields else {}


def _hand_over_replicas(
    cluster: Cluster, body: dict[str, Any], live: dict[str, Any], where: str, *, check: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Hand the number of pods over when an autoscaler has it from now on.

    Returns the Deployment as it is then, and what to apply to it.

    A field that its only owner stops to send falls back to its default, here to a single pod. So another
    manager takes the live number first, and the autoscaler, which writes by the scale subresource, goes on
    from there.
    """
    pods = int(live["spec"]["replicas"])
    if check:
        return live, body | {"spec": body["spec"] | {"replicas": pods}}
    claim = {key: body[key] for key in ("apiVersion", "kind")}
    metadata = {"name": body["metadata"]["name"], "resourceVersion": live["metadata"]["resourceVersion"]}
    claim |= {"metadata": metadata, "spec": {"replicas": pods}}
    query = {"fieldManager": f"{MANAGER}-replicas", "force": "true"}
    return cluster.request("PATCH", where, claim, query, patch="apply"), body
