"""Where a local cluster lives: its folder, its names in the kernel, its addresses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

NODE_NAME = "finrisk-node"
API_PORT = 6443
CONTEXT = "finrisk-test"


@dataclass(frozen=True)
class Place:
    """One of several clusters that can run on a machine side by side; 0 is the one that tests share."""

    number: int = 0

    @property
    def name(self) -> str:
        """Name of the network namespace, of the cgroup and of the pod network."""
        return "finrisk-cluster" + (f"-{self.number}" if self.number else "")

    @property
    def folder(self) -> Path:
        """All state; gone when the cluster is down."""
        home = os.environ.get("XDG_STATE_HOME")
        own = "" if os.geteuid() == 0 or home else f"-{os.geteuid()}"
        return Path(home or "/var/tmp") / f"{self.name}{own}"  # noqa: S108 - mkdir takes no folder of others

    @property
    def lock(self) -> Path:
        """Held while the cluster goes up or down."""
        return self.folder.with_suffix(".lock")

    @property
    def certificates(self) -> Path:
        """Keys, certificates and kubeconfig files of all components."""
        return self.folder / "certificates"

    @property
    def kubeconfig(self) -> Path:
        """What the cluster's administrator uses."""
        return self.certificates / "admin.kubeconfig"

    @property
    def logs(self) -> Path:
        """A log for each process."""
        return self.folder / "logs"

    @property
    def containerd(self) -> Path:
        """The runtime's socket."""
        return self.folder / "containerd.sock"

    @property
    def link(self) -> str:
        """The host's end of the cable into the network namespace; the kernel allows 15 letters."""
        return f"finrisk{self.number}"

    @property
    def host_address(self) -> str:
        """The host, as the cluster sees it."""
        return f"10.254.{self.number}.1"

    @property
    def node_address(self) -> str:
        """The node, as the host sees it; also the cluster's name server."""
        return f"10.254.{self.number}.2"

    @property
    def pods(self) -> str:
        """Addresses of the pods."""
        return f"10.{244 + self.number}.0.0/16"

    @property
    def services(self) -> str:
        """Addresses of the Services."""
        return f"10.{96 + self.number}.0.0/16"

    @property
    def api_service(self) -> str:
        """The API server, as pods see it."""
        return f"10.{96 + self.number}.0.1"
