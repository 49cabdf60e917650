"""Ports of pods, reached through the API server as ``kubectl port-forward`` does it."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ..errors import FinriskError
from .client import Cluster
from .errors import Call, may_not
from .pods import is_ready

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

LOOPBACK = "127.0.0.1"
CHUNK = 65536
DEFAULT_PORTS = {"postgresql": 5432, "postgres": 5432, "http": 80, "https": 443}
JOIN_SECONDS = 5.0
CONNECT_SECONDS = 15.0  # the library itself would wait for ever


@contextlib.contextmanager
def reachable(cluster: Cluster, url: str) -> Iterator[str]:
    """Lend a URL that works from here: a host that is a Service of the namespace is reached by port-forward.

    Any other URL is lent as it is. Raises FinriskError when the Service is missing or has no ready pod.
    """
    service = service_of(url, cluster.namespace)
    if not service:
        yield url
        return
    cluster.check_usable()
    parts = urlsplit(url)
    pod, port = backend(cluster, service, parts.port or DEFAULT_PORTS.get(parts.scheme, 80))
    with forward(cluster, pod, port) as local:
        login = parts.netloc.rpartition("@")[0]
        yield parts._replace(
            netloc=f"{login}@{LOOPBACK}:{local}" if login else f"{LOOPBACK}:{local}"
        ).geturl()


def service_of(url: str, namespace: str) -> str:
    """Return the Service that a URL's host names inside this namespace.

    Empty for any other host, for several of them, and for an address that is none: who connects says so.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if "," in host:
        return ""
    service, _, rest = host.partition(".")
    inside = rest in ("", namespace, f"{namespace}.svc", f"{namespace}.svc.cluster.local")
    return service if inside and service not in ("", "localhost") else ""


@contextlib.contextmanager
def forward(cluster: Cluster, pod: str, port: int) -> Iterator[int]:
    """Listen on a free port of 127.0.0.1 for the length of the block, and connect it to the pod's port."""
    _try(cluster, pod, port)  # here, where an error can still be told
    listener = socket.create_server((LOOPBACK, 0))
    serving = threading.Thread(target=_accept, args=(listener, cluster, pod, port), daemon=True)
    serving.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        listener.close()
        serving.join(timeout=JOIN_SECONDS)


def _try(cluster: Cluster, pod: str, port: int) -> None:
    private, remote = _connect(cluster, pod, port)
    remote.close()
    private.close()  # type: ignore[no-untyped-call]  # the library has no types there


def ask(cluster: Cluster, pod: str, port: int, path: str, seconds: float = 5.0) -> tuple[int, bytes]:
    """Return status and body of a page of a pod; status 0 when nothing answers.

    Raises FinriskError when the forward itself is refused.
    """
    client, remote = _connect(cluster, pod, port)
    try:
        remote.settimeout(seconds)
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)
        connection.sock = remote
        connection.request("GET", path, headers={"Host": "localhost", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException, ValueError):
        return 0, b""
    finally:
        remote.close()
        client.close()  # type: ignore[no-untyped-call]  # the library has no types there


def readiness(cluster: Cluster, pod: str, port: int) -> dict[str, Any]:
    """Return what ``/readyz`` of a pod says, ready or not; empty when nothing answers."""
    try:
        content = json.loads(ask(cluster, pod, port, "/readyz")[1])
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def backend(cluster: Cluster, service: str, port: int) -> tuple[str, int]:
    """Return a ready pod behind a Service, and the pod's port for the Service's port.

    Raises FinriskError when there is none.
    """
    root = f"/api/v1/namespaces/{cluster.namespace}"
    body = cluster.find(f"{root}/services/{quote(service)}")
    if body is None:
        raise FinriskError(
            f"there is no Service {service} in namespace {cluster.namespace}: check the address, or run "
            "playbooks/site.yml"
        )
    spec = body.get("spec") or {}
    selector = ",".join(f"{key}={value}" for key, value in (spec.get("selector") or {}).items())
    pods = cluster.list(f"{root}/pods", labels=selector) if selector else []
    ready = [pod for pod in pods if is_ready(pod)]
    if not ready:
        raise FinriskError(
            f"no pod of the Service {service} in namespace {cluster.namespace} is ready: look at "
            "playbooks/status.yml"
        )
    pod = min(ready, key=lambda pod: str(pod["metadata"]["name"]))
    return str(pod["metadata"]["name"]), _target_port(spec, pod, port)


def _target_port(spec: dict[str, Any], pod: dict[str, Any], port: int) -> int:
    ports = spec.get("ports") or []
    entry = next((entry for entry in ports if entry.get("port") == port), ports[0] if ports else {})
    target = entry.get("targetPort", port)
    if isinstance(target, int):
        return target
    for container in pod["spec"]["containers"]:
        for container_port in container.get("ports") or []:
            if container_port.get("name") == target:
                return int(container_port["containerPort"])
    return port


def _connect(cluster: Cluster, pod: str, port: int) -> tuple[ApiClient, Any]:
    """Open a websocket to the pod's port by a client of its own, as the library rewires the one it gets."""
    from kubernetes import client
    from kubernetes.client.exceptions import ApiException
    from kubernetes.stream import portforward

    private = cluster.fresh()
    call = client.CoreV1Api(private).connect_get_namespaced_pod_portforward
    try:
        stream = _in_time(lambda: portforward(call, pod, cluster.namespace, ports=str(port)))
    except (ApiException, OSError) as error:
        private.close()  # type: ignore[no-untyped-call]  # the library has no types there
        raise _refusal(error, cluster, pod) from None
    remote = stream.socket(port)
    remote.setblocking(True)
    return private, remote


def _in_time(connect: Callable[[], Any]) -> Any:
    """Return what ``connect`` returns; raises what it raises, and TimeoutError when that takes too long."""
    outcome: Future[Any] = Future()

    def run() -> None:
        try:
            outcome.set_result(connect())
        except Exception as error:  # it goes to the caller's thread
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return outcome.result(timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"no answer within {CONNECT_SECONDS:.0f} s") from None


def _refusal(error: Exception, cluster: Cluster, pod: str) -> FinriskError:
    reason = " ".join(str(getattr(error, "reason", None) or error).split())[:200]
    if "403" in reason:
        what = Call("POST", f"/api/v1/namespaces/{cluster.namespace}/pods/{pod}/portforward").what
        return FinriskError(may_not("", "create", what, cluster.namespace))
    return FinriskError(
        f"the API server cannot connect to pod {pod} in namespace {cluster.namespace}: {reason}; check that "
        "the pod runs and that the cluster's nodes answer their API server"
    )


def _accept(listener: socket.socket, cluster: Cluster, pod: str, port: int) -> None:
    while True:
        try:
            local, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_carry, args=(local, cluster, pod, port), daemon=True).start()


def _carry(local: socket.socket, cluster: Cluster, pod: str, port: int) -> None:
    with local:
        try:
            private, remote = _connect(cluster, pod, port)
        except FinriskError:
            return  # the caller sees a closed connection and reports what it could not do
        there = threading.Thread(target=_pump, args=(local, remote), daemon=True)
        there.start()
        _pump(remote, local)
        there.join(JOIN_SECONDS)
        remote.close()
        private.close()  # type: ignore[no-untyped-call]  # the library has no types there


def _pump(source: Any, sink: Any) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
