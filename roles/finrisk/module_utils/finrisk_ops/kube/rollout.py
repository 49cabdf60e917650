"""A Deployment on its way to a revision: how far it is, and early why it will not arrive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..release.revision import REVISION
from .errors import of_webhook
from .pods import is_ready, says_ready
from .room import is_made_by_fewer
from .scheduling import what_matters

PATIENCE_SECONDS = 10.0  # for what may mend itself
STUCK_SECONDS = 30.0  # past the time by which a pod was to be gone: its node does not answer
IMAGE = ("ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError")
SETUP = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
LONGEST = 300
NO_NODE = "no node takes pod"
NO_POD = "the cluster makes no pod"
REFUSED = re.compile(
    r'\A(?:\(combined from similar events\): )?(?:Error creating: )?(?:pods "[^"]*" is forbidden: )?'
)
SECOND = len("2026-01-01T00:00:00")  # times of conditions have no fraction, those of events may
SAME = 60  # a trouble is the same as before when it begins so: a count or a time may follow


@dataclass(frozen=True)
class Trouble:
    """Why a roll-out will not arrive; ``patience`` is how many seconds it may last before that is sure."""

    text: str
    patience: float = 0.0
    wants_room: bool = False  # which fewer pods would make
    pod: str = ""  # whose log tells more
    previous: bool = False  # the log of the container before the last restart
    image: bool = False  # it cannot be had: another revision's may


class Patience:
    """How long a roll-out is waited for: which trouble it is in, since when, and when time is up.

    Times are seconds of one clock that never goes back.
    """

    def __init__(self, seconds: float, now: float) -> None:
        """Begin to wait, for so many seconds at most."""
        self._deadline = now + seconds
        self._trouble, self._since = "", now

    def lasted(self, now: float) -> float:
        """Return for how many seconds there has been the trouble that was noted last."""
        return now - self._since if self._trouble else 0.0

    def is_over(self, verdict: Verdict, now: float) -> bool:
        """Note which trouble there is now, if any, and say whether to give up.

        A trouble may last for its patience; when it went, or another took its place, that begins anew. While
        nobody knows, it lasts.
        """
        trouble = verdict.trouble
        if not verdict.is_seen:
            return now > self._deadline
        beginning = trouble.text[:SAME] if trouble else ""
        if beginning != self._trouble:
            self._trouble, self._since = beginning, now
        return now > self._deadline or (trouble is not None and now - self._since >= trouble.patience)


@dataclass(frozen=True)
class View:
    """What the cluster says of the service at one moment, as plain objects."""

    deployment: Mapping[str, Any]
    pods: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]] = ()
    replicasets: Sequence[Mapping[str, Any]] = ()
    now: float = 0.0  # the API server's time, seconds since 1970
    kubectl: str = "kubectl"  # how a command for this cluster begins

    def has_newest(self, pod: Mapping[str, Any], revision: str) -> bool:
        """Whether a pod is of the revision, and of the newest pod template: one revision may have had two."""
        if revision_of(pod) != revision or not self.replicasets:
            return revision_of(pod) == revision
        newest = _template_number(self.deployment)
        return any(
            _hash(replicaset) == _hash(pod) and _template_number(replicaset) == newest
            for replicaset in self.replicasets
        )


@dataclass(frozen=True)
class Verdict:
    """How far a roll-out is: pods that run the revision and are ready, of how many, and what is awaited."""

    ready: int
    desired: int
    waits_for: str = ""
    trouble: Trouble | None = None
    is_seen: bool = True  # by the controller: what it has not seen yet, nobody knows the trouble of


def judge(view: View, revision: str) -> Verdict:
    """Return how far the Deployment is on its way to the revision."""
    spec, status = view.deployment.get("spec") or {}, view.deployment.get("status") or {}
    desired = int(spec.get("replicas", 1))
    mine = [pod for pod in view.pods if view.has_newest(pod, revision)]
    others = [
        pod for pod in view.pods if pod not in mine and not _has_ended(pod) and not stuck(pod, view.now)
    ]
    ready = sum(is_ready(pod) for pod in mine)
    if int(status.get("observedGeneration") or 0) < int(view.deployment["metadata"].get("generation") or 0):
        # nor says which pods are new
        return Verdict(ready, desired, "the controller has not seen it yet", is_seen=False)
    trouble = _trouble(view, mine)
    waits = ""
    if int(status.get("updatedReplicas") or 0) < desired:
        waits = f"{int(status.get('updatedReplicas') or 0)} of {desired} pods are made"
    elif ready < desired or int(status.get("availableReplicas") or 0) < desired:
        waits = f"{ready} of {desired} pods are ready"
    elif others or int(status.get("replicas") or 0) > desired:
        waits = f"earlier pods that have not ended yet: {len(others)}"
    if trouble and not waits and trouble.patience:  # what the roll-out got over
        trouble = None
    return Verdict(ready, desired, waits, trouble)


def revision_of(body: Mapping[str, Any]) -> str:
    """Return the revision of a pod, or of a template of pods; empty when unknown."""
    labels = (body.get("metadata") or {}).get("labels") or {}
    return str(labels.get(REVISION, ""))


def stuck(pod: Mapping[str, Any], now: float) -> bool:
    """Say whether a pod should have gone long ago and is out of service: nobody on its node can end it."""
    deadline = str(pod["metadata"].get("deletionTimestamp") or "")
    if not deadline or says_ready(pod):
        return False
    return now - datetime.fromisoformat(deadline).timestamp() > STUCK_SECONDS


def _trouble(view: View, mine: Iterable[Mapping[str, Any]]) -> Trouble | None:
    if (view.deployment.get("spec") or {}).get("paused"):
        return Trouble(
            f"the Deployment is paused: {view.kubectl} rollout resume deployment/finrisk-api lets it go on"
        )
    if (view.deployment.get("spec") or {}).get("replicas") == 0:
        return Trouble(
            f"the Deployment asks for no pods: {view.kubectl} scale deployment/finrisk-api --replicas=2 asks "
            "for two"
        )
    candidates = [trouble for pod in mine for trouble in troubles(pod, view.events)]
    candidates += _of_deployment(view)
    return min(candidates, key=lambda trouble: trouble.patience, default=None)


def _of_deployment(view: View) -> list[Trouble]:
    result = []
    for condition in (view.deployment.get("status") or {}).get("conditions") or []:
        message = _flat(condition.get("message"))
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            whole = _refusal(view, condition)
            reason = of_webhook(whole, view.kubectl) or whole[:LONGEST]
            result.append(Trouble(f"{NO_POD}: {reason}", PATIENCE_SECONDS, is_made_by_fewer(whole)))
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            result.append(
                Trouble(f"nothing moved for the whole progress deadline: {message}", PATIENCE_SECONDS * 2)
            )
    return result


def _refusal(view: View, condition: Mapping[str, Any]) -> str:
    """Return why the last pod was refused: a ReplicaSet's condition keeps the first reason until one is made.

    The pod's name, another one for each attempt, is left out.
    """
    newest = _template_number(view.deployment)
    names = {each["metadata"]["name"] for each in view.replicasets if _template_number(each) == newest}
    since = str(condition.get("lastTransitionTime") or "")[:SECOND]
    later = [
        event
        for event in view.events
        if event.get("reason") == "FailedCreate"
        and (event.get("involvedObject") or {}).get("name") in names
        and event_time(event)[:SECOND] >= since
    ]
    message = max(later, key=event_time, default=condition).get("message")
    return REFUSED.sub("", " ".join(str(message).split()), count=1)


def troubles(pod: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> list[Trouble]:
    """Return what keeps a pod from serving, by what it and its events say; nothing for one that ends.

    How often the container of a ready pod was restarted in its life keeps nobody from anything.
    """
    name = str(pod["metadata"]["name"])
    status = pod.get("status") or {}
    if pod["metadata"].get("deletionTimestamp"):
        return []
    if status.get("reason") == "Evicted":
        return [Trouble(f"pod {name} was evicted: {status.get('message', '')}", float("inf"))]
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            reason = _flat(condition.get("message"))  # for ever: a node may be on its way
            told = f"{NO_NODE} {name}: {what_matters(reason)}"
            return [Trouble(told, float("inf"), is_made_by_fewer(reason))]
    if is_ready(pod):
        return []
    statuses = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    of_containers = [trouble for container in statuses if (trouble := _of_container(name, container, events))]
    if not of_containers and (reason := _event(events, name, "Unhealthy")):
        of_containers.append(Trouble(f"pod {name} does not get ready: {reason}", float("inf"), pod=name))
    return of_containers


def _of_container(
    pod: str, container: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> Trouble | None:
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = (
        str(waiting.get("reason") or ""),
        _flat(waiting.get("message")),
    )
    restarts = int(container.get("restartCount") or 0)
    if reason in IMAGE:
        message = _event(events, pod, "Failed") if "Back-off" in message else message
        return Trouble(
            f"pod {pod} cannot get the image {container.get('image')} ({reason}): {message or reason}",
            image=True,
        )
    if reason in SETUP:
        return Trouble(f"pod {pod} cannot be made ({reason}): {message}", PATIENCE_SECONDS)
    if reason == "CrashLoopBackOff" or restarts >= 2:
        return Trouble(f"pod {pod} {_death(container, pod, events)}", pod=pod, previous=True)
    if restarts or (container.get("state") or {}).get("terminated"):
        previous = bool(restarts)
        return Trouble(
            f"pod {pod} {_death(container, pod, events)}", PATIENCE_SECONDS * 2, pod=pod, previous=previous
        )
    return None


def _death(container: Mapping[str, Any], pod: str, events: Sequence[Mapping[str, Any]]) -> str:
    exit_state = (
        (container.get("lastState") or {}).get("terminated")
        or (container.get("state") or {}).get("terminated")
        or {}
    )
    code = exit_state.get("exitCode")
    if exit_state.get("reason") in ("StartError", "ContainerCannotRun"):
        return f"cannot start: {_flat(exit_state.get('message'))}"
    if exit_state.get("reason") == "OOMKilled":
        return "was killed because it used more memory than its limit"
    if code in (0, 137, 143) and (reason := _event(events, pod, "Unhealthy")):
        return f"was restarted because its probe failed: {reason}"
    if code is not None:
        return f"ended with exit status {code}"
    reason = _event(events, pod, "Failed")  # of a node that could not keep up, say
    return f"was begun anew: {reason or 'its node does not say why'}"


def _event(events: Sequence[Mapping[str, Any]], pod: str, reason: str) -> str:
    """Return the newest event of this pod and reason."""
    matches = [
        event
        for event in events
        if event.get("reason") == reason and (event.get("involvedObject") or {}).get("name") == pod
    ]
    newest = max(matches, key=event_time, default={})
    return _flat(newest.get("message"))


def event_time(event: Mapping[str, Any]) -> str:
    """Return when an event came last, ISO 8601."""
    series = event.get("series") or {}
    last = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    return str(last or (event.get("metadata") or {}).get("creationTimestamp") or "")


def _template_number(body: Mapping[str, Any]) -> str:
    """Return which of the Deployment's pod templates this is, as its controller counts them."""
    annotations = (body.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get("deployment.kubernetes.io/revision", ""))


def _hash(body: Mapping[str, Any]) -> str:
    return str(((body.get("metadata") or {}).get("labels") or {}).get("pod-template-hash", ""))


def _flat(text: object) -> str:
    return " ".join(str(text or "").split())[:LONGEST]


def _has_ended(pod: Mapping[str, Any]) -> bool:
    """Say whether a pod runs nothing any more: an evicted or finished one may stay in the list."""
    return (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")
