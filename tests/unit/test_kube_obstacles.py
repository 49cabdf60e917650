"""What a rollback would meet, by objects as an API server keeps them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from finrisk_ops.kube import credentials, lease, obstacles
from finrisk_ops.kube.deployed import Deployed
from finrisk_ops.release.obstacle import Obstacle
from finrisk_ops.release.revision import CURRENT, PROVEN, REVISION
from tests.grounds.kept_objects import Kept, body

CORE, APPS = "/api/v1/namespaces/n", "/apis/apps/v1/namespaces/n"
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/n/leases/{lease.NAME}"
HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
NAME = "r0007-00000000"
IMAGE = "registry.example.com/finrisk:1"


@pytest.fixture
def kept() -> Kept:
    """Two pods of a revision that was proven, with everything that a rollback needs."""
    made = Kept()
    template = {
        "metadata": {"labels": {REVISION: NAME}},
        "spec": {
            "containers": [{"name": "api", "envFrom": [{"configMapRef": {"name": f"finrisk-config-{NAME}"}}]}]
        },
    }
    made.objects[f"{APPS}/deployments/finrisk-api"] = body(
        "finrisk-api", spec={"replicas": 2, "template": template}
    )
    labels = {REVISION: NAME, PROVEN: "true", CURRENT: "true"}
    config = body(f"finrisk-config-{NAME}", labels=labels, data={})
    config["metadata"]["annotations"] = {
        "finrisk.io/release": json.dumps({"ratio": 50, "image": IMAGE, "who": "a@b"})
    }
    made.objects[f"{CORE}/configmaps/finrisk-config-{NAME}"] = config
    made.objects[f"{CORE}/secrets/finrisk-secrets-{NAME}"] = body(
        f"finrisk-secrets-{NAME}", labels=labels, data={}
    )
    made.objects[f"{CORE}/secrets/finrisk-credentials"] = body("finrisk-credentials", data={"A": "Yg=="})
    resources = {"requests": {"cpu": "50m"}, "limits": {"memory": "1Gi"}}
    for name in ("a", "b"):
        made.objects[f"{CORE}/pods/{name}"] = body(
            name,
            labels={"app": "finrisk-api", REVISION: NAME},
            spec={"containers": [{"resources": resources}]},
            status={"conditions": [{"type": "Ready", "status": "True"}]},
        )
    made.objects["/api/v1/nodes/one"] = body(
        "one", spec={}, status={"images": [{"names": [IMAGE]}, {"names": ["docker.io/library/a:1"]}]}
    )
    return made


def connection(kept: Kept) -> Any:
    """What is asked as a cluster is."""
    return kept


def found(kept: Kept) -> list[Obstacle]:
    return list(obstacles.of_rollback(Deployed(connection(kept))))


def told(kept: Kept) -> list[str]:
    return [each.what for each in found(kept)]


@pytest.fixture(autouse=True)
def proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the revision count as proven, whatever the hash in its name."""
    monkeypatch.setattr(obstacles, "proven_of", lambda revisions: [each for each in revisions if each.proven])


def test_nothing_is_in_the_way_of_an_environment_that_is_well(kept: Kept) -> None:
    assert told(kept) == []


def test_who_may_read_the_namespace_alone_learns_of_the_namespace_alone(kept: Kept) -> None:
    kept.objects["/api/v1/nodes/one"]["spec"]["unschedulable"] = True
    kept.objects[f"{APPS}/deployments/finrisk-api"]["spec"]["paused"] = True
    kept.forbidden = ("/nodes", "webhook", "endpointslices", "resourcequotas")
    assert told(kept) == ["the Deployment is paused: a rollback lets it go on"]


def test_a_deployment_paused_or_without_pods_is_nothing_that_a_rollback_does_not_overcome(kept: Kept) -> None:
    kept.objects[f"{APPS}/deployments/finrisk-api"]["spec"] |= {"paused": True, "replicas": 0}
    assert [each.overcome for each in found(kept)] == [True, True]


def test_a_lost_secret_is_told_with_the_copy_that_it_comes_back_from(kept: Kept) -> None:
    credentials.keep(connection(kept))
    del kept.objects[f"{CORE}/secrets/finrisk-credentials"]
    (one,) = found(kept)
    assert "gone" in one.what
    assert "from its copy finrisk-credentials-1" in one.what
    assert (one.credentials, one.overcome) == (True, True)
    del kept.objects[f"{CORE}/secrets/finrisk-credentials-1"]
    (one,) = found(kept)
    assert "no copy of it: a rollback cannot start pods until playbooks/site.yml" in one.what
    assert (one.credentials, one.overcome) == (True, False)


