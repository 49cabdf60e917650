"""A kubeconfig with one context, staging, for a cluster that may be anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from finrisk_ops.kube.client import Access


def kubeconfig(folder: Path, server: str, user: dict[str, Any] | None = None) -> Access:
    """Write it, with a token or another user's own way to log in; return the way to that server."""
    file = folder / "config"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "u", "user": user or {"token": "canary-token"}}],
        "contexts": [{"name": "staging", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "staging",
    }
    file.write_text(yaml.safe_dump(content))
    return Access(str(file), "staging", "finrisk-ai")
