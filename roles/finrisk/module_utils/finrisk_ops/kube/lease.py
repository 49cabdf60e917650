"""One release at a time on a cluster: the Lease ``finrisk-release``, which says who holds it."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
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
    yields: bool = True  # to a rollback, which itself yields to nobody

    @property
    def gone(self) -> bool:
        """Whether this is a process of this very machine that has ended."""
        return self.machine == machine() and start_time(self.pid) != self.start_time


class Hold:
    """A lease in our hands, renewed in the background."""

    def __init__(self, cluster: Cluster, me: Holder) -> None:
        """Begin with the lease just taken."""
        self._cluster, self._me = cluster, me
        self._lost = ""
        self._until = 0.0
        self.extend(_uptime())

    def extend(self, asked_at: float) -> None:
        """Note a renewal that was asked for at this uptime: it holds from then on."""
        self._until = asked_at + DURATION_SECONDS

    def is_ours(self, lease: Mapping[str, Any] | None) -> bool:
        """Say whether this Lease names us; when it does not, it is lost for good."""
        if _identity(lease) == self._me.identity:
            return True
        taker = _holder(lease, _identity(lease)) if _identity(lease) else None
        self._lost = self._lost or (_taken_over(taker) if taker else _lost("nobody holds it"))
        return False

    def check(self) -> None:
        """Ask the server, before a write, whether the lease is ours still.

        Raises LostError when it is not: whoever has it now may be releasing.
        """
        if not self._lost and _uptime() > self._until:
            self._lost = _lost(f"it could not be renewed for {DURATION_SECONDS} s")
        if not self._lost:
            self.is_ours(self._cluster.find(_path(self._cluster)))
        if self._lost:
            raise locks.LostError(self._lost)


@contextlib.contextmanager
def hold(cluster: Cluster, why: str, *, takes_over: bool = False) -> Iterator[Hold]:
    """Hold the environment's lease for the length of the block; a rollback takes it over from any other run.

    Raises FinriskError naming the holder when somebody else has it. A holder that was killed loses it after
    30 s, at once when it ran on this machine. A run that breaks off leaves its name in it.
    """
    me = _myself(why, yields=not takes_over)
    _take(cluster, me)
    mine, stop = Hold(cluster, me), threading.Event()
    renewing = threading.Thread(target=_renew_until, args=(stop, cluster, me, mine), daemon=True)
    renewing.start()
    came_to_an_end = False
    try:
        yield mine
        came_to_an_end = True
    except Exception:
        came_to_an_end = True
        raise
    finally:
        stop.set()
        renewing.join(timeout=RENEW_SECONDS)
        _give_back(cluster, me, signed=not came_to_an_end)


def holder_of(lease: dict[str, Any] | None, now: float) -> Holder | None:
    """Return who holds this Lease at this time of the server's clock; None when nobody does."""
    spec = (lease or {}).get("spec") or {}
    identity = _identity(lease)
    renewal = moment(str(spec.get("renewTime") or ""))
    if not identity or renewal + float(spec.get("leaseDurationSeconds") or DURATION_SECONDS) <= now:
        return None
    holder = _holder(lease, identity)
    return None if holder.gone else holder


def read(cluster: Cluster) -> tuple[Holder | None, Holder | None]:
    """Return who holds the lease now, and who held it last and broke off, its name still in it."""
    lease = cluster.find(_path(cluster))
    holder = holder_of(lease, cluster.server_time())
    if holder is not None or not _identity(lease):
        return holder, None
    return None, _holder(lease, _identity(lease))


def moment(text: str) -> float:
    """Return a MicroTime as seconds since 1970; 0 when it cannot be read."""
    try:
        return datetime.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def _take(cluster: Cluster, me: Holder) -> None:
    for _ in range(5):  # lost races; a lost race against a release ends in its name
        lease = cluster.find(_path(cluster))
        holder = holder_of(lease, cluster.server_time())
        if holder is not None and holder.identity != me.identity and (me.yields or not holder.yields):
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
            lease = cluster.find(_path(cluster))
            if not mine.is_ours(lease):
                return
            cluster.request("PUT", _path(cluster), _lease(cluster, me, lease))
            mine.extend(asked_at)
        except FinriskError:
            continue  # until `check` says that the time is up


def _uptime() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _give_back(cluster: Cluster, me: Holder, *, signed: bool) -> None:
    """Let go, our name left in it when ``signed``; what cannot be given back ends by itself after 30 s."""
    with contextlib.suppress(FinriskError):
        lease = cluster.find(_path(cluster))
        if lease and _identity(lease) == me.identity:
            lease["spec"] |= {"leaseDurationSeconds": 1, "holderIdentity": me.identity if signed else ""}
            if not signed:
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


def _myself(why: str, *, yields: bool) -> Holder:
    pid = os.getpid()
    who = identity.who()
    name = f"{who}/{uuid.uuid4()}"
    return Holder(name, who, machine(), pid, start_time(pid) or 0, identity.now(), why, yields)


def _identity(lease: Mapping[str, Any] | None) -> str:
    return str(((lease or {}).get("spec") or {}).get("holderIdentity") or "")


def _holder(lease: Mapping[str, Any] | None, identity: str) -> Holder:
    try:
        values = json.loads((lease or {})["metadata"]["annotations"][HOLDER])
        holder = Holder(**values)
        if holder.identity == identity:
            return holder
    except (KeyError, TypeError, ValueError):
        pass
    since = str((((lease or {}).get("spec") or {}).get("acquireTime")) or "an unknown time")
    return Holder(identity, identity, "", 0, 0, since, "without saying why")


def _refusal(lease: dict[str, Any], holder: Holder) -> FinriskError:
    spec = lease.get("spec") or {}
    ends = moment(str(spec.get("renewTime"))) + float(spec.get("leaseDurationSeconds") or 0)
    until = datetime.datetime.fromtimestamp(ends, datetime.UTC).strftime("%H:%M:%S UTC")
    instead = "; playbooks/rollback.yml takes over from it" if holder.yields else ""
    return FinriskError(
        f"another release is under way: {holder.who} since {holder.since}, {holder.why}. Nothing was "
        f"changed; run this again when it has ended (if it was killed, its hold ends at {until}){instead}",
        holder=holder.who,
    )


def _taken_over(taker: Holder) -> str:
    return (
        f"this run was taken over by {taker.who} at {taker.since}, {taker.why}: it stopped and changes "
        "nothing more; playbooks/status.yml shows what runs"
    )


def _lost(why: str) -> str:
    return (
        f"the Lease {NAME} was lost ({why}), so another release may be under way; look at "
        "playbooks/status.yml, then run this again"
    )
