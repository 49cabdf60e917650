"""The control group that holds every container of a local node, on cgroup v1 and v2 alike."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import Place

ROOT = Path("/sys/fs/cgroup")
CONTROLLERS_V2 = ("cpu", "cpuset", "hugetlb", "io", "memory", "pids")
END_SECONDS = 10.0
SHARE = {"cpu.shares": "4096", "cpu.weight": "400"}  # of v1 and v2
"""Four times that of a process outside: the pods of a cluster, which all share it, are several programs."""


def create(place: Place) -> None:
    """Make the group in every hierarchy; the kubelet makes its own inside."""
    for hierarchy in _hierarchies():
        group = hierarchy / place.name
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):  # v1: a new group may use nothing until told
            if (group / setting).exists() and not (group / setting).read_text().strip():
                (group / setting).write_text((hierarchy / setting).read_text())
        for setting, share in SHARE.items():
            if (group / setting).exists():
                (group / setting).write_text(share)
        for parent in (hierarchy, group):
            _allow(parent)


def processes(place: Place) -> set[int]:
    """The pids of everything that runs in a container of this cluster."""
    pids: set[int] = set()
    for group in _groups(place):
        try:
            pids.update(int(line) for line in (group / "cgroup.procs").read_text().split())
        except OSError:  # gone meanwhile, or a threaded group that does not list processes
            continue
    return pids - {os.getpid()}


def delete(place: Place) -> None:
    """End every container's processes and remove the group.

    Raises ClusterError when a process survives.
    """
    deadline = time.monotonic() + END_SECONDS
    while left := processes(place):
        if time.monotonic() > deadline:
            raise ClusterError(f"processes {sorted(left)} of the cluster's containers do not end")
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)
    while groups := _groups(place):
        for group in groups:
            try:
                group.rmdir()
            except OSError as error:  # the kernel lets go of an ended process a moment later
                if time.monotonic() > deadline:
                    raise ClusterError(f"cannot remove {group}: {error}") from error
        time.sleep(0.02)


def exists(place: Place) -> bool:
    """Whether the group is there in any hierarchy."""
    return bool(_groups(place))


def _hierarchies() -> list[Path]:
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return sorted({path.resolve() for path in ROOT.iterdir() if (path / "cgroup.procs").exists()})


def _groups(place: Place) -> list[Path]:
    """All groups of the cluster, the innermost first."""
    groups = []
    for hierarchy in _hierarchies():
        for folder, _, _ in os.walk(hierarchy / place.name, topdown=False):
            groups.append(Path(folder))
    return groups


def _allow(group: Path) -> None:
    """Hand v2's controllers down; the ones that this kernel lacks stay out."""
    switch = group / "cgroup.subtree_control"
    for controller in CONTROLLERS_V2 if switch.exists() else ():
        try:
            switch.write_text(f"+{controller}")
        except OSError:
            continue
