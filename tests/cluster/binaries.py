"""The programs a cluster needs: Kubernetes and etcd built from Go modules, the rest Debian packages."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.failure import ClusterError
from tests.cluster.progress import say, step

SOURCE = Path(__file__).parent / "hyperkube"
GO_MINIMUM = (1, 26)
BUILD_DATE = "2026-01-01T00:00:00Z"
BUILD_PAUSE = "./pause"

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PACKAGES = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "iptables": "iptables",
    "nft": "nftables",
    "conntrack": "conntrack",
    "socat": "socat",
    "mmdebstrap": "mmdebstrap",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "mount": "mount",
    "sysctl": "procps",
}
"""Program and the Debian package it comes in."""


def cache() -> Path:
    """The folder of everything that is built once and kept."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "finrisk-testcluster"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; a second holder waits and says for whom."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            say(f"           waiting for process {file.read().strip() or '?'}, which holds {path}")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def go() -> str | None:
    """The version of the installed Go ("go1.26.8"), or None when there is none, or it is too old."""
    program = shutil.which("go")
    if program is None:
        return None
    found = subprocess.run(
        [program, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=_go_environment()
    ).stdout.strip()
    numbers = re.match(r"go(\d+)\.(\d+)", found)
    return found if numbers and tuple(map(int, numbers.groups())) >= GO_MINIMUM else None


def hyperkube() -> Path:
    """Return where the built program of this source is, or would be.

    Raises ClusterError when there is no Go to build it with and the cache does not tell either.
    """
    version = go()
    if version is None:
        raise ClusterError(
            f"Go {'.'.join(map(str, GO_MINIMUM))} or newer is needed to build Kubernetes (https://go.dev/dl)"
        )
    content = hashlib.sha256(version.encode())
    for path in sorted([SOURCE / "go.mod", SOURCE / "go.sum", *SOURCE.rglob("*.go")]):
        content.update(f"\0{path.relative_to(SOURCE)}\0".encode() + path.read_bytes())
    return cache() / content.hexdigest()[:16] / "hyperkube"


def build() -> Path:
    """Build hyperkube and pause unless they are in the cache; return the path of hyperkube."""
    program = hyperkube()
    with locked(cache() / "build.lock"):
        if program.exists():
            return program
        say("           building Kubernetes: about 8 minutes on two idle cores, then never again")
        for torn in cache().glob("building-*"):  # the lock is ours: nobody else builds
            shutil.rmtree(torn)
        with (
            step(f"Kubernetes {_kubernetes_version()} built"),
            tempfile.TemporaryDirectory(prefix="building-", dir=cache()) as made,
        ):
            command = [
                "go",
                "build",
                "-trimpath",
                f"-ldflags={_linker_flags()}",
                "-o",
                f"{made}/",
                ".",
                BUILD_PAUSE,
            ]
            if subprocess.run(command, cwd=SOURCE, env=_go_environment(), check=False).returncode:
                raise ClusterError(f"building Kubernetes failed: run `go build . {BUILD_PAUSE}` in {SOURCE}")
            shutil.rmtree(program.parent, ignore_errors=True)
            Path(made).chmod(0o755)
            Path(made).rename(program.parent)
            Path(made).mkdir()  # for the one who removes it
    return program


def missing_packages() -> list[str]:
    """The Debian packages that this machine lacks for a full node."""

    def present(program: str) -> bool:
        return (
            Path(program).exists()
            if program.startswith("/")
            else shutil.which(program, path=PATH) is not None
        )

    return sorted({package for program, package in PACKAGES.items() if not present(program)})


def may_install() -> bool:
    """Whether packages may be installed without asking."""
    return os.environ.get("CI") == "true" or os.environ.get("FINRISK_CLUSTER_INSTALL") == "1"


def install_line(packages: Sequence[str]) -> str:
    """The command that installs the packages."""
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"


def install_missing() -> None:
    """Install the Debian packages that are missing.

    Raises ClusterError when apt fails.
    """
    missing = missing_packages()
    if not missing:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"installed {' '.join(missing)}"):
        for command in (["apt-get", "update", "-qq"], install_line(missing).split()):
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
            if done.returncode:
                raise ClusterError(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}")


def _go_environment() -> dict[str, str]:
    return {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}


def _kubernetes_version() -> str:
    found = re.search(r"^\tk8s\.io/kubernetes (v\S+)$", (SOURCE / "go.mod").read_text("utf-8"), re.MULTILINE)
    assert found, f"{SOURCE}/go.mod names no k8s.io/kubernetes"
    return found[1]


def _linker_flags() -> str:
    version = _kubernetes_version()
    major, minor = version.removeprefix("v").split(".")[:2]
    values = {
        "gitVersion": version,
        "gitMajor": major,
        "gitMinor": minor,
        "gitTreeState": "clean",
        "buildDate": BUILD_DATE,
    }
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return "-s -w " + " ".join(
        f"-X {package}.{key}={value}" for package in packages for key, value in values.items()
    )
