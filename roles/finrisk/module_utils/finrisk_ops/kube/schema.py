"""The database schema of a cluster, brought up to date by a Job before a roll-out."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from finrisk_rules import postgresql

from ..database import UNANSWERED, address
from ..errors import FinriskError
from ..service.log import last_words
from . import credentials, lease, objects
from .client import Cluster
from .deployed import Deployed
from .pods import is_ready
from .rollout import IMAGE, SETUP

POLL_SECONDS = 0.5
APP = "finrisk-migration"
LOG_LINES = 20
BELIEVED_SECONDS = 600
"""So long after its end a Job is believed where no pod says what it finds."""

NEVER_RAN = ("StartError", "ContainerCannotRun")
MISSING = ("empty", "older", "incomplete")
"""What ``/readyz`` says of a schema that a Job has to be run for."""


@dataclass(frozen=True)
class Migration:
    """The Job of a schema: its name, its state before and after, and why the database could not be asked.

    ``restored`` names the copy that the lost Secret of the credentials was brought back from.
    """

    name: str
    changed: bool
    before: str
    after: str
    unanswered: str = ""
    restored: str = ""


def job_of(manifest: Mapping[str, Any], database_url: str) -> dict[str, Any]:
    """Return the Job with a name that holds its content: another image or database is another Job.

    Raises FinriskError when the template renders something else.
    """
    if manifest.get("kind") != "Job" or not isinstance(manifest.get("spec"), Mapping):
        raise FinriskError(f"templates/migration-job.yml.j2 renders {manifest.get('kind')!r}, expected a Job")
    job: dict[str, Any] = copy.deepcopy(dict(manifest))
    options = postgresql.given(database_url, "options")  # another search path is another place for tables
    content = json.dumps([job["spec"], address(database_url), options], sort_keys=True)
    job["metadata"]["name"] += "-" + hashlib.sha256(content.encode()).hexdigest()[:8]
    return job


def migrate(
    deployed: Deployed, manifest: Mapping[str, Any], database_url: str, *, timeout: float, check: bool
) -> Migration:
    """Let the Job of this schema run, and wait for its end.

    A Job that ended well is left alone as long as the service finds the schema; one that failed, or that
    ended well for a database which is not this one any more, is made anew; one that runs is waited for. One
    that failed because the database counts as away is no failure: pods start without one. The Job reads the
    credentials, so a Secret that is gone is brought back from its copy before.
    Raises FinriskError with the pod's own reason.
    """
    cluster = deployed.cluster
    body = job_of(manifest, database_url)
    name = str(body["metadata"]["name"])
    where = objects.path(body, cluster.namespace)
    job = cluster.find(where)
    before = _state(job)
    ended = before in ("complete", "failed")
    if before == "complete":
        doubt = _doubt(deployed, job or {})
        if not doubt:
            return Migration(name, False, before, before)
        before = f"complete, but {doubt}"
    restored = ""
    if check and not before and cluster.has_namespace():
        objects.apply(cluster, body, check=True)  # the server says whether it would take it
    if not check:
        deadline = time.monotonic() + timeout
        cluster.check_namespace()
        restored = credentials.restore(cluster)
        if ended:
            _delete(cluster, where)
            _wait_until_gone(cluster, where, deadline)
        if ended or not before:
            objects.apply(cluster, body, check=False)
        unanswered = _wait(cluster, where, name, deadline, timeout)
        if unanswered:
            return Migration(name, False, before, "failed", unanswered, restored)
        _tidy(cluster, name)
    return Migration(name, True, before, "complete", restored=restored)


def _doubt(deployed: Deployed, job: Mapping[str, Any]) -> str:
    """Return why the schema may be missing although its Job ended well; empty when a pod found it.

    A database that no pod reaches gives no reason for doubt: a Job would not reach it either. Where no pod
    speaks, a Job that ended just now is believed: a first run that broke off goes on where it was.
    """
    found = "" if _is_recent(deployed.cluster, job) else "no pod of the service says what it finds"
    for pod in deployed.pods():
        told = deployed.readiness(str(pod["metadata"]["name"])) if is_ready(pod) else {}
        if told.get("schema") in MISSING:
            return str(told.get("database_problem") or f"its schema is {told['schema']}")
        if told:
            found = ""
    return found


def _is_recent(cluster: Cluster, job: Mapping[str, Any]) -> bool:
    ended = (job.get("status") or {}).get("completionTime")
    return bool(ended) and cluster.server_time() - lease.moment(str(ended)) < BELIEVED_SECONDS


def _state(job: Mapping[str, Any] | None) -> str:
    """Return ``complete``, ``failed``, ``running``, or nothing for a Job that is not there."""
    if job is None:
        return ""
    for condition in (job.get("status") or {}).get("conditions") or []:
        if condition.get("status") == "True" and condition.get("type") in ("Complete", "Failed"):
            return str(condition["type"]).lower()
    return "running"


def _message(job: Mapping[str, Any] | None) -> str:
    conditions = ((job or {}).get("status") or {}).get("conditions") or []
    return next(
        (str(condition.get("message")) for condition in conditions if condition.get("type") == "Failed"),
        "no reason given",
    )


def _wait(cluster: Cluster, where: str, name: str, deadline: float, timeout: float) -> str:
    """Wait for the Job's end; return why its pods could not ask the database, or nothing when they did."""
    while (state := _state(job := cluster.find(where))) != "complete":
        reason = _reason(cluster, name)
        if state == "failed" and reason.unanswered:
            return f"as the Job {name} says: {reason.text}"
        if state == "failed":
            raise FinriskError(f"the migration Job {name} failed: {reason.text or _message(job)}")
        if not state:
            raise FinriskError(f"somebody deleted the migration Job {name} while it ran; run this again")
        if reason.final:
            raise FinriskError(f"the migration Job {name} cannot start: {reason.text}")
        if time.monotonic() > deadline:
            raise FinriskError(
                f"the migration Job {name} did not end within {timeout:.0f} s: "
                f"{reason.text or 'it still runs'}. It goes on; run this again to wait for it"
            )
        time.sleep(POLL_SECONDS)
    return ""


