"""containerd for a local node: its configuration, the pod network, the images it holds.

The store of images outlives the cluster (in the cache folder), so that a second `up` imports nothing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sandbox.kubernetes import processes
from sandbox.kubernetes.binaries import cache
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import Place
from sandbox.kubernetes.progress import say
from sandbox.process import is_running
from sandbox.process import stop as end

NETWORK_RESULTS = Path("/var/lib/cni/results")
START_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1

# The sandbox of a machine without CAP_SYS_RESOURCE cannot lower an oom_score_adj, nor does a test need it.
# The `opt` plugin would make /opt/containerd on the host.
CONFIGURATION_1 = """\
version = 2
root = "{root}"
state = "{state}"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{network}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "{runc}"
"""
CONFIGURATION_2 = """\
version = 3
root = "{root}"
state = "{state}"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{pause}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "{network}"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      Root = "{runc}"
[plugins."io.containerd.nri.v1.nri"]
  disable = true
"""


def start(place: Place, pause: str) -> None:
    """Start containerd and wait until it answers; ``pause`` is the image that holds a pod's namespaces."""
    if not _whole(place).exists():
        forget_images(place)
    _whole(place).unlink(missing_ok=True)
    network = place.folder / "network"
    network.mkdir()
    (network / "10-finrisk.conflist").write_text(json.dumps(_network(place)), encoding="utf-8")
    configuration = place.folder / "containerd.toml"
    text = CONFIGURATION_1 if _major_version() == 1 else CONFIGURATION_2
    configuration.write_text(
        text.format(
            root=_store(place),
            state=place.folder / "containerd",
            socket=place.containerd,
            pause=pause,
            network=network,
            runc=place.folder / "runc",
        ),
        encoding="utf-8",
    )
    process = processes.launch(place, "containerd", ["containerd", "-c", configuration], inside=True)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(place):
        processes.require(place, process, "containerd")
        if time.monotonic() > deadline:
            raise ClusterError(f"containerd does not answer: see {processes.log(place, 'containerd')}")
        time.sleep(POLL_SECONDS)


def stop(place: Place) -> None:
    """Remove every container, then end containerd in good order: the images that it holds are kept.

    When that is not possible its store may be torn, and the next `start` forgets it.
    """
    process = processes.recorded(place).get("containerd")
    if process is None or not is_running(process):
        return
    try:
        _remove_containers(place)
    except ClusterError as error:
        say(f"           {error}")
        return
    if end(process):
        _whole(place).touch()


def forget_images(place: Place) -> None:
    """Remove the store of images."""
    shutil.rmtree(_store(place), ignore_errors=True)


def remove_traces(place: Place) -> None:
    """Remove what the runtime leaves outside of the cluster's folder."""
    for bundle in (place.folder / "containerd").glob("io.containerd.runtime.v2.task/*/*/address"):
        Path(bundle.read_text("utf-8").removeprefix("unix://")).unlink(missing_ok=True)
    for result in NETWORK_RESULTS.glob(f"{place.name}-*"):
        if re.fullmatch(rf"{place.name}-[0-9a-f]{{64}}-\w+", result.name):
            result.unlink(missing_ok=True)


def image_names(place: Place, prefix: str) -> set[str]:
    """The images that the node holds and whose names begin so."""
    names = _ctr(place, "images", "list", "--quiet").split()
    return {name for name in names if name.startswith(prefix)}


def import_image(place: Place, archive: Path) -> None:
    """Take an image from an OCI archive."""
    _ctr(place, "images", "import", str(archive))


def remove_images(place: Place, names: Sequence[str]) -> None:
    """Forget images."""
    if names:
        _ctr(place, "images", "remove", *names)


def _store(place: Place) -> Path:
    return cache() / "stores" / place.name


def _whole(place: Place) -> Path:
    """Is there when containerd ended in good order."""
    return _store(place) / "whole"


def _remove_containers(place: Place) -> None:
    """Remove tasks and containers; containerd itself removes some of them while they end."""
    deadline = time.monotonic() + STOP_SECONDS
    for things in ("tasks", "containers"):
        while left := _ctr(place, things, "list", "--quiet").split():
            if time.monotonic() > deadline:
                raise ClusterError(f"containerd does not remove its {things} {left}")
            with suppress(ClusterError):
                _ctr(place, things, "delete", *(["--force"] if things == "tasks" else []), *left)


def _network(place: Place) -> object:
    """Each pod has its own cable to the node, which routes: Services work without bridge netfilter."""
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": place.pods}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": str(place.folder / "addresses"),
    }
    cable = {"type": "ptp", "ipMasq": True, "ipam": addresses}
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "1.0.0", "name": place.name, "plugins": [cable, ports]}


def _major_version() -> int:
    answer = subprocess.run(["containerd", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"containerd\s+v?(\d+)\.", answer)
    if match is None:
        raise ClusterError(f"cannot read containerd's version from {answer.strip()!r}")
    return int(match[1])


def _answers(place: Place) -> bool:
    command = ["ctr", "--address", str(place.containerd), "--timeout", "2s", "version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _ctr(place: Place, *arguments: str) -> str:
    command = ["ctr", "--address", str(place.containerd), "--namespace", "k8s.io", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClusterError(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}")
    return done.stdout
