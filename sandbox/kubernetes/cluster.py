"""The story of a test cluster: it comes up, it says how it is, it goes down and leaves nothing."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes import (
    binaries,
    certificates,
    cgroups,
    control_plane,
    images,
    ladder,
    mounts,
    namespace,
    node,
    processes,
    runtime,
)
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.image import Image
from sandbox.kubernetes.ladder import Kind, Rung
from sandbox.kubernetes.place import Place
from sandbox.kubernetes.progress import say, step
from sandbox.process import is_running

IMAGES_LOCK = binaries.cache() / "images.lock"
DAEMONS = {
    Kind.NODE: {
        "containerd",
        "dns",
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-proxy",
        "kube-scheduler",
        "kubelet",
    },
    Kind.CONTROL_PLANE: {"etcd", "fake-node", "kube-apiserver", "kube-controller-manager", "kube-scheduler"},
}


@dataclass(frozen=True)
class Cluster:
    """A cluster that answers: how to reach it."""

    kind: Kind
    kubeconfig: Path
    kubectl_program: tuple[str, ...]
    context: str | None = None
    place: Place | None = None

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Run kubectl and return what it says on standard output.

        Raises ClusterError with what it says on standard error when ``check`` and it fails.
        """
        done = self.kubectl_result(*arguments, stdin=stdin)
        if check and done.returncode:
            raise ClusterError(f"kubectl {' '.join(arguments)} failed: {done.stderr.strip()}")
        return done.stdout

    def kubectl_result(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run kubectl, whatever comes of it."""
        command = [*self.kubectl_command(), *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)

    def kubectl_command(self) -> list[str]:
        """The beginning of every kubectl command line for this cluster."""
        context = ["--context", self.context] if self.context else []
        return [*self.kubectl_program, "--kubeconfig", str(self.kubeconfig), *context]

    def load(self, names: Iterable[str] = ("app", "sandbox", "postgres")) -> dict[str, str]:
        """Build the images as the sources are now, give them to the nodes; return their full names."""
        if self.kind is Kind.CONTROL_PLANE:  # nothing runs there: any name will do
            return {name: f"{images.PREFIX}{name}:none" for name in names}
        every = images.every()
        return {name: self._load(every[name]) for name in names}

    def _load(self, make: Callable[[], Image]) -> str:
        with binaries.locked(IMAGES_LOCK):
            image = make()
            if self.place is not None:
                _import(self.place, image)
            elif self.context is not None:
                command = ladder.load_command(self.context, images.archive(image))
                if subprocess.run(command, check=False).returncode:
                    raise ClusterError(f"`{' '.join(command)}` failed")
        return image.name


def up(place: Place, rung: Rung) -> Cluster:
    """Return the cluster of this rung, started when it does not run.

    Whatever an earlier crash left is removed first; when starting fails, all of it is taken back.
    """
    if rung.kubeconfig is not None:  # somebody made it for throwing away
        return Cluster(rung.kind, rung.kubeconfig, ("kubectl",), rung.context)
    hyperkube = binaries.build()
    with binaries.locked(place.lock):
        there = running(place)
        if there is not None and there.kind is rung.kind:
            return there
        if leftovers(place):
            with step("removed what an earlier cluster left"):
                _remove(place)
        try:
            return _start(place, rung.kind, hyperkube)
        except BaseException:
            logs = binaries.cache() / "failed-logs"
            shutil.rmtree(logs, ignore_errors=True)
            with suppress(OSError):
                shutil.copytree(place.logs, logs)
            _remove(place)
            raise


def session_lock(place: Place) -> Path:
    """What a session of tests holds: of two, one would end the other's cluster."""
    return binaries.cache() / f"tests-{place.number}.lock"


def down(place: Place, *, forget: bool = False) -> None:
    """Stop and remove everything; with ``forget`` also the node's store of images."""
    with binaries.locked(place.lock):
        if leftovers(place):
            with step("cluster is down"):
                _remove(place)
        if forget:
            runtime.forget_images(place)
    place.lock.unlink(missing_ok=True)


def running(place: Place) -> Cluster | None:
    """The cluster, when all of it runs, its API server answers and its node is ready; else None."""
    state = _state(place)
    if state is None:
        return None
    kind, url, hyperkube = Kind(state["kind"]), state["url"], Path(state["hyperkube"])
    alive = {name for name, process in processes.recorded(place).items() if is_running(process)}
    if alive != DAEMONS[kind] or hyperkube != binaries.hyperkube():
        return None
    try:
        if not node.is_ready(Api(url, place.certificates)):
            return None
    except (ApiError, OSError, http.client.HTTPException):
        return None
    return Cluster(kind, place.kubeconfig, (str(hyperkube), "kubectl"), place=place)


def leftovers(place: Place) -> list[str]:
    """What is there of the cluster: processes, mounts, network, control groups, files."""
    texts = [f"process {process.pid}" for process in processes.strays(place)]
    texts += [f"mount {path}" for path in mounts.below(place.folder)]
    if namespace.exists(place):
        texts.append(f"network namespace {place.name}")
    if cgroups.exists(place):
        texts.append(f"control group {place.name}")
    if place.folder.exists():
        texts.append(f"folder {place.folder}")
    return texts


def _start(place: Place, kind: Kind, hyperkube: Path) -> Cluster:
    place.folder.mkdir(parents=True, mode=0o755)
    inside = kind is Kind.NODE
    addresses = control_plane.in_namespace(place) if inside else control_plane.on_loopback()
    began = time.monotonic()
    with step("certificates"):
        certificates.issue(place.certificates, addresses.host, place.api_service)
        certificates.write_kubeconfigs(place.certificates, addresses.url)
    if inside:
        binaries.install_missing()
        namespace.create(place)
    with step("control plane ready"):
        control_plane.start(place, hyperkube, addresses)
    if inside:
        pause = images.pause()
        with step("containerd ready"):
            runtime.start(place, pause.name)
            _import(place, pause)
            # no pod runs yet: images that are not the newest of their kind are of no use any more
            outdated = runtime.image_names(place, images.PREFIX) - images.archived()
            runtime.remove_images(place, sorted(outdated))
    with step("node ready"):
        if inside:
            node.start(place, hyperkube, addresses.url)
        else:
            node.start_fake(place, addresses.url)
    _write_state(place, {"kind": kind.value, "url": addresses.url, "hyperkube": str(hyperkube)})
    say(f"{time.monotonic() - began:7.1f} s  in all: a {kind.value} at {addresses.url}")
    return Cluster(kind, place.kubeconfig, (str(hyperkube), "kubectl"), place=place)


def _import(place: Place, image: Image) -> None:
    if image.name not in runtime.image_names(place, images.PREFIX):
        archive = images.archive(image)
        with step(f"loaded {image.name}"):
            runtime.import_image(place, archive)


def _remove(place: Place) -> None:
    """Stop and remove everything of the cluster, in whatever state it is. The order matters.

    The control plane first, or it would start again what ends; containers while containerd still runs,
    which keeps its store of images whole; then what holds files, then the files.
    """
    daemons = processes.recorded(place)
    processes.kill([process for name, process in daemons.items() if name != "containerd"])
    runtime.stop(place)
    processes.kill(processes.strays(place))
    if os.geteuid() == 0:  # else there was no node
        cgroups.delete(place)
        mounts.remove(place.folder)
        namespace.delete(place)
        runtime.remove_traces(place)
        node.remove_traces(place)
    shutil.rmtree(place.folder, ignore_errors=True)
    if left := leftovers(place):
        raise ClusterError(f"cannot remove all of the cluster; left: {', '.join(left)}")


def _state(place: Place) -> dict[str, str] | None:
    try:
        return dict(json.loads((place.folder / "cluster.json").read_text("utf-8")))
    except FileNotFoundError:
        return None


def _write_state(place: Place, state: dict[str, str]) -> None:
    part = place.folder / "cluster.part"
    part.write_text(json.dumps(state), encoding="utf-8")
    part.rename(place.folder / "cluster.json")
