"""What the service on a cluster shows from outside: pods, their logs and counters, events, drift."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..errors import FinriskError
from ..release.revision import Revision
from ..service import log as service_log
from ..service.snapshot import Snapshot, worst
from .acting import acting
from .deployed import Deployed
from .deployment import REPLICAS
from .objects import Drift, DriftError
from .pods import is_ready
from .rollout import event_time, revision_of, stuck, troubles
from .scheduling import what_matters
from .template import CREDENTIALS, DEPLOYMENT, credentials_of

DAY_SECONDS = 86_400
LOG_LINES, LOG_BYTES = 3000, 4 * 1024 * 1024
EVENTS = 5


@dataclass(frozen=True)
class _Pod:
    """One pod: its object, what its ops port says, and its log."""

    body: Mapping[str, Any]
    readiness: dict[str, Any]
    log: str

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])


def snapshot(target: Deployed, revision: Revision | None, changes: Callable[[Revision], str]) -> Snapshot:
    """Return what the cluster's service shows; raises FinriskError when the cluster cannot be reached."""
    target.cluster.check_usable()
    target.cluster.check_namespace()
    events = target.warnings()
    bodies = target.pods()
    with ThreadPoolExecutor(max_workers=8) as pool:
        pods = list(pool.map(lambda pod: _look(target, pod), bodies))
    unread = target.credentials()
    there = target.cluster.find(target.path("secrets", CREDENTIALS)) is not None
    problem, drift = _drift(target, revision, changes)
    command = f"{target.cluster.kubectl} logs deployment/{DEPLOYMENT} --tail=50"
    recent = service_log.of_lines(
        (line for pod in pods for line in pod.log.splitlines()), f"pods of {DEPLOYMENT}", command
    )
    alive = {pod.name for pod in pods}
    recent["events"] = [
        *recent["events"],
        *_events(event for event in events if not is_ordinary(event, alive)),
    ]
    databases = {str(pod.readiness["database"]) for pod in pods if pod.readiness.get("database")}
    return Snapshot(
        pods=[_row(target, pod, events, unread) for pod in pods],
        recent=recent,
        database=worst(databases),
        problem=problem,
        drift=drift,
        credentials_gone="" if there else f"the Secret {CREDENTIALS}",
        acting=acting(target.cluster, events),
    )


def _look(target: Deployed, pod: Mapping[str, Any]) -> _Pod:
    name = str(pod["metadata"]["name"])
    readiness = target.readiness(name) if (pod.get("status") or {}).get("phase") == "Running" else {}
    log = ""
    with contextlib.suppress(FinriskError):  # a pod whose container never started has none
        log = target.log(name, sinceSeconds=DAY_SECONDS, tailLines=LOG_LINES, limitBytes=LOG_BYTES)
    return _Pod(pod, readiness, log)


def _row(
    target: Deployed, pod: _Pod, events: Sequence[Mapping[str, Any]], credentials: str
) -> dict[str, Any]:
    statuses = (pod.body.get("status") or {}).get("containerStatuses") or []
    problems = [trouble.text for trouble in troubles(pod.body, events)]
    if stuck(pod.body, target.cluster.server_time()):
        problems.append(f"pod {pod.name} was to be gone by {pod.body['metadata']['deletionTimestamp']}")
    return {
        "name": pod.name,
        "ready": is_ready(pod.body),
        "revision": pod.readiness.get("revision") or revision_of(pod.body) or None,
        "split": pod.readiness.get("split"),
        "restarts": sum(int(container.get("restartCount") or 0) for container in statuses),
        "breakers": pod.readiness.get("breakers") or {},
        "workers": [worker for worker in pod.readiness.get("workers") or [] if isinstance(worker, dict)],
        "database": pod.readiness.get("database"),
        "schema": pod.readiness.get("schema"),
        "database_problem": pod.readiness.get("database_problem") or "",
        "journal": pod.readiness.get("journal"),
        "finrisk": target.cluster.service_command(pod.name),
        "problem": problems[0] if problems else None,
        "ending": bool(pod.body["metadata"].get("deletionTimestamp")),
        "new_credentials_unread": credentials_of(pod.body) != credentials,
    }


def _drift(
    target: Deployed, revision: Revision | None, changes: Callable[[Revision], str]
) -> tuple[str, list[dict[str, str]]]:
    """Return what somebody changed by hand: which revision is asked for, and fields that FinRisk sets."""
    if revision is None:
        return "", []
    problem = ""
    if (names := target.marked()) not in ([], [revision.name]):
        problem = (
            f"the Deployment runs {revision.name}, but {' and '.join(names)} was released last: somebody "
            "ran kubectl rollout undo or changed the Deployment"
        )
    fields: list[Drift] = []
    try:
        changes(revision)
    except DriftError as error:
        fields = error.fields
    except FinriskError:  # who may only look may not try out either
        fields = []
    if not any(drift.field == REPLICAS for drift in fields):
        fields = [*fields, *scaled_to_nothing(target.live() or {})]
    return problem, [{"field": drift.field, "manager": drift.manager, "when": drift.when} for drift in fields]


def scaled_to_nothing(live: Mapping[str, Any]) -> list[Drift]:
    """Return who asked for no pods last, when the Deployment asks for none: an autoscaler never does."""
    if not live or live["spec"].get("replicas") != 0:
        return []
    entries = [
        entry
        for entry in live["metadata"].get("managedFields") or []
        if "f:replicas" in ((entry.get("fieldsV1") or {}).get("f:spec") or {})
    ]
    newest: Mapping[str, Any] = max(entries, key=lambda entry: str(entry.get("time", "")), default={})
    return [Drift(REPLICAS, str(newest.get("manager") or "somebody"), str(newest.get("time", "")))]


def is_ordinary(event: Mapping[str, Any], alive: set[str]) -> bool:
    """Say whether an event tells of nothing but a pod that started, or that is gone: every roll-out has them.

    A pod that does not get ready is told as a finding, with the words of its probe.
    """
    probe = str(event.get("message", "")).startswith(("Startup probe failed", "Readiness probe failed"))
    about = event.get("involvedObject") or {}
    return probe or (about.get("kind") == "Pod" and about.get("name") not in alive)


def _events(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    entries = []
    for event in sorted(events, key=event_time)[-EVENTS:]:
        about = event.get("involvedObject") or {}
        message = what_matters(" ".join(str(event.get("message", "")).split()))
        entries.append(
            {
                "time": event_time(event),
                "level": "WARNING",
                "event": event.get("reason"),
                "message": f"{about.get('kind')} {about.get('name')}: {message}",
                "times": int((event.get("series") or {}).get("count") or event.get("count") or 1),
            }
        )
    return entries