@dataclass(frozen=True)
class _Reason:
    """What the newest pod of the Job says, whether it is final, and whether no database answered the pod."""

    text: str = ""
    final: bool = False
    unanswered: bool = False


def _reason(cluster: Cluster, name: str) -> _Reason:
    pods = cluster.list(
        f"/api/v1/namespaces/{cluster.namespace}/pods", labels=f"batch.kubernetes.io/job-name={name}"
    )
    for pod in sorted(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), reverse=True):
        status = pod.get("status") or {}
        for container in status.get("containerStatuses") or []:
            waiting = (container.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") in (*IMAGE, *SETUP):
                message = " ".join(str(waiting.get("message") or "").split())
                return _Reason(f"{waiting['reason']}: {message}", waiting["reason"] in IMAGE)
            exit_state = (container.get("state") or {}).get("terminated") or {}
            if exit_state.get("reason") in NEVER_RAN:
                return _Reason(" ".join(str(exit_state.get("message") or exit_state["reason"]).split()), True)
            if exit_state:
                message = _last_words_of(cluster, str(pod["metadata"]["name"]))
                return _Reason(message, unanswered=exit_state.get("exitCode") == UNANSWERED)
        for condition in status.get("conditions") or []:
            if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
                return _Reason(f"no node takes its pod: {condition.get('message', '')}")
    return _Reason()


def _last_words_of(cluster: Cluster, pod: str) -> str:
    with suppress(FinriskError):
        log = cluster.text(f"/api/v1/namespaces/{cluster.namespace}/pods/{pod}/log", tailLines=LOG_LINES)
        return last_words(log).removeprefix("finrisk: ")
    return f"the log of pod {pod} cannot be read"


def _delete(cluster: Cluster, where: str) -> None:
    cluster.request("DELETE", where, query={"propagationPolicy": "Background"})


def _wait_until_gone(cluster: Cluster, where: str, deadline: float) -> None:
    while cluster.find(where) is not None:
        if time.monotonic() > deadline:
            raise FinriskError(
                f"the ended migration Job at {where} does not go away; delete it, then run this again"
            )
        time.sleep(POLL_SECONDS)


def _tidy(cluster: Cluster, name: str) -> None:
    """Remove the ended Jobs of earlier schemas."""
    for job in cluster.list(f"/apis/batch/v1/namespaces/{cluster.namespace}/jobs", labels=f"app={APP}"):
        if job["metadata"]["name"] != name and _state(job) in ("complete", "failed"):
            with suppress(FinriskError):
                _delete(
                    cluster, f"/apis/batch/v1/namespaces/{cluster.namespace}/jobs/{job['metadata']['name']}"
                )
