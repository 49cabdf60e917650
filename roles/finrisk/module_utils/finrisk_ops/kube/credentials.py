"""Credentials in a cluster: Secrets that no release holds, filled in here and nowhere else."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finrisk_rules.clients import KEYS_FILE

from ..errors import FinriskError
from ..release.credentials import client_keys, filled
from ..text import read_text
from . import objects
from .client import Cluster
from .errors import ApiError
from .objects import Applied
from .template import CREDENTIALS

GOOGLE = "GOOGLE_APPLICATION_CREDENTIALS"
GOOGLE_FILE = "service-account.json"
COPY = "finrisk.io/credentials-copy"  # a label of the copies alone
COPY_NAME = re.compile(rf"{CREDENTIALS}-(?P<number>[1-9][0-9]*)")
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


def apply(
    cluster: Cluster,
    credentials: Credentials,
    *,
    check: bool,
    force: bool = False,
    may_write: Callable[[], None] = lambda: None,
) -> Applied:
    """Bring the Secret about, or say in check mode what that would change.

    ``may_write`` is asked before each object is written.

    Raises FinriskError rather than lose a value that only the cluster knows, unless ``force`` is set, and
    what ``may_write`` raises.
    """
    body = secret(credentials)
    if check and not cluster.has_namespace():  # nothing can be tried out in a namespace that is not there yet
        return Applied(objects.kind_and_name(body), True, {}, objects.masked(body), body)
    of_service = credentials.clients is not None
    live = cluster.find(objects.path(body, cluster.namespace))
    live = live or (newest_copy(cluster) if of_service else None) or {}
    if not force and (keys := [key for key in IRREPLACEABLE if _is_emptied(key, live, body)]):
        raise FinriskError(
            f"the Secret {body['metadata']['name']} in namespace {cluster.namespace} holds a value for "
            f"{', '.join(keys)}, and this run has none, which would lose it. Nothing was changed: set "
            f"{', '.join(keys)} in your shell as docs/kubernetes.md says, or empty it on purpose with "
            "-e finrisk_force_conflicts=true"
        )
    result = objects.apply(cluster, body, check=True, force=force)
    new_copy = of_service and not _holds(newest_copy(cluster), body["data"])
    if check:
        return replace(result, changed=result.changed or new_copy)
    if new_copy:  # first, so that no run that breaks off leaves an older one as the newest
        may_write()
        _copy(cluster, result.object)  # with the keys that others added to the Secret
    may_write()
    result = objects.apply(cluster, body, check=False, force=force)
    if of_service:
        _forget_older(cluster)
    return replace(result, changed=result.changed or new_copy)


def newest_copy(cluster: Cluster) -> dict[str, Any] | None:
    """Return the copy of the service's Secret that has the highest number; None when there is none."""
    return next(iter(_copies(cluster)), None)


def restore(cluster: Cluster) -> str:
    """Bring the service's Secret back from its newest copy where it is gone; return the copy's name, if so.

    An older copy is never taken, even when the newest is unfit: what was rotated or revoked stays so.
    A Secret that somebody writes meanwhile is left as it is.
    Raises FinriskError when there is no copy.
    """
    where = _path(cluster, CREDENTIALS)
    if cluster.find(where) is not None:
        return ""
    copy = newest_copy(cluster)
    if copy is None:
        raise FinriskError(
            f"the Secret {CREDENTIALS} in namespace {cluster.namespace} is gone, and there is no copy of it; "
            "run playbooks/site.yml"
        )
    labels = {name: value for name, value in copy["metadata"].get("labels", {}).items() if name != COPY}
    body = _secret(CREDENTIALS, copy["data"], labels)
    try:
        made = cluster.request("POST", _path(cluster, ""), body, {"fieldManager": objects.MANAGER})
    except ApiError as error:
        if error.status == 409:  # somebody wrote it meanwhile: what is there is newer
            return ""
        raise
    with suppress(ApiError):
        _own_as_applied(cluster, made)
    return str(copy["metadata"]["name"])


def is_back(copy: str) -> str:
    """Return the line about the service's Secret that was restored from this copy."""
    return f"The Secret {CREDENTIALS} was gone: it is back from its newest copy, {copy}"


def keep(cluster: Cluster) -> None:
    """Make the newest copy one of what is in use, which pods have started with; older ones go."""
    used = cluster.find(_path(cluster, CREDENTIALS))
    if used is not None and (newest_copy(cluster) or {}).get("data") != used.get("data"):
        _copy(cluster, used)
    _forget_older(cluster)


def _own_as_applied(cluster: Cluster, made: Mapping[str, Any]) -> None:
    """Let an object that was just made count as applied, so that the next apply takes away what it drops."""
    entries = [entry | {"operation": "Apply"} for entry in made["metadata"].get("managedFields") or []]
    if not entries:
        return
    patch = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": made["metadata"]["resourceVersion"]},
        {"op": "replace", "path": "/metadata/managedFields", "value": entries},
    ]
    where = _path(cluster, str(made["metadata"]["name"]))
    cluster.request("PATCH", where, patch, {"fieldManager": objects.MANAGER}, patch="json")


def _holds(copy: Mapping[str, Any] | None, data: Mapping[str, str]) -> bool:
    """Say whether a copy holds these values, whatever others added."""
    values = (copy or {}).get("data") or {}
    return copy is not None and all(values.get(key) == value for key, value in data.items())


def _copy(cluster: Cluster, secret: Mapping[str, Any]) -> None:
    """Make an immutable copy of a Secret under the next number."""
    number = max(map(_number, _copies(cluster)), default=0) + 1
    labels = (secret["metadata"].get("labels") or {}) | {COPY: "true"}
    body = _secret(f"{CREDENTIALS}-{number}", secret.get("data") or {}, labels) | {"immutable": True}
    cluster.request("POST", _path(cluster, ""), body, {"fieldManager": objects.MANAGER})


def _forget_older(cluster: Cluster) -> None:
    for older in _copies(cluster)[1:]:
        cluster.request("DELETE", _path(cluster, older["metadata"]["name"]))


def _copies(cluster: Cluster) -> list[dict[str, Any]]:
    """Return the copies, the newest first."""
    found = cluster.list(_path(cluster, ""), labels=COPY)
    return sorted((copy for copy in found if _number(copy)), key=_number, reverse=True)


def _number(copy: Mapping[str, Any]) -> int:
    match = COPY_NAME.fullmatch(str(copy["metadata"]["name"]))
    return int(match["number"]) if match else 0


def _secret(name: str, data: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": dict(data)}


def _path(cluster: Cluster, name: str) -> str:
    return f"/api/v1/namespaces/{cluster.namespace}/secrets" + (f"/{name}" if name else "")


def held(cluster: Cluster, manifest: Mapping[str, Any], key: str) -> str:
    """Return the value of a key of this Secret as it is in the cluster; empty when there is none.

    Where the service's own is gone, its newest copy counts.
    """
    name = str(manifest["metadata"]["name"])
    live = cluster.find(_path(cluster, name))
    live = live or (newest_copy(cluster) if name == CREDENTIALS else None) or {}
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
