"""One release at a time on a cluster: the Lease ``finrisk-release``, which says who holds it."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import FinriskError
from ..machine import identity, locks
from ..machine.identity import machine
from ..machine.processes import start_time
from .client import Cluster
from .errors import ApiError

NAME = "finrisk-release"
HOLDER = "finrisk.io/holder"
DURATION_SECONDS = 30
RENEW_SECONDS = 8.0
MICROTIME = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Holder:
    """Who holds the lease; ``machine`` changes with every boot and every container."""

    identity: str
    who: str
    machine: str
    pid: int
    start_time: int
    since: str
    why: str

    @property
    def gone(self) -> bool:
        """Whether this is a process of this very machine that has ended."""
        return self.machine == machine() and start_time(self.pid) != self.start_time


class Hold:
    """A lease in our hands, renewed in the background."""

    def __init__(self) -> None:
        """Begin with the lease just taken."""
        self._lost = ""
        self._until = 0.0
        self.extend(_uptime())

    def extend(self, asked_at: float) -> None:
        """Note a renewal that was asked for at this uptime: it holds from then on."""
        self._until = asked_at + DURATION_SECONDS

    def lose(self, why: str) -> None:
        """Note that somebody else may release now."""
        self._lost = why

    def check(self) -> None:
        """Raise LostError when the lease was lost: whoever has it now may be releasing."""
        if not self._lost and _uptime() > self._until:
            self.lose(f"it could not be renewed for {DURATION_SECONDS} s")
        if self._lost:
            raise locks.LostError(
                f"the Lease {NAME} was lost ({self._lost}), so another release may be under way; look at "
                "playbooks/status.yml, then run this again"
            )


@contextlib.contextmanager
def hold(cluster: Cluster, why: str) -> Iterator[Hold]:
    """Hold the environment's lease for the length of the block.

    Raises FinriskError naming the holder when somebody else has it. A holder that was killed loses it after
    30 s, at once when it ran on this machine.
    """
    me = _myself(why)
    mine, stop = Hold(), threading.Event()
    _take(cluster, me)
    renewing = threading.Thread(target=_renew_until, args=(stop, cluster, me, mine), daemon=True)
    renewing.start()
    try:
        yield mine
    finally:
        stop.set()
        renewing.join(timeout=RENEW_SECONDS)
        _give_back(cluster, me)


def holder_of(lease: dict[str, Any] | None, now: float) -> Holder | None:
    """Return who holds this Lease at this time of the server's clock; None when nobody does."""
    spec = (lease or {}).get("spec") or {}
    identity = str(spec.get("holderIdentity") or "")
    renewal = moment(str(spec.get("renewTime") or ""))
    if not identity or renewal + float(spec.get("leaseDurationSeconds") or DURATION_SECONDS) <= now:
        return None
    holder = _holder(lease or {}, identity)
    return None if holder.gone else holder


def moment(text: str) -> float:
    """Return a MicroTime as seconds since 1970; 0 when it cannot be read."""
    try:
        return datetime.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def _take(cluster: Cluster, me: Holder) -> None:
    for _ in range(3):  # lost races; a lost race against a release ends in its name
        lease = cluster.find(_path(cluster))
        holder = holder_of(lease, cluster.server_time())
        if holder is not None and holder.identity != me.identity:
            raise _refusal(lease or {}, holder)
        try:
            if lease is None:
                cluster.request("POST", _path(cluster).rsplit("/", 1)[0], _lease(cluster, me, None))
            else:
                cluster.request("PUT", _path(cluster), _lease(cluster, me, lease))
        except ApiError as error:
            if error.status != 409:
                raise
            continue
        return
    raise FinriskError(f"the Lease {NAME} changes hands all the time; nothing was changed, run this again")


def _renew_until(stop: threading.Event, cluster: Cluster, me: Holder, mine: Hold) -> None:
    while not stop.wait(RENEW_SECONDS):
        asked_at = _uptime()
        try:
            lease = cluster.find(_path(cluster)) or {}
            holder = str((lease.get("spec") or {}).get("holderIdentity") or "")
            if holder != me.identity:
                mine.lose(f"it is held by {holder or 'nobody'}")
                return
            cluster.request("PUT", _path(cluster), _lease(cluster, me, lease))
            mine.extend(asked_at)
        except FinriskError:
            continue  # until `check` says that the time is up


def _uptime() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _give_back(cluster: Cluster, me: Holder) -> None:
    """Let go; what cannot be given back ends by itself after 30 s."""
    with contextlib.suppress(FinriskError):
        lease = cluster.find(_path(cluster))
        if lease and (lease.get("spec") or {}).get("holderIdentity") == me.identity:
            lease["spec"] |= {"holderIdentity": "", "leaseDurationSeconds": 1}
            (lease["metadata"].get("annotations") or {}).pop(HOLDER, None)
            cluster.request("PUT", _path(cluster), lease)


def _path(cluster: Cluster) -> str:
    return f"/apis/coordination.k8s.io/v1/namespaces/{cluster.namespace}/leases/{NAME}"


def _lease(cluster: Cluster, me: Holder, lease: dict[str, Any] | None) -> dict[str, Any]:
    now = datetime.datetime.fromtimestamp(cluster.server_time(), datetime.UTC).strftime(MICROTIME)
    metadata: dict[str, Any] = {"name": NAME, "namespace": cluster.namespace}
    if lease:
        metadata = dict(lease["metadata"])
        metadata.pop("managedFields", None)
    spec = dict((lease or {}).get("spec") or {})
    if spec.get("holderIdentity") != me.identity:
        spec |= {"acquireTime": now, "leaseTransitions": int(spec.get("leaseTransitions") or 0) + 1}
    spec |= {"holderIdentity": me.identity, "renewTime": now, "leaseDurationSeconds": DURATION_SECONDS}
    metadata["annotations"] = (metadata.get("annotations") or {}) | {HOLDER: json.dumps(asdict(me))}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}


def _myself(why: str) -> Holder:
    pid = os.getpid()
    who = identity.who()
    return Holder(f"{who}/{uuid.uuid4()}", who, machine(), pid, start_time(pid) or 0, identity.now(), why)


def _holder(lease: dict[str, Any], identity: str) -> Holder:
    try:
        values = json.loads(lease["metadata"]["annotations"][HOLDER])
        holder = Holder(**values)
        if holder.identity == identity:
            return holder
    except (KeyError, TypeError, ValueError):
        pass
    since = str(((lease.get("spec") or {}).get("acquireTime")) or "an unknown time")
    return Holder(identity, identity, "", 0, 0, since, "without saying why")


def _refusal(lease: dict[str, Any], holder: Holder) -> FinriskError:
    spec = lease.get("spec") or {}
    ends = moment(str(spec.get("renewTime"))) + float(spec.get("leaseDurationSeconds") or 0)
    until = datetime.datetime.fromtimestamp(ends, datetime.UTC).strftime("%H:%M:%S UTC")
    return FinriskError(
        f"another release is under way: {holder.who} since {holder.since}, {holder.why}. Nothing was "
        f"changed; run this again when it has ended (if it was killed, its hold ends at {until})",
        holder=holder.who,
    )
