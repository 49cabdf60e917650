"""A kubeconfig with one context, staging, for a cluster that may be anywhere."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible.module_utils.finrisk_ops.kube.client import Access


def kubeconfig(folder: Path, server: str) -> Access:
    """Write it; return the way to that server."""
    file = folder / "config"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "u", "user": {"token": "canary-token"}}],
        "contexts": [{"name": "staging", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "staging",
    }
    file.write_text(yaml.safe_dump(content))
    return Access(str(file), "staging", "finrisk-ai")
