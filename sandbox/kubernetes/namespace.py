"""The network namespace of a local node, and the cable between it and the host.

All of the cluster's network lives in there: the host's firewall, sysctls and ports stay as they are, and
deleting the namespace deletes it all. Routes on the host make pods and Services reachable by address.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import Place


def create(place: Place) -> None:
    """Make namespace, cable and routes.

    Raises ClusterError when the host already uses the addresses for something else.
    """
    for network in (place.pods, place.services, f"{place.host_address}/30"):
        taken = _run("ip", "-4", "route", "show", "root", network).strip()
        if taken:
            raise ClusterError(f"this machine already routes {network} ({taken}): the test cluster needs it")
    _run("ip", "netns", "add", place.name)
    _run("ip", "link", "add", place.link, "type", "veth", "peer", "name", "eth0", "netns", place.name)
    _run("ip", "address", "add", f"{place.host_address}/30", "dev", place.link)
    _run("ip", "link", "set", place.link, "up")
    inside = ("ip", "-netns", place.name)
    _run(*inside, "link", "set", "lo", "up")
    _run(*inside, "address", "add", f"{place.node_address}/30", "dev", "eth0")
    _run(*inside, "link", "set", "eth0", "up")
    _run(*inside, "route", "add", "default", "via", place.host_address)
    _run("nsenter", f"--net={_file(place)}", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
    for network in (place.pods, place.services):
        _run("ip", "route", "add", network, "via", place.node_address)


def delete(place: Place) -> None:
    """Remove what `create` made, as far as it is there."""
    if _file(place).exists():
        _run("ip", "netns", "delete", place.name)
    if Path(f"/sys/class/net/{place.link}").exists():
        # the kernel removes it with its other end, only later: whoever comes second finds nothing
        subprocess.run(["ip", "link", "delete", place.link], capture_output=True, check=False)


def exists(place: Place) -> bool:
    """Whether anything of it is there."""
    return _file(place).exists() or Path(f"/sys/class/net/{place.link}").exists()


def _file(place: Place) -> Path:
    return Path("/run/netns") / place.name


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClusterError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    return done.stdout
