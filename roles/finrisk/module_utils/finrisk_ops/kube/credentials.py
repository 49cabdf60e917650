"""Credentials in a cluster: Secrets that no release holds, filled in here and nowhere else."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finrisk_rules.clients import KEYS_FILE

from ..errors import FinriskError
from ..release.credentials import client_keys, filled
from ..text import read_text
from . import objects
from .client import Cluster
from .objects import Applied

GOOGLE = "GOOGLE_APPLICATION_CREDENTIALS"
GOOGLE_FILE = "service-account.json"
IRREPLACEABLE = ("USER_HASH_KEY", "DATABASE_URL", GOOGLE, "POSTGRES_PASSWORD")
MOUNTED = "/etc/finrisk"  # where templates/deployment.yml.j2 mounts the two files


@dataclass(frozen=True)
class Credentials:
    """A rendered Secret, its values, and the clients of the API; None for a Secret not of the service."""

    manifest: Mapping[str, Any]
    values: Mapping[str, str]
    clients: Sequence[Mapping[str, Any]] | None


def secret(credentials: Credentials) -> dict[str, Any]:
    """Return the whole Secret to apply.

    The service's own also holds two files: the clients' keys as hashes, and the service account that
    GOOGLE_APPLICATION_CREDENTIALS names on this machine; in the pod the setting names the mounted file.

    Raises FinriskError when a value has no key in the template, or the service account file cannot be read.
    """
    values, files = dict(credentials.values), {}
    if credentials.clients is not None:
        account = _service_account(str(values.get(GOOGLE) or ""))
        files = {KEYS_FILE: json.dumps(client_keys(credentials.clients), indent=2), GOOGLE_FILE: account}
        values[GOOGLE] = f"{MOUNTED}/{GOOGLE_FILE}" if account else ""
    body = filled(credentials.manifest, values)
    entries = body.pop("stringData") | files
    # Not stringData: the server would not own the keys by that name, nor forget one that is gone.
    body["data"] = {key: base64.b64encode(value.encode()).decode() for key, value in entries.items()}
    return body


def apply(cluster: Cluster, credentials: Credentials, *, check: bool, force: bool = False) -> Applied:
    """Bring the Secret about, or say in check mode what that would change.

    Raises FinriskError rather than lose a value that only the cluster knows, unless ``force`` is set.
    """
    body = secret(credentials)
    if check and not cluster.has_namespace():  # nothing can be tried out in a namespace that is not there yet
        return Applied(objects.kind_and_name(body), True, {}, objects.masked(body), body)
    live = cluster.find(objects.path(body, cluster.namespace)) or {}
    if not force and (keys := [key for key in IRREPLACEABLE if _is_emptied(key, live, body)]):
        raise FinriskError(
            f"the Secret {body['metadata']['name']} in namespace {cluster.namespace} holds a value for "
            f"{', '.join(keys)}, and this run has none, which would lose it. Nothing was changed: set "
            f"{', '.join(keys)} in your shell as docs/kubernetes.md says, or empty it on purpose with "
            "-e finrisk_force_conflicts=true"
        )
    return objects.apply(cluster, body, check=check, force=force)


def held(cluster: Cluster, manifest: Mapping[str, Any], key: str) -> str:
    """Return the value of a key of this Secret as it is in the cluster; empty when there is none."""
    name = manifest["metadata"]["name"]
    live = cluster.find(f"/api/v1/namespaces/{cluster.namespace}/secrets/{name}") or {}
    return base64.b64decode((live.get("data") or {}).get(key) or "").decode()


def _is_emptied(key: str, live: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    return bool((live.get("data") or {}).get(key)) and not body["data"].get(key, "")


def _service_account(path: str) -> str:
    if not path:
        return ""
    try:
        text = read_text(Path(path).expanduser())
        json.loads(text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise FinriskError(
            f"cannot read the service account {path}: {reason}; set GOOGLE_APPLICATION_CREDENTIALS to the "
            "file, or to nothing for Workload Identity"
        ) from None
    return text
