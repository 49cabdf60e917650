"""``finrisk_target: kubernetes``: revisions as immutable objects, rolled out by one Deployment."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import FinriskError
from ..release.obstacle import Obstacle
from ..release.revision import CURRENT, REVISION, Revision
from ..release.target import Labels, NoImageError
from ..service.snapshot import Snapshot
from . import credentials, lease, objects, obstacles, permissions, status, template
from . import deployment as kube_deployment
from .attempts import Attempts
from .deployed import Deployed
from .deployment import ATTEMPTS, PAUSE_SECONDS
from .errors import ApiError
from .objects import MANAGER, Applied
from .rollout import Patience, Trouble, Verdict, judge, revision_of
from .squeeze import Squeeze, impatient
from .template import CONFIG, CREDENTIALS, CREDENTIALS_READ, DEPLOYMENT, SECRET, SERVICE

POLL_SECONDS = 0.5

Tell = Callable[[int, int, str], None]


@dataclass(kw_only=True)
class KubernetesTarget(Deployed):
    """The Deployment of one namespace as a place where revisions run."""

    timeout_seconds: float = 300.0
    credentials_follow: bool = False  # a preview of a run that would make namespace and credentials before
    force_conflicts: bool = False
    takes_back: bool = False  # a rollback: all but the number of pods is FinRisk's again
    tell: Tell | None = None  # hears of progress: done, total, label
    taken_back: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what else the operator has to know of this run
    _lease: lease.Hold | None = field(default=None, repr=False)
    _first: str = field(default="", init=False, repr=False)  # the revision that this run began with

    def paths(self, name: str) -> list[str]:
        """Return the objects of a revision."""
        where = f"{self.cluster.label}"
        return [f"configmap/{CONFIG}-{name}, secret/{SECRET}-{name}, deployment/{DEPLOYMENT} ({where})"]

    @property
    def api_url(self) -> str:
        """The address of the API inside the cluster."""
        return f"http://{SERVICE}.{self.cluster.namespace}"

    def check_usable(self) -> None:
        """Raise FinriskError in one sentence when the cluster cannot be used."""
        self.cluster.check_usable()

    @contextlib.contextmanager
    def locked(self, why: str, *, takes_over: bool = False) -> Iterator[None]:
        """Hold this environment's Lease."""
        self.cluster.check_usable()
        self.cluster.check_namespace()
        with lease.hold(self.cluster, why, takes_over=takes_over) as self._lease:
            try:
                yield
            finally:
                self._lease = None

    def store(self, revision: Revision) -> None:
        """Make the revision's two objects, or make them anew when somebody put others in their place."""
        for body in template.objects(revision):
            where = objects.path(body, self.cluster.namespace)
            live = self.cluster.find(where)
            if live is not None and live.get("data") == body.get("data"):
                continue
            self.check_lease()
            if live is not None:  # immutable, so not edited but replaced by hand
                self._delete(where)
            objects.apply(self.cluster, body, check=False, force=True)

    def preflight(self, revision: Revision) -> None:
        """Let the cluster say whether it would take everything, before anything is changed.

        Raises FinriskError: a missing permission with verb and object, missing credentials, drift, an object
        that the cluster refuses.
        """
        self.cluster.check_usable()
        if not self.cluster.has_namespace():
            if self.credentials_follow:
                return
            self.cluster.check_namespace()
        permissions.check(self.cluster, permissions.RELEASE)
        if not self.credentials_follow and self.credentials_secret() is None:
            raise FinriskError(
                f"the service has no credentials: there is no Secret {CREDENTIALS} in namespace "
                f"{self.cluster.namespace}, and no copy of it; run playbooks/site.yml first"
            )
        for body in template.objects(revision):
            if self.cluster.find(objects.path(body, self.cluster.namespace)) is None:
                objects.apply(self.cluster, body, check=True)
        self._apply(revision, check=True)

    def pending(self, revision: Revision) -> str:
        """Say what is missing until it runs everywhere; empty when nothing is."""
        live = self.live()
        if live is None:
            return "the service is not running"
        name = template.revision_of_deployment(live)
        if name != revision.name:
            return f"the Deployment runs {name or 'no revision'}"
        try:
            if not self.read(revision.name).intact:
                return f"the objects of {revision.name} were replaced by hand"
        except FinriskError as error:
            return error.message
        if self.credentials_follow:
            return "the credentials change, which pods read when they start"
        if self.cluster.find(self.path("secrets", CREDENTIALS)) is None:
            return f"the Secret {CREDENTIALS} is gone"
        if different := self.changes(revision):
            return different
        if (names := self.marked()) != [revision.name]:
            return f"the label {CURRENT} is on {' and '.join(names) or 'no revision'}"
        verdict = judge(self.view(live), revision.name)
        if verdict.trouble:
            return verdict.trouble.text
        return verdict.waits_for or self.unproven(revision)

    def roll_out(self, revision: Revision) -> None:
        """Apply the Deployment of the revision, and wait until every pod runs it and no other answers.

        A rollback that finds no room beside the pods that serve goes on with fewer of them.

        Raises FinriskError early with the pod's own reason, or with what is still missing when time is up.
        """
        self.check_lease()
        self._first = self._first or revision.name
        if restored := credentials.restore(self.cluster):
            self.notes.append(credentials.is_back(restored))
        self.store(revision)
        self._apply(revision, check=False)
        self._wait(revision)
        with contextlib.suppress(ApiError):  # what keeps a copy from being made keeps nobody from serving
            self.check_lease()
            credentials.keep(self.cluster)

    def label(self, labels: Callable[[str], Labels]) -> None:
        """Write the labels onto the objects of every revision; a lost Lease stops it."""
        for kind in ("configmaps", "secrets"):
            for body in self.cluster.list(self.path(kind), labels=REVISION):
                where, desired = self.path(kind, body["metadata"]["name"]), labels(revision_of(body))
                if _missing(body, desired):
                    self._as_read(where, functools.partial(self._label, where, desired))

    def remove(self, name: str) -> None:
        """Delete the objects of a revision, as far as they are there; a lost Lease stops it."""
        for where in (self.path("configmaps", f"{CONFIG}-{name}"), self.path("secrets", f"{SECRET}-{name}")):
            self._delete(where)

    def runs_something(self) -> bool:
        """Say whether a pod of the service is there that nobody ends, of whatever revision."""
        return any("deletionTimestamp" not in pod["metadata"] for pod in self.pods())

    def clear(self) -> None:
        """Leave nothing running: for a first revision that did not come up."""
        self._delete(self.deployment_path)

    def unfinished(self) -> str:
        """Say what a release that broke off left half made; empty when nothing is."""
        return obstacles.half_made(self)

    def rollback_obstacles(self) -> list[Obstacle]:
        """Say what a rollback would meet now."""
        return obstacles.of_rollback(self)

    def snapshot(self, revision: Revision | None) -> Snapshot:
        """Return what the service shows; raises FinriskError when the cluster cannot be reached."""
        return status.snapshot(self, revision, self.changes)

    def changes(self, revision: Revision) -> str:
        """Say where the Deployment differs from the revision; raises DriftError, which names who did it."""
        result = self._apply(revision, check=True)
        return _changes(result) if result.changed else ""

    def check_lease(self) -> None:
        """Raise LostError when somebody took the Lease over from this run."""
        if self._lease is not None:
            self._lease.check()

    def _as_read(self, where: str, write: Callable[[Mapping[str, Any]], None]) -> None:
        """Write an object that is there as it was read before the Lease was asked for; a lost one stops it.

        ``write`` gets what was read and says its version, which the API server takes only if nobody wrote in
        between; then it is read again.
        """
        for attempt in range(ATTEMPTS):
            body = self.cluster.find(where)
            self.check_lease()
            try:
                return write(body) if body is not None else None
            except ApiError as error:
                if error.status != 409 or attempt + 1 == ATTEMPTS:
                    raise
            time.sleep(PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def _label(self, where: str, desired: Labels, body: Mapping[str, Any]) -> None:
        changed = {"labels": _missing(body, desired), "resourceVersion": body["metadata"]["resourceVersion"]}
        query = {"fieldManager": f"{MANAGER}-labels"}
        self.cluster.request("PATCH", where, {"metadata": changed}, query, patch="merge")

    def _delete(self, where: str) -> None:
        def delete(body: Mapping[str, Any]) -> None:
            read = {name: body["metadata"][name] for name in ("uid", "resourceVersion")}
            options = {"propagationPolicy": "Background", "preconditions": read}
            self.cluster.request("DELETE", where, {"apiVersion": "v1", "kind": "DeleteOptions"} | options)

        self._as_read(where, delete)

    def _apply(self, revision: Revision, *, check: bool, pods_fewer: int = 0, asked: str = "") -> Applied:
        """Apply the Deployment of a revision; a rollback takes back what others changed in it.

        With ``pods_fewer`` no pod comes beside those that serve, and so many of them may go before; ``asked``
        is when the controller was asked to try again.
        """
        body = template.deployment(revision, self.credentials())
        if pods_fewer:
            body["spec"]["strategy"] = template.rolling(0, pods_fewer)
        if asked:
            body = template.asking_again(body, asked)
        result = kube_deployment.apply(
            self.cluster,
            body,
            check=check,
            force=self.force_conflicts,
            takes_back=self.takes_back,
            may_write=self.check_lease,
        )
        if not check:
            self.taken_back += [
                text for drift in result.taken_back if (text := str(drift)) not in self.taken_back
            ]
        return result

    def _wait(self, revision: Revision) -> None:
        """Wait until every pod runs the revision; raises FinriskError with what keeps them from it."""
        patience, squeeze, attempts = Patience(self.timeout_seconds, time.monotonic()), Squeeze(), Attempts()
        while True:
            self.check_lease()
            verdict = self._verdict(revision, squeeze)
            missing = verdict.waits_for or ("" if verdict.trouble else self.unproven(revision))
            if self.tell:
                back = "" if revision.name == self._first else f"back to {revision.name}: "
                self.tell(verdict.ready, verdict.desired, back + (missing or "every pod runs it"))
            if not missing and not verdict.trouble:
                break
            is_over, now = patience.is_over(verdict, time.monotonic()), time.monotonic()
            if squeezes := self.takes_back and squeeze.goes_on(verdict, patience.lasted(now)):
                patience = Patience(self.timeout_seconds, now)
            elif is_over:
                raise self._failure(revision, verdict.trouble, missing)
            if attempts.are_due(verdict.trouble, now) or squeezes:
                self._apply(revision, check=False, pods_fewer=squeeze.pods_fewer, asked=attempts.asked)
            time.sleep(POLL_SECONDS)
        if squeeze.pods_fewer or attempts.asked:
            self._apply(revision, check=False)
        if squeeze.pods_fewer:
            self.notes.append(squeeze.told)

    def _verdict(self, revision: Revision, squeeze: Squeeze) -> Verdict:
        """Return how far the roll-out is; raises FinriskError when somebody else steers it now."""
        live = self.live()
        if live is None:
            raise FinriskError(f"the Deployment {DEPLOYMENT} was deleted while {revision.name} rolled out")
        if template.revision_of_deployment(live) != revision.name:
            raise FinriskError(f"somebody changed the Deployment while {revision.name} rolled out")
        view = self.view(live)
        squeeze.see(view, time.monotonic())
        verdict = judge(view, revision.name)
        return impatient(verdict) if self.takes_back else verdict

    def _failure(self, revision: Revision, trouble: Trouble | None, missing: str) -> FinriskError:
        if trouble is None:
            return FinriskError(
                f"{revision.name} was not running everywhere after {self.timeout_seconds:.0f} s: {missing}"
            )
        words = self.last_words(trouble.pod, previous=trouble.previous) if trouble.pod else ""
        kind = NoImageError if trouble.image else FinriskError
        return kind(
            f"{revision.name} does not come to run: {trouble.text}"
            + (f"; its log says: {words}" if words else "")
        )


def _missing(body: Mapping[str, Any], desired: Labels) -> dict[str, str | None]:
    """Return the labels that an object does not carry as it should; None is for one that is to go."""
    there = body["metadata"].get("labels") or {}
    return {name: value for name, value in desired.items() if there.get(name) != value}


def _changes(result: Applied) -> str:
    fields = list(dict.fromkeys(objects.differences(result.before, result.after)))
    fields += [str(drift) for drift in result.taken_back if drift.field not in fields]
    if any(name.endswith(CREDENTIALS_READ) for name in fields):
        return "the pods have not read the new credentials"
    return f"the Deployment differs in {', '.join(fields[:5])}"
