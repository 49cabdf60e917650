"""The node: kubelet, kube-proxy, and the name server of the pods."""

from __future__ import annotations

import errno
import json
import socket
import sys
import time
from pathlib import Path

from sandbox.kubernetes import binaries, cgroups, control_plane, processes
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import NODE_NAME, Place
from sandbox.process import Process

READY_SECONDS = 60.0
POLL_SECONDS = 0.1
LINKS = Path("/var/log/containers")
PLUGINS = Path("/var/lib/kubelet/device-plugins/kubelet.sock")
START_LOCK = binaries.cache() / "kubelet.lock"
"""Of two kubelets that start at once, one removes the other's socket for device plugins and ends: its place
is fixed in their code."""


def start(place: Place, hyperkube: Path, url: str) -> None:
    """Start the three and wait until the node is Ready."""
    cgroups.create(place)
    configuration = place.folder / "kubelet.json"
    configuration.write_text(json.dumps(_kubelet(place), indent=1), encoding="utf-8")

    def launch(component: str, *flags: str) -> Process:
        kubeconfig = f"--kubeconfig={place.certificates}/{component}.kubeconfig"
        command = [str(hyperkube), component, kubeconfig, f"--hostname-override={NODE_NAME}", "--v=1", *flags]
        return processes.launch(place, component, command, inside=True)

    launch("kube-proxy", *_proxy_flags(place))
    names = [sys.executable, "-m", "sandbox.kubernetes.dns", url, str(place.certificates), place.node_address]
    dns = processes.launch(place, "dns", names, inside=True)
    with binaries.locked(START_LOCK):
        kubelet = launch(
            "kubelet",
            f"--config={configuration}",
            f"--root-dir={place.folder}/kubelet",
            f"--node-ip={place.node_address}",
        )
        _wait_until_ready(place, Api(url, place.certificates), {"kubelet": kubelet, "dns": dns})


def start_fake(place: Place, url: str) -> None:
    """Start what only says that pods run, and wait until it says so."""
    command = [sys.executable, "-m", "sandbox.kubernetes.fake_node", url, str(place.certificates)]
    process = processes.launch(place, "fake-node", command, inside=False)
    _wait_until_ready(place, Api(url, place.certificates), {"fake-node": process})


def is_ready(api: Api) -> bool:
    """Whether the node says that pods can run on it."""
    try:
        conditions = api.get(f"/api/v1/nodes/{NODE_NAME}")["status"].get("conditions", [])
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def remove_traces(place: Place) -> None:
    """Remove what the kubelet makes outside of its folder: links to logs, a socket for device plugins."""
    for link in LINKS.glob("*.log"):
        if link.is_symlink() and str(link.readlink()).startswith(f"{place.folder}/"):
            link.unlink()
    if PLUGINS.exists():
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(PLUGINS)) == errno.ECONNREFUSED:  # else it is another kubelet's
                PLUGINS.unlink(missing_ok=True)


def _kubelet(place: Place) -> object:
    files = place.certificates
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{place.name}",
        "containerRuntimeEndpoint": f"unix://{place.containerd}",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{files}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{files}/kubelet-server.crt",
        "tlsPrivateKeyFile": f"{files}/kubelet-server.key",
        "clusterDNS": [place.node_address],
        "clusterDomain": "cluster.local",
        "resolvConf": "",
        "failSwapOn": False,
        "enforceNodeAllocatable": ["none"],
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,  # an image that is collected cannot be pulled again
        "nodeStatusUpdateFrequency": "5s",
        "nodeStatusReportFrequency": "5m",
        "configMapAndSecretChangeDetectionStrategy": "Watch",
        "podLogsDir": str(place.folder / "pods"),
    }


def _proxy_flags(place: Place) -> list[str]:
    return [
        "--proxy-mode=nftables",
        f"--cluster-cidr={place.pods}",
        "--conntrack-max-per-core=0",  # the machine's own limits stay
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
        "--metrics-bind-address=127.0.0.1:10249",
    ]


def _wait_until_ready(place: Place, api: Api, needed: dict[str, Process]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not (is_ready(api) and control_plane.serves_pods(api)):
        for name, process in needed.items():
            processes.require(place, process, name)
        if time.monotonic() > deadline:
            raise ClusterError(
                f"the node is not Ready after {READY_SECONDS:.0f} s: see {place.logs}/kubelet.log"
            )
        time.sleep(POLL_SECONDS)