def test_a_quota_cordoned_nodes_and_an_image_that_no_node_has_are_told(kept: Kept) -> None:
    kept.objects[f"{CORE}/resourcequotas/tight"] = body(
        "tight", status={"used": {"pods": "3"}, "hard": {"pods": "4"}}
    )
    node = kept.objects["/api/v1/nodes/one"]
    node["spec"]["unschedulable"] = True
    node["status"]["images"] = [{"names": ["docker.io/library/a:1"]}]
    full, cordoned, pulled = told(kept)
    assert full.endswith("no room for every pod twice (pods: 3 of 4): a rollback goes on with one pod fewer")
    assert cordoned.startswith("every node is cordoned (one)")
    assert cordoned.endswith(", kubectl --context staging -n n uncordon one"), "not the current context's"
    assert pulled == f"no node has the image {IMAGE} of {NAME}: a rollback has to pull it"
    assert [each.overcome for each in found(kept)] == [True, False, True]
    del kept.objects[f"{CORE}/pods/b"]
    kept.objects[f"{CORE}/resourcequotas/tight"]["status"]["used"] = {"pods": "4"}
    assert told(kept)[0].endswith("a rollback replaces the only pod, some seconds without service")


def test_nothing_is_said_of_an_image_that_a_list_which_may_be_cut_does_not_name(kept: Kept) -> None:
    one = kept.objects["/api/v1/nodes/one"]
    one["status"]["images"] = [{"names": ["docker.io/library/a:1"]}]
    assert "no node has the image" in told(kept)[0]
    fifty = [{"names": [f"docker.io/library/a:{number}"]} for number in range(50)]
    kept.objects["/api/v1/nodes/two"] = body("two", spec={}, status={"images": fifty})
    assert told(kept) == []


def test_a_webhook_that_nobody_answers_is_told_where_it_would_be_asked_and_its_silence_is_a_no(
    kept: Kept,
) -> None:
    service = {"namespace": "n", "name": "policy"}
    hook = {"name": "x.y", "clientConfig": {"service": service}, "rules": [{"resources": ["pods"]}]}
    kept.objects[f"{HOOKS}/policy"] = body("policy", webhooks=[hook])
    delete = "kubectl --context staging -n n delete validatingwebhookconfiguration policy"
    assert told(kept)[0].endswith(f"or {delete}")
    hook["failurePolicy"] = "Ignore"
    assert told(kept) == []
    hook["failurePolicy"] = "Fail"
    kept.objects["/apis/discovery.k8s.io/v1/namespaces/n/endpointslices/p"] = body(
        "p", labels={"kubernetes.io/service-name": "policy"}, endpoints=[{"conditions": {"ready": True}}]
    )
    assert told(kept) == []


def held_by(kept: Kept, why: str, *, yields: bool, ended: bool = False) -> None:
    renewed = "2026-01-01T00:00:00.000000Z" if not ended else "2025-12-31T00:00:00.000000Z"
    spec = {"holderIdentity": "i", "renewTime": renewed, "leaseDurationSeconds": 30}
    signed = {"identity": "i", "who": "a@b", "machine": "m", "pid": 1, "start_time": 1, "since": "T"}
    annotation = json.dumps(signed | {"why": why, "yields": yields})
    kept.objects[LEASE] = {"metadata": {"annotations": {lease.HOLDER: annotation}}, "spec": spec}


def test_the_lock_is_told_with_what_a_rollback_does_about_it(kept: Kept) -> None:
    held_by(kept, "deploy at 50", yields=True)
    assert told(kept) == ["a@b is releasing since T (deploy at 50): a rollback takes over from it"]
    assert found(kept)[0].overcome
    held_by(kept, "rollback to base", yields=False)
    assert told(kept) == ["a@b is rolling back since T: another rollback has to wait for its end"]
    assert not found(kept)[0].overcome


def test_half_made_is_what_is_asked_for_unproven_while_nobody_releases(kept: Kept) -> None:
    deployed = Deployed(connection(kept))
    assert obstacles.half_made(deployed) == ""
    held_by(kept, "deploy at 50", yields=True, ended=True)
    assert obstacles.half_made(deployed) == "", "it broke off before it changed anything"
    config = kept.objects[f"{CORE}/configmaps/finrisk-config-{NAME}"]
    del config["metadata"]["labels"][PROVEN]
    assert obstacles.half_made(deployed) == (
        f"deploy at 50 by a@b since T did not come to its end: {NAME} (50 % tuned, 50 % base) is asked for "
        "and was not seen to run everywhere; playbooks/rollback.yml goes to base"
    )
    held_by(kept, "deploy at 50", yields=True)
    assert obstacles.half_made(deployed) == "", "it is under way"
