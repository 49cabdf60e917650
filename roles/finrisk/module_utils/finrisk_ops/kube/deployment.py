"""The Deployment applied: what others changed in it by hand, and whose the number of pods is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import objects
from .client import Cluster
from .errors import ApiError
from .objects import MANAGER, Applied, DriftError, Taken

REPLICAS = ".spec.replicas"
AUTOSCALER = "kube-controller-manager"  # the HorizontalPodAutoscaler's, which writes nothing else there
ATTEMPTS, PAUSE_SECONDS = 6, 0.3
ADDED_TO_PODS = ".spec.template.spec."


def apply(
    cluster: Cluster, body: Mapping[str, Any], *, check: bool, force: bool = False, takes_back: bool = False
) -> Applied:
    """Apply the Deployment, or find out in check mode what that would do.

    With ``force`` every field of the body is FinRisk's again; with ``takes_back``, a rollback, all but the
    number of pods. Both remove what others added to the pods, and let a paused Deployment go on.

    Raises DriftError, which names who changed what, when neither is set.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _apply_once(cluster, body, check=check, force=force, takes_back=takes_back)
        except ApiError as error:
            changes = not check and (force or takes_back)
            if error.status not in (409, 422) or not changes or attempt + 1 == ATTEMPTS:
                raise
            time.sleep(PAUSE_SECONDS)  # its status changes all the time while pods come and go
    raise AssertionError("the last attempt returns or raises")


def _apply_once(
    cluster: Cluster, body: Mapping[str, Any], *, check: bool, force: bool, takes_back: bool
) -> Applied:
    where = objects.path(body, cluster.namespace)
    live = cluster.find(where) or {}
    wanted = dict(body)
    if takes_back and live.get("spec", {}).get("replicas") and not objects.owns(live, REPLICAS):
        wanted = objects.without(wanted, REPLICAS) or wanted
    elif "replicas" not in body["spec"] and objects.owns(live, REPLICAS):
        wanted = _handed_over(cluster, wanted, where, int(live["spec"]["replicas"]), check=check)
    others = list(_of_others(live, wanted))
    added = [each.taken for each in others if each.added]
    if not (force or takes_back):
        return _alone(cluster, wanted, added, check=check)
    if others and not check:
        cluster.request("PATCH", where, _cleaned(live, wanted), {"fieldManager": MANAGER}, patch="json")
    done = objects.apply(cluster, wanted, check=check, force=True)
    taken = list({str(each): each for each in (*[each.taken for each in others], *done.taken_back)}.values())
    return replace(done, changed=done.changed or bool(others), taken_back=taken)


@dataclass(frozen=True)
class _Theirs:
    """A field of the Deployment that somebody else wrote."""

    taken: Taken
    added: bool  # FinRisk says nothing of it


def _of_others(live: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[_Theirs]:
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
                yield _Theirs(Taken(name, *by), added)


def _entries_of_others(live: Mapping[str, Any], body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = []
    for entry in (live.get("metadata") or {}).get("managedFields") or []:
        manager, part = str(entry.get("manager")), entry.get("subresource", "")
        scaled = part == "scale" and "replicas" in body["spec"] and manager != AUTOSCALER
        if not objects.is_ours(manager) and (not part or scaled):
            found.append(entry)
    return found


def _fields(fields: Mapping[str, Any], held: Any, at: str) -> Iterator[tuple[str, bool]]:
    """Yield the fields of a managedFields entry, and whether the object lacks them: the outermost, then."""
    for step, below in fields.items():
        if step == ".":
            continue
        kind, _, key = step.partition(":")
        if kind == "f":
            name, found = f"{at}.{key}", isinstance(held, Mapping) and key in held
            inside = held[key] if found else None
        else:
            inside = _item(held, kind, json.loads(key))
            name, found = f"{at}[{_keys(kind, json.loads(key))}]", inside is not None
        if found and set(below) - {"."}:
            yield from _fields(below, inside, name)
        elif not found or kind == "f":
            yield name, not found


def _item(held: Any, kind: str, key: Any) -> Any:
    """Return the entry of a list that a key of managedFields means; None when there is none."""
    for each in held if isinstance(held, list) else []:
        if kind == "v" and each == key:
            return each
        if kind == "k" and isinstance(each, Mapping) and all(_same(each, *pair) for pair in key.items()):
            return each
    return None


def _same(held: Mapping[str, Any], name: str, value: object) -> bool:
    return bool(held.get(name, "TCP" if name == "protocol" else None) == value)


def _keys(kind: str, key: Any) -> str:
    if kind == "v":
        return f"={json.dumps(key)}"
    return ",".join(f"{name}={json.dumps(value)}" for name, value in key.items())


def _alone(cluster: Cluster, body: dict[str, Any], added: list[Taken], *, check: bool) -> Applied:
    """Apply where nobody else changed anything; the number that an autoscaler left is nobody's drift."""
    try:
        done = objects.apply(cluster, body, check=check or bool(added))
    except DriftError as drift:
        taken = [each for each in drift.taken if (each.field, each.manager) != (REPLICAS, AUTOSCALER)]
        if taken or added:
            raise DriftError(objects.named(body), [*taken, *added]) from None
        return replace(objects.apply(cluster, body, check=check, force=True), taken_back=[])
    if added:
        raise DriftError(objects.named(body), added)
    return done


def _cleaned(live: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the JSON patch that makes the Deployment FinRisk's alone, labels and annotations excepted."""
    template = json.loads(json.dumps(body["spec"]["template"]))
    metadata = live["spec"]["template"].get("metadata") or {}
    for name in ("labels", "annotations"):
        template["metadata"][name] = (metadata.get(name) or {}) | (template["metadata"].get(name) or {})
    theirs = _entries_of_others(live, body)
    kept = [_without_spec(held) if held in theirs else held for held in live["metadata"]["managedFields"]]
    changes = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
        {"op": "replace", "path": "/metadata/managedFields", "value": [held for held in kept if held]},
        {"op": "replace", "path": "/spec/template", "value": template},
    ]
    return [*changes, {"op": "remove", "path": "/spec/paused"}] if live["spec"].get("paused") else changes


def _without_spec(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a managedFields entry without the spec; nothing when that was all."""
    fields = {key: value for key, value in (entry.get("fieldsV1") or {}).items() if key != "f:spec"}
    return dict(entry) | {"fieldsV1": fields} if fields else {}


def _handed_over(
    cluster: Cluster, body: dict[str, Any], where: str, pods: int, *, check: bool
) -> dict[str, Any]:
    """Hand the number of pods over when an autoscaler has it from now on; return what to apply then.

    A field that its only owner stops to send falls back to its default, here to a single pod. So another
    manager takes the live number first, and the autoscaler, which writes by the scale subresource, goes on
    from there.
    """
    if check:
        return body | {"spec": body["spec"] | {"replicas": pods}}
    claim = {key: body[key] for key in ("apiVersion", "kind")}
    claim |= {"metadata": {"name": body["metadata"]["name"]}, "spec": {"replicas": pods}}
    query = {"fieldManager": f"{MANAGER}-replicas", "force": "true"}
    cluster.request("PATCH", where, claim, query, patch="apply")
    return body
