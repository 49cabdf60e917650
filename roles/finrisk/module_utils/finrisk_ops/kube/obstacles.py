"""What a rollback would meet now, and what a release that broke off left: read, and nothing tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..errors import FinriskError
from ..release import unfinished
from ..release.keeping import proven_of
from ..release.revision import Revision
from . import credentials, lease, permissions, template
from .deployed import Deployed
from .pods import is_ready
from .room import short_of

CREATED = {"pods", "configmaps", "secrets", "deployments", "*"}


def half_made(deployed: Deployed) -> str:
    """Say in one sentence what a release that broke off left; empty when nothing is half made, or it runs."""
    holder, left = lease.read(deployed.cluster)
    name = deployed.current()
    if holder is not None or not name:
        return ""
    try:
        revision: Revision | None = deployed.read(name)
    except FinriskError:
        revision = None
    if revision is None or (revision.proven and (left is None or deployed.marked() == [name])):
        return ""  # what is gone, or was undone by hand, is told as such
    return unfinished.half_made(revision, left)


def of_rollback(deployed: Deployed) -> list[str]:
    """Return what a rollback would meet now, a sentence each; empty when nothing readable is in its way.

    Who may not read nodes, quotas or webhooks learns nothing of them.
    """
    looks: list[Callable[[Deployed], Iterator[str]]] = [
        _lock, _credentials, _deployment, _rights, _quotas, _nodes, _images, _webhooks,
    ]  # fmt: skip
    with ThreadPoolExecutor(max_workers=len(looks)) as pool:
        found = pool.map(lambda look: _tried(look, deployed), looks)
        return [sentence for sentences in found for sentence in sentences]


def _tried(look: Callable[[Deployed], Iterator[str]], deployed: Deployed) -> list[str]:
    sentences: list[str] = []
    try:
        sentences.extend(look(deployed))
    except FinriskError:  # not to be read by this account, or not now
        return sentences
    return sentences


def _lock(deployed: Deployed) -> Iterator[str]:
    holder, _ = lease.read(deployed.cluster)
    if holder:
        yield unfinished.in_the_way(holder)


def _credentials(deployed: Deployed) -> Iterator[str]:
    if deployed.cluster.find(deployed.path("secrets", template.CREDENTIALS)) is not None:
        return
    if copy := credentials.newest_copy(deployed.cluster):
        yield (
            f"the Secret {template.CREDENTIALS} is gone, so no pod starts: a rollback or a deploy brings it "
            f"back from its copy {copy['metadata']['name']}"
        )
    else:
        yield (
            f"the Secret {template.CREDENTIALS} is gone, and there is no copy of it: a rollback cannot start "
            "pods until playbooks/site.yml has written it"
        )


def _deployment(deployed: Deployed) -> Iterator[str]:
    live = deployed.live()
    if live is None:
        return
    if live["spec"].get("paused"):
        yield "the Deployment is paused: a rollback lets it go on"
    if live["spec"].get("replicas") == 0:
        yield "the Deployment was scaled to no pods: a rollback scales it up again"


def _rights(deployed: Deployed) -> Iterator[str]:
    try:
        permissions.check(deployed.cluster, permissions.RELEASE)
    except FinriskError as error:
        yield error.message


def _quotas(deployed: Deployed) -> Iterator[str]:
    pods = [pod for pod in deployed.pods() if is_ready(pod)]
    if not pods:
        return
    size = pod_size(pods[0]["spec"])
    namespace = deployed.cluster.namespace
    for quota in deployed.cluster.list(f"/api/v1/namespaces/{namespace}/resourcequotas"):
        status = quota.get("status") or {}
        if over := short_of(size, len(pods), status.get("used") or {}, status.get("hard") or {}):
            only = "replaces the only pod, some seconds without service"
            what = "goes on with one pod fewer" if len(pods) > 1 else only
            name = quota["metadata"]["name"]
            yield f"the quota {name} has no room for every pod twice ({over}): a rollback {what}"


def _nodes(deployed: Deployed) -> Iterator[str]:
    nodes = deployed.cluster.list("/api/v1/nodes")
    closed = [str(node["metadata"]["name"]) for node in nodes if node["spec"].get("unschedulable")]
    if nodes and len(closed) == len(nodes):
        yield (
            f"every node is cordoned ({', '.join(closed)}): pods of a rollback start when one takes pods "
            f"again, kubectl uncordon {closed[0]}"
        )


def _images(deployed: Deployed) -> Iterator[str]:
    revision = next(iter(proven_of(deployed.readable())), None)
    if revision is None:
        yield "no revision was proven yet: a rollback renders base from the inventory"
        return
    image = revision.release.image
    nodes = deployed.cluster.list("/api/v1/nodes")
    names = {name for node in nodes for held in _held(node) for name in held.get("names") or []}
    if image and names and not any(same_image(image, name) for name in names):
        yield f"no node has the image {image} of {revision.name}: a rollback has to pull it"


def _held(node: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the images of a node, as its kubelet tells them: fifty, unless it is told otherwise."""
    images: Sequence[Mapping[str, Any]] = (node.get("status") or {}).get("images") or []
    return [] if len(images) >= 50 else images  # the list may be cut


def same_image(one: str, other: str) -> bool:
    """Say whether two spellings name one image: a node writes registry and library out."""
    return one == other or other.endswith(f"/{one}") or other == f"{one}:latest"


def _webhooks(deployed: Deployed) -> Iterator[str]:
    for kind in ("validating", "mutating"):
        where = f"/apis/admissionregistration.k8s.io/v1/{kind}webhookconfigurations"
        for configuration in deployed.cluster.list(where):
            for hook in configuration.get("webhooks") or []:
                if _meets(hook) and _is_dead(deployed, hook):
                    name = configuration["metadata"]["name"]
                    yield (
                        f"the admission webhook {hook['name']} has nobody to answer and lets nothing pass: a "
                        f"rollback cannot make pods until it answers, or kubectl delete "
                        f"{kind}webhookconfiguration {name}"
                    )


def _meets(hook: Mapping[str, Any]) -> bool:
    """Say whether a webhook is asked about what a rollback makes, and its silence counts as a no."""
    kinds = {kind for rule in hook.get("rules") or [] for kind in rule.get("resources") or []}
    return hook.get("failurePolicy", "Fail") == "Fail" and bool(kinds & CREATED)


def _is_dead(deployed: Deployed, hook: Mapping[str, Any]) -> bool:
    service = (hook.get("clientConfig") or {}).get("service")
    if not service:
        return False
    slices = deployed.cluster.list(
        f"/apis/discovery.k8s.io/v1/namespaces/{service['namespace']}/endpointslices",
        labels=f"kubernetes.io/service-name={service['name']}",
    )
    endpoints = [endpoint for each in slices for endpoint in each.get("endpoints") or []]
    return not any((endpoint.get("conditions") or {}).get("ready", True) for endpoint in endpoints)


def pod_size(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return what a quota counts of a pod with this spec, as far as its first container says."""
    size = {"pods": "1", "count/pods": "1"}
    resources = (spec.get("containers") or [{}])[0].get("resources") or {}
    for part in ("requests", "limits"):
        for name, amount in (resources.get(part) or {}).items():
            size[f"{part}.{name}"] = str(amount)
            if part == "requests":
                size[name] = str(amount)
    return size
