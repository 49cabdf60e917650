"""What a rollback would meet now, and what a release that broke off left: read, and nothing tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..errors import FinriskError
from ..release import unfinished
from ..release.keeping import proven_of
from ..release.obstacle import Obstacle
from ..release.revision import Revision
from . import credentials, lease, permissions, template
from .deployed import Deployed
from .pods import is_ready
from .room import short_of

CREATED = {"pods", "configmaps", "secrets", "deployments", "*"}
LONGEST_LIST = 50  # images that a kubelet tells of, unless it is told otherwise


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


def of_rollback(deployed: Deployed) -> list[Obstacle]:
    """Return what a rollback would meet now; empty when nothing readable is in its way.

    Who may not read nodes, quotas or webhooks learns nothing of them.
    """
    looks: list[Callable[[Deployed], Iterator[Obstacle]]] = [
        _lock, _credentials, _deployment, _rights, _quotas, _nodes, _images, _webhooks,
    ]  # fmt: skip
    with ThreadPoolExecutor(max_workers=len(looks)) as pool:
        found = pool.map(lambda look: _tried(look, deployed), looks)
        return [obstacle for obstacles in found for obstacle in obstacles]


def _tried(look: Callable[[Deployed], Iterator[Obstacle]], deployed: Deployed) -> list[Obstacle]:
    obstacles: list[Obstacle] = []
    try:
        obstacles.extend(look(deployed))
    except FinriskError:  # not to be read by this account, or not now
        return obstacles
    return obstacles


def _lock(deployed: Deployed) -> Iterator[Obstacle]:
    holder, _ = lease.read(deployed.cluster)
    if holder:
        yield Obstacle(unfinished.in_the_way(holder), overcome=holder.yields)


def _credentials(deployed: Deployed) -> Iterator[Obstacle]:
    if deployed.cluster.find(deployed.path("secrets", template.CREDENTIALS)) is not None:
        return
    if copy := credentials.newest_copy(deployed.cluster):
        back = f"a rollback or a deploy brings it back from its copy {copy['metadata']['name']}"
        what = f"the Secret {template.CREDENTIALS} is gone, so no pod starts: {back}"
        yield Obstacle(what, overcome=True, credentials=True)
    else:
        yield Obstacle(
            f"the Secret {template.CREDENTIALS} is gone, and there is no copy of it: a rollback cannot start "
            "pods until playbooks/site.yml has written it",
            credentials=True,
        )


def _deployment(deployed: Deployed) -> Iterator[Obstacle]:
    live = deployed.live()
    if live is None:
        return
    if live["spec"].get("paused"):
        yield Obstacle("the Deployment is paused: a rollback lets it go on", overcome=True)
    if live["spec"].get("replicas") == 0:
        what = "the Deployment was scaled to no pods: a rollback scales it up again"
        yield Obstacle(what, overcome=True)


def _rights(deployed: Deployed) -> Iterator[Obstacle]:
    try:
        permissions.check(deployed.cluster, permissions.RELEASE)
    except FinriskError as error:
        yield Obstacle(error.message)


def _quotas(deployed: Deployed) -> Iterator[Obstacle]:
    pods = [pod for pod in deployed.pods() if is_ready(pod)]
    if not pods:
        return
    size = pod_size(pods[0]["spec"])
    namespace = deployed.cluster.namespace
    for quota in deployed.cluster.list(f"/api/v1/namespaces/{namespace}/resourcequotas"):
        status = quota.get("status") or {}
        if over := short_of(size, len(pods), status.get("used") or {}, status.get("hard") or {}):
            only = "replaces the only pod, some seconds without service"
            does = "goes on with one pod fewer" if len(pods) > 1 else only
            name = quota["metadata"]["name"]
            what = f"the quota {name} has no room for every pod twice ({over}): a rollback {does}"
            yield Obstacle(what, overcome=True)


def _nodes(deployed: Deployed) -> Iterator[Obstacle]:
    nodes = deployed.cluster.list("/api/v1/nodes")
    closed = [str(node["metadata"]["name"]) for node in nodes if node["spec"].get("unschedulable")]
    if nodes and len(closed) == len(nodes):
        yield Obstacle(
            f"every node is cordoned ({', '.join(closed)}): pods of a rollback start when one takes pods "
            f"again, {deployed.cluster.kubectl} uncordon {closed[0]}"
        )


def _images(deployed: Deployed) -> Iterator[Obstacle]:
    revision = next(iter(proven_of(deployed.readable())), None)
    if revision is None:
        what = "no revision was proven yet: a rollback renders base from the inventory"
        yield Obstacle(what, overcome=True)
        return
    image = revision.release.image
    nodes = deployed.cluster.list("/api/v1/nodes")
    if any(len(_held(node)) >= LONGEST_LIST for node in nodes):
        return  # one of these lists may be cut, and the image on that node
    names = {name for node in nodes for held in _held(node) for name in held.get("names") or []}
    if image and names and not any(same_image(image, name) for name in names):
        what = f"no node has the image {image} of {revision.name}: a rollback has to pull it"
        yield Obstacle(what, overcome=True)


def _held(node: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the images of a node, as its kubelet tells them."""
    images: Sequence[Mapping[str, Any]] = (node.get("status") or {}).get("images") or []
    return images


def same_image(one: str, other: str) -> bool:
    """Say whether two spellings name one image: a node writes registry and library out."""
    return one == other or other.endswith(f"/{one}") or other == f"{one}:latest"


def _webhooks(deployed: Deployed) -> Iterator[Obstacle]:
    for kind in ("validating", "mutating"):
        where = f"/apis/admissionregistration.k8s.io/v1/{kind}webhookconfigurations"
        for configuration in deployed.cluster.list(where):
            for hook in configuration.get("webhooks") or []:
                if _meets(hook) and _is_dead(deployed, hook):
                    name = configuration["metadata"]["name"]
                    yield Obstacle(
                        f"the admission webhook {hook['name']} has nobody to answer and lets nothing pass: a "
                        f"rollback cannot make pods until it answers, or {deployed.cluster.kubectl} delete "
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
