"""etcd, API server, controller manager and scheduler."""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes import processes
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import API_PORT, Place
from sandbox.process import Process

START_SECONDS = 120.0
POLL_SECONDS = 0.1
ISSUER = "https://kubernetes.default.svc.cluster.local"


@dataclass(frozen=True)
class Addresses:
    """Where the control plane listens: inside a network namespace, or on free ports of loopback."""

    inside: bool
    host: str
    api_port: int
    etcd_ports: tuple[int, int]

    @property
    def url(self) -> str:
        """The API server, for everybody on this machine."""
        return f"https://{self.host}:{self.api_port}"


def in_namespace(place: Place) -> Addresses:
    """The usual ports: nobody else is in the namespace."""
    return Addresses(True, place.node_address, API_PORT, (2379, 2380))


def on_loopback() -> Addresses:
    """Ports that are free now."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    api, client, peer = (int(listener.getsockname()[1]) for listener in listeners)
    for listener in listeners:
        listener.close()
    return Addresses(False, "127.0.0.1", api, (client, peer))


def serves_pods(api: Api) -> bool:
    """Whether the controller manager has begun: no pod is taken before its namespace has an account."""
    try:
        api.get("/api/v1/namespaces/default/serviceaccounts/default")
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    return True


def start(place: Place, hyperkube: Path, addresses: Addresses) -> None:
    """Start all four and wait until the API server is ready."""

    def launch(component: str, *flags: str) -> Process:
        return processes.launch(place, component, [hyperkube, component, *flags], inside=addresses.inside)

    client, peer = (f"http://127.0.0.1:{port}" for port in addresses.etcd_ports)
    data = place.folder / "etcd"
    etcd = launch("etcd", f"--data-dir={data}", f"--client-url={client}", f"--peer-url={peer}")
    server = launch("kube-apiserver", f"--etcd-servers={client}", *_server_flags(place, addresses))
    _wait_until_ready(place, Api(addresses.url, place.certificates), {"kube-apiserver": server, "etcd": etcd})
    launch("kube-controller-manager", *_controller_flags(place))
    launch("kube-scheduler", *_scheduler_flags(place))


def _server_flags(place: Place, addresses: Addresses) -> list[str]:
    files = place.certificates
    flags = [
        f"--bind-address={'0.0.0.0' if addresses.inside else addresses.host}",  # noqa: S104 - of its namespace
        f"--secure-port={addresses.api_port}",
        f"--advertise-address={addresses.host}",
        f"--tls-cert-file={files}/apiserver.crt",
        f"--tls-private-key-file={files}/apiserver.key",
        f"--client-ca-file={files}/ca.crt",
        f"--service-account-key-file={files}/service-accounts.pub",
        f"--service-account-signing-key-file={files}/service-accounts.key",
        f"--service-account-issuer={ISSUER}",
        f"--kubelet-client-certificate={files}/apiserver-kubelet.crt",
        f"--kubelet-client-key={files}/apiserver-kubelet.key",
        f"--kubelet-certificate-authority={files}/ca.crt",
        "--kubelet-preferred-address-types=InternalIP",
        f"--service-cluster-ip-range={place.services}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",  # so that it is Pod Security that refuses, namespace by namespace
        "--shutdown-delay-duration=0",
        "--profiling=false",
        "--v=1",
    ]
    if not addresses.inside:
        flags.append("--endpoint-reconciler-type=none")  # a Service cannot point to loopback
    return flags


def _controller_flags(place: Place) -> list[str]:
    return [
        f"--kubeconfig={place.certificates}/kube-controller-manager.kubeconfig",
        f"--service-account-private-key-file={place.certificates}/service-accounts.key",
        f"--root-ca-file={place.certificates}/ca.crt",
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=500",  # the default makes its start take four seconds longer
        "--kube-api-burst=500",
        "--v=1",
    ]


def _scheduler_flags(place: Place) -> list[str]:
    kubeconfig = f"{place.certificates}/kube-scheduler.kubeconfig"
    return [f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--secure-port=0", "--v=1"]


def _wait_until_ready(place: Place, api: Api, needed: dict[str, Process]) -> None:
    deadline = time.monotonic() + START_SECONDS
    last = "nothing"
    while True:
        for name, process in needed.items():
            processes.require(place, process, name)
        try:
            if api.text("GET", "/readyz") == "ok":
                return
        except (ApiError, OSError, http.client.HTTPException) as error:
            last = str(error)
        if time.monotonic() > deadline:
            log = processes.log(place, "kube-apiserver")
            raise ClusterError(f"the API server is not ready after {START_SECONDS:.0f} s ({last}): see {log}")
        time.sleep(POLL_SECONDS)
