"""A revision as objects of a cluster: two that hold its settings, and the pod template that names them."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from finrisk_rules.clients import KEYS_FILE

from ..errors import FinriskError
from ..release.revision import CURRENT, DEPLOYMENT_PART, PROVEN, REVISION, Revision, labelled, object_parts
from .objects import plain_secret

APP = "finrisk-api"
SELECTOR = f"app={APP}"
DEPLOYMENT = "finrisk-api"
SERVICE = "finrisk-api-service"
CONFIG = "finrisk-config"
SECRET = "finrisk-secrets"  # noqa: S105 - the name of an object
CREDENTIALS = "finrisk-credentials"
CREDENTIALS_READ = "finrisk.io/credentials"
ASKED_AGAIN = "finrisk.io/asked-again"
READ_AGAIN = (KEYS_FILE,)  # a mounted file that running pods follow
REVISION_VARIABLE = "FINRISK_REVISION"


def with_deployment(config: Mapping[str, Any], deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rendered ConfigMap with the rendered Deployment as a part of the revision.

    A revision that is rolled back to then brings the pod template along that it was proven with.
    Raises FinriskError when the Deployment is not what its template should render.
    """
    body = copy.deepcopy(dict(config))
    annotations = body.setdefault("metadata", {}).setdefault("annotations", {})
    annotations[DEPLOYMENT_PART] = json.dumps(
        plain_deployment(deployment), sort_keys=True, separators=(",", ":")
    )
    return body


def plain_deployment(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rendered Deployment as plain values; FinriskError when FinRisk cannot roll it out."""
    body: dict[str, Any] = json.loads(json.dumps(deployment))
    try:
        pod = body["spec"]["template"]
        containers = pod["spec"]["containers"]
        label = pod["metadata"]["labels"]["app"]
        fine = body["kind"] == "Deployment" and body["metadata"]["name"] == DEPLOYMENT and label == APP
        references = [source for source in containers[0]["envFrom"] if _base(source) in (CONFIG, SECRET)]
    except (KeyError, TypeError, IndexError):
        fine, references = False, []
    if not fine or len(references) != 2:
        raise FinriskError(
            f"templates/deployment.yml.j2 does not render the Deployment {DEPLOYMENT} with the label "
            f"app={APP}, whose first container has envFrom {CONFIG} and {SECRET}"
        )
    body["metadata"].pop("namespace", None)
    return body


def deployment(revision: Revision, credentials: str) -> dict[str, Any]:
    """Return the Deployment of a revision: its own image, its own objects, its name on every pod.

    ``credentials`` is the hash of what the pods read when they start and no revision holds: with other
    credentials there are other pods.

    Raises FinriskError when the revision was made for a process and has no pod template.
    """
    try:
        body: dict[str, Any] = json.loads(revision.config["metadata"]["annotations"][DEPLOYMENT_PART])
    except (KeyError, TypeError, ValueError):
        raise FinriskError(
            f"{revision.name} has no pod template: its annotation {DEPLOYMENT_PART} is gone. Run "
            "playbooks/deploy.yml, which renders one"
        ) from None
    metadata = body["metadata"]
    metadata["labels"] = (metadata.get("labels") or {}) | {REVISION: revision.name}
    pod = body["spec"]["template"]
    pod["metadata"]["labels"] |= {REVISION: revision.name}
    pod["metadata"]["annotations"] = (pod["metadata"].get("annotations") or {}) | {
        CREDENTIALS_READ: credentials
    }
    container = pod["spec"]["containers"][0]
    if revision.release.image:
        container["image"] = revision.release.image
    for source in container["envFrom"]:
        if _base(source) in (CONFIG, SECRET):
            reference = source.get("configMapRef") or source.get("secretRef")
            reference["name"] = f"{_base(source)}-{revision.name}"
    variables = [entry for entry in container.get("env") or [] if entry.get("name") != REVISION_VARIABLE]
    container["env"] = [*variables, {"name": REVISION_VARIABLE, "value": revision.name}]
    return body


def asking_again(body: Mapping[str, Any], asked: str) -> dict[str, Any]:
    """Return a Deployment that has its controllers try again at once; ``asked``, a time, is new each time."""
    metadata = dict(body["metadata"])
    metadata["annotations"] = (metadata.get("annotations") or {}) | {ASKED_AGAIN: asked}
    return dict(body) | {"metadata": metadata}


def rolling(surge: int, unavailable: int) -> dict[str, Any]:
    """Return a Deployment's strategy: so many pods more, or fewer, than are asked for while it rolls out."""
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}


def objects(revision: Revision) -> list[dict[str, Any]]:
    """Return the ConfigMap and the Secret to apply, without the labels that a proof adds."""
    bare = labelled(labelled(revision, CURRENT, None), PROVEN, None)
    secret = copy.deepcopy(bare.secret)
    values = secret.pop("stringData", {})
    secret["data"] = {key: base64.b64encode(str(value).encode()).decode() for key, value in values.items()}
    bodies = [copy.deepcopy(bare.config), secret]
    for body in bodies:
        body["metadata"].pop("namespace", None)
        body["immutable"] = True
    return bodies


def revision_from(name: str, config: Mapping[str, Any], secret: Mapping[str, Any]) -> Revision:
    """Return the revision that two objects of the cluster hold."""

    def content(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
        metadata = {
            key: copy.deepcopy(body["metadata"][key])
            for key in ("name", "labels", "annotations")
            if body["metadata"].get(key)
        }
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "immutable": True}

    whole_secret = content(secret, "Secret") | {
        "type": secret.get("type", "Opaque"),
        "stringData": plain_secret(secret),
    }
    return Revision(name, content(config, "ConfigMap") | {"data": dict(config["data"])}, whole_secret)


def revision_of_deployment(live: Mapping[str, Any]) -> str:
    """Return the revision that a Deployment asks for: by its pods' settings, else by its label."""
    pod = (live.get("spec") or {}).get("template") or {}
    for container in (pod.get("spec") or {}).get("containers") or []:
        for source in container.get("envFrom") or []:
            base, revision = object_parts(str((source.get("configMapRef") or {}).get("name", "")))
            if base == CONFIG and revision:
                return revision
    return str(((pod.get("metadata") or {}).get("labels") or {}).get(REVISION, ""))


def credentials_of(pod: Mapping[str, Any]) -> str:
    """Return the hash of the credentials that a pod was started with, empty when unknown."""
    return str(((pod.get("metadata") or {}).get("annotations") or {}).get(CREDENTIALS_READ, ""))


def credentials_digest(secret: Mapping[str, Any] | None) -> str:
    """Return a short hash of the credentials that a pod reads once, when it starts."""
    data = {key: value for key, value in ((secret or {}).get("data") or {}).items() if key not in READ_AGAIN}
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:12] if data else ""


def _base(source: Mapping[str, Any]) -> str:
    reference = source.get("configMapRef") or source.get("secretRef") or {}
    return object_parts(str(reference.get("name", "")))[0]
