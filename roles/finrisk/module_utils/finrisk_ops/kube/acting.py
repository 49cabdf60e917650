"""The CronJob that acts on what the gate says, as a status shows it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import FinriskError
from .client import Cluster
from .rollout import event_time, troubles

NAME = "finrisk-act"
SELECTOR = f"app={NAME}"
HOST = "pod: "
"""How a line of its log begins that its playbook says of its host, a failure among them."""
RECAP = f"{HOST}changed="
STARTS = ("ContainerCreating", "PodInitializing")


def acting(cluster: Cluster, events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return when it runs, when it last did and did well, and what is wrong; None where there is none.

    ``job`` is the newest Job, ``waits`` whether its pod cannot be made or start, so that none runs after it.
    """
    with contextlib.suppress(FinriskError):  # whoever may not look at it is told of the rest
        if body := cluster.find(_path(cluster, "cronjobs", NAME)):
            return _told(cluster, body, events)
    return None


def _told(cluster: Cluster, body: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    status = body.get("status") or {}
    jobs = cluster.list(_path(cluster, "jobs"), labels=SELECTOR)
    newest = max(jobs, key=lambda job: str(job["metadata"]["creationTimestamp"]), default=None)
    pods = cluster.list(f"/api/v1/namespaces/{cluster.namespace}/pods", labels=SELECTOR)
    name = str(newest["metadata"]["name"]) if newest else ""
    mine = [pod for pod in pods if (pod["metadata"].get("labels") or {}).get("job-name") == name]
    waits = [why for pod in mine if (why := why_it_waits(pod, events))]
    if newest and not mine and (why := why_it_has_no_pod(newest, events)):
        waits.append(why)
    return {
        "schedule": str(body["spec"]["schedule"]),
        "suspended": bool(body["spec"].get("suspend")),
        "last_run": status.get("lastScheduleTime"),
        "last_success": status.get("lastSuccessfulTime"),
        "job": name,
        "waits": bool(waits),
        "problem": waits[0] if waits else _failure(cluster, newest, mine),
    }


def _failure(
    cluster: Cluster, job: Mapping[str, Any] | None, pods: Sequence[Mapping[str, Any]]
) -> str | None:
    """Return why a Job failed, in the words of its playbook where there are any; None when it did not."""
    for condition in ((job or {}).get("status") or {}).get("conditions") or []:
        if condition.get("type") == "Failed" and condition.get("status") == "True":
            said = [words for pod in pods if (words := _last_words(cluster, pod["metadata"]["name"]))]
            return said[-1] if said else str(condition.get("message") or condition.get("reason"))
    return None


def _last_words(cluster: Cluster, pod: str) -> str:
    with contextlib.suppress(FinriskError):  # its container never ran
        path = f"/api/v1/namespaces/{cluster.namespace}/pods/{pod}/log"
        lines = cluster.text(path, tailLines=50, limitBytes=65536).splitlines()
        said = [line for line in lines if line.startswith(HOST) and not line.startswith(RECAP)]
        return said[-1].removeprefix(HOST) if said else ""
    return ""


def why_it_waits(pod: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> str:
    """Return what keeps a pod from starting, also between two tries to get an image; "" once it has ended."""
    if _has_ended(pod):
        return ""
    told = [trouble.text for trouble in troubles(pod, events)]
    for container in (pod.get("status") or {}).get("containerStatuses") or []:
        waiting = (container.get("state") or {}).get("waiting") or {}
        if (reason := waiting.get("reason")) and reason not in STARTS:
            message = " ".join(str(waiting.get("message") or "no reason given").split())
            told.append(f"pod {pod['metadata']['name']} does not start ({reason}): {message}")
    return told[0] if told else ""


def why_it_has_no_pod(job: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> str:
    """Return what keeps a Job from making its pod, such as a quota; empty for one that has ended."""
    name = str(job["metadata"]["name"])
    told = [
        event
        for event in events
        if event.get("reason") == "FailedCreate" and (event.get("involvedObject") or {}).get("name") == name
    ]
    if not told or (job.get("status") or {}).get("conditions"):
        return ""
    return f"Job {name} gets no pod: {' '.join(str(max(told, key=event_time).get('message')).split())}"


def _has_ended(pod: Mapping[str, Any]) -> bool:
    """Whether its container ended, which is started once; the phase of the pod follows a moment later."""
    status = pod.get("status") or {}
    states = [each.get("state") or {} for each in status.get("containerStatuses") or []]
    return status.get("phase") in ("Succeeded", "Failed") or any("terminated" in state for state in states)


def _path(cluster: Cluster, kind: str, name: str = "") -> str:
    return f"/apis/batch/v1/namespaces/{cluster.namespace}/{kind}" + (f"/{name}" if name else "")
