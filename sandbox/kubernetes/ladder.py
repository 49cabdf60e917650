"""Which cluster can be had here: the user's disposable one, a full node, a control plane alone, or none."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import yaml

from sandbox.kubernetes import binaries
from sandbox.kubernetes.failure import ClusterError

DISPOSABLE = re.compile(r"(kind|k3d)-[a-z0-9.-]+|minikube|docker-desktop")
"""Contexts that local tools make. No other is ever touched, whatever FINRISK_TEST_CLUSTER says."""


class Kind(Enum):
    """The rungs, best first."""

    DISPOSABLE = "disposable"
    NODE = "node"
    CONTROL_PLANE = "control-plane"


@dataclass(frozen=True)
class Rung:
    """What can be had, and a sentence on why it is not more."""

    kind: Kind
    reason: str
    kubeconfig: Path | None = None
    context: str | None = None


def choose(*, control_plane_only: bool = False) -> Rung:
    """Return the best rung of this machine.

    Raises ClusterError when there is none, and says what each would need.
    """
    if os.environ.get("FINRISK_TEST_CLUSTER") == "disposable":
        return disposable()
    try:
        binaries.go()
    except ClusterError as error:
        raise ClusterError(
            f"no test cluster: {error}. Or use a disposable one: "
            "KUBECONFIG=... FINRISK_TEST_CLUSTER=disposable"
        ) from None
    if control_plane_only:
        return Rung(Kind.CONTROL_PLANE, "asked for")
    lacking = lacking_for_a_node()
    if lacking is None:
        return Rung(Kind.NODE, "root and all packages are here")
    return Rung(Kind.CONTROL_PLANE, f"no full node: {lacking}")


def lacking_for_a_node() -> str | None:
    """What a full node would still need, or None; what may be installed does not count."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.geteuid() != 0:
        return "it needs root"
    missing = binaries.missing_packages()
    if not missing:
        return None
    if shutil.which("apt-get") is None:
        return f"it needs Debian or Ubuntu with {', '.join(missing)}"
    if not binaries.may_install():
        return f"run `{binaries.install_line(missing)}`, or set FINRISK_CLUSTER_INSTALL=1"
    return None


def disposable() -> Rung:
    """The cluster that KUBECONFIG names, when it is one that a local tool made for throwing away.

    Raises ClusterError for any other.
    """
    file = os.environ.get("KUBECONFIG", "")
    if not file or not Path(file).is_file():
        raise ClusterError(f"FINRISK_TEST_CLUSTER=disposable needs KUBECONFIG to name one file, not {file!r}")
    if shutil.which("kubectl") is None:
        raise ClusterError("FINRISK_TEST_CLUSTER=disposable needs kubectl on the PATH")
    try:
        content = yaml.safe_load(Path(file).read_text("utf-8"))
        context = str(content.get("current-context", ""))
    except (yaml.YAMLError, AttributeError, ValueError) as error:
        raise ClusterError(f"KUBECONFIG={file} is not a kubeconfig file: {error}") from error
    if not DISPOSABLE.fullmatch(context):
        raise ClusterError(
            f"the tests do not touch context {context!r} of {file}: they only use contexts that kind, k3d, "
            "minikube or Docker Desktop made (kind-*, k3d-*, minikube, docker-desktop)"
        )
    return Rung(Kind.DISPOSABLE, f"KUBECONFIG={file}", Path(file), context)


def load_command(context: str, archive: Path) -> list[str]:
    """The command that gives an image to a disposable cluster's nodes."""
    tool, _, name = context.partition("-")
    commands = {
        "kind": ["kind", "load", "image-archive", str(archive), "--name", name],
        "k3d": ["k3d", "image", "import", str(archive), "--cluster", name],
        "minikube": ["minikube", "image", "load", str(archive)],
        "docker": ["docker", "load", "--input", str(archive)],
    }
    return commands[tool]
