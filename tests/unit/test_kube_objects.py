"""Revisions as objects of a cluster: what is applied, compared, and shown of secrets."""

from __future__ import annotations

import base64
import copy
import json
import time
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import lease as kube_lease
from finrisk_ops.kube import objects, port_forward, template
from finrisk_ops.kube.client import Access, Cluster
from finrisk_ops.machine import identity
from finrisk_ops.machine.locks import LostError
from finrisk_ops.release.revision import Release, Revision, make, same_content, shown

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "finrisk-api", "namespace": "finrisk-ai", "labels": {"app": "finrisk-api"}},
    "spec": {
        "replicas": 2,
        "template": {
            "metadata": {"labels": {"app": "finrisk-api"}},
            "spec": {
                "containers": [
                    {
                        "name": "api",
                        "image": "app:rendered",
                        "envFrom": [
                            {"configMapRef": {"name": "finrisk-config"}},
                            {"secretRef": {"name": "finrisk-secrets"}},
                            {"configMapRef": {"name": "of-the-operator"}},
                        ],
                        "env": [{"name": "FINRISK_REVISION", "value": ""}, {"name": "A", "value": "b"}],
                    }
                ]
            },
        },
    },
}


def revision(deployment: dict[str, Any] = DEPLOYMENT, image: str = "app:1") -> Revision:
    config = {"kind": "ConfigMap", "metadata": {"name": "finrisk-config"}, "data": {"WORKERS": "2"}}
    secret = {"kind": "Secret", "metadata": {"name": "finrisk-secrets"}, "stringData": {}}
    release = Release(model="m", ratio=25, image=image, experiment="e")
    return make(template.with_deployment(config, deployment), secret, release, 3)


def test_the_deployment_of_a_revision_names_its_objects_its_image_and_itself() -> None:
    made = template.deployment(revision(), "c0ffee")
    name = revision().name
    pod = made["spec"]["template"]
    container = pod["spec"]["containers"][0]
    assert [next(iter(held.values()))["name"] for held in container["envFrom"]] == [
        f"finrisk-config-{name}",
        f"finrisk-secrets-{name}",
        "of-the-operator",
    ]
    assert container["image"] == "app:1"
    assert {"name": "FINRISK_REVISION", "value": name} in container["env"]
    assert pod["metadata"]["labels"]["finrisk.io/revision"] == name
    assert pod["metadata"]["annotations"]["finrisk.io/credentials"] == "c0ffee"
    assert template.revision_of_deployment(made) == name
    assert "namespace" not in made["metadata"]


def test_another_pod_template_is_another_revision() -> None:
    other = copy.deepcopy(DEPLOYMENT)
    other["spec"]["replicas"] = 3
    assert revision().digest != revision(other).digest
    assert not same_content(revision(), revision(other))
    assert shown(revision())["Deployment"]["spec"]["replicas"] == 2


def test_a_revision_comes_back_from_the_cluster_as_it_was_stored() -> None:
    config, secret = (copy.deepcopy(held) for held in template.objects(revision()))
    config["metadata"] |= {"uid": "u", "resourceVersion": "1", "managedFields": []}
    back = template.revision_from(revision().name, config, secret)
    assert back.intact
    assert back.release == revision().release
    assert back.secret_settings == {"FINETUNED_MODEL_NAME": "m"}
    config["data"]["WORKERS"] = "9"
    assert not template.revision_from(revision().name, config, secret).intact


def test_a_template_that_finrisk_could_not_roll_out_is_refused() -> None:
    broken = copy.deepcopy(DEPLOYMENT)
    broken["spec"]["template"]["spec"]["containers"][0]["envFrom"].pop()
    template.plain_deployment(broken)
    broken["spec"]["template"]["spec"]["containers"][0]["envFrom"].pop()
    with pytest.raises(FinriskError, match="does not render the Deployment finrisk-api"):
        template.plain_deployment(broken)


def test_a_revision_made_for_a_process_has_no_pod_template() -> None:
    held = revision()
    del held.config["metadata"]["annotations"]["finrisk.io/deployment"]
    with pytest.raises(FinriskError, match="has no pod template"):
        template.deployment(held, "")


def test_new_credentials_mean_new_pods_but_new_client_keys_do_not() -> None:
    data = {"DATABASE_URL": "YQ==", "api_keys.json": "W10="}
    first = template.credentials_digest({"data": data})
    assert template.credentials_digest({"data": data | {"api_keys.json": "e30="}}) == first
    assert template.credentials_digest({"data": data | {"DATABASE_URL": "Yg=="}}) != first


def test_a_diff_shows_the_values_of_a_secret_as_hashes_only() -> None:
    value = base64.b64encode(b"canary-password").decode()
    kept = json.dumps({"data": {"p": value}})
    held = {
        "kind": "Secret",
        "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": kept}},
        "data": {"p": value},
        "stringData": {"q": "canary-other"},
    }
    text = json.dumps(objects.masked(held))
    assert "canary" not in text
    assert value not in text
    assert text.count("sha256:") == 2


def test_what_the_server_counts_by_itself_is_no_difference() -> None:
    live = {
        "metadata": {
            "name": "a",
            "generation": 3,
            "managedFields": [],
            "annotations": {"deployment.kubernetes.io/revision": "4"},
        },
        "spec": {"replicas": 2, "containers": [{"name": "api", "image": "1"}]},
        "status": {},
    }
    planned = {
        "metadata": {"name": "a"},
        "spec": {"replicas": 3, "containers": [{"name": "api", "image": "2"}]},
    }
    before, after = objects.comparable(live), objects.comparable(planned)
    assert list(objects.differences(before, after)) == [".spec.containers[api].image", ".spec.replicas"]


def test_a_field_that_stays_with_its_owner_is_left_out() -> None:
    body: dict[str, Any] = {"metadata": {"name": "a"}, "spec": {"replicas": 2, "template": {}}}
    assert objects.without(body, ".spec.replicas") == {
        "metadata": {"name": "a"},
        "spec": {"template": {}},
    }
    assert objects.without(body, '.spec.template.spec.containers[name="a"].image') is None
    assert objects.without(body, ".spec.absent.more") is None
    assert body["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        ("ConfigMap", "v1", "/api/v1/namespaces/n/configmaps/x"),
        (
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "/apis/networking.k8s.io/v1/namespaces/n/networkpolicies/x",
        ),
        ("Namespace", "v1", "/api/v1/namespaces/x"),
    ],
)
def test_an_object_has_its_address(kind: str, version: str, expected: str) -> None:
    assert objects.path({"kind": kind, "apiVersion": version, "metadata": {"name": "x"}}, "n") == expected


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("postgresql://u:p@postgres-service:5432/d", "postgres-service"),
        ("postgresql://u:p@postgres-service.finrisk-ai.svc:5432/d", "postgres-service"),
        ("http://finrisk-api-service.finrisk-ai", "finrisk-api-service"),
        ("postgresql://u:p@10.1.2.3/d", ""),
        ("postgresql://u:p@db.example.com/d", ""),
        ("postgresql://u:p@postgres-service.other/d", ""),
        ("http://127.0.0.1:8000", ""),
        ("http://localhost:8000", ""),
        ("postgresql://u:p@pg-0:5432,pg-1:5432/d", ""),
        ("postgresql://u:p@pg-0,pg-1/d", ""),
        ("postgresql://u:p@pg-0,pg-1:5432/d", ""),
        ("postgresql://u:p@postgres-service:none/d", ""),
    ],
)
def test_only_a_service_of_the_namespace_is_reached_by_port_forward(url: str, service: str) -> None:
    assert port_forward.service_of(url, "finrisk-ai") == service
    if not service:
        with port_forward.reachable(Cluster(Access("", "staging", "finrisk-ai")), url) as lent:
            assert lent == url, "nobody is asked"


def lease(identity: str = "me@here/1", renewed: str = "2026-01-01T00:00:00.000000Z") -> dict[str, Any]:
    return {"spec": {"holderIdentity": identity, "renewTime": renewed, "leaseDurationSeconds": 30}}


def test_a_lease_is_held_until_it_is_given_back_or_not_renewed() -> None:
    renewed = kube_lease.moment("2026-01-01T00:00:00.000000Z")
    holder = kube_lease.holder_of(lease(), renewed + 29)
    assert holder is not None
    assert holder.who == "me@here/1"
    assert kube_lease.holder_of(lease(), renewed + 31) is None
    assert kube_lease.holder_of(lease(identity=""), renewed) is None
    assert kube_lease.holder_of(None, renewed) is None


class Answering:
    """An API server that knows one Lease."""

    namespace = "finrisk-ai"

    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held

    def find(self, _path: str) -> dict[str, Any]:
        return self.held


def signed(by: str, why: str, **more: Any) -> dict[str, Any]:
    held = lease(identity=by)
    values = {"identity": by, "who": by, "machine": "m", "pid": 1, "start_time": 1, "since": "T", "why": why}
    held["metadata"] = {"annotations": {kube_lease.HOLDER: json.dumps(values | more)}}
    return held


def held_by_me() -> tuple[Any, kube_lease.Holder]:
    me = kube_lease.Holder("me@here/1", "me@here", "m", 1, 1, "T", "deploy")
    return Answering(signed("me@here/1", "deploy")), me


def test_a_run_that_a_rollback_took_over_from_learns_who_and_why_before_it_writes() -> None:
    server, me = held_by_me()
    mine = kube_lease.Hold(server, me)
    mine.check()
    server.held = signed("on-call@home", "rollback to base", yields=False)
    with pytest.raises(
        LostError, match="taken over by on-call@home at T, rollback to base: it stopped and changes nothing"
    ):
        mine.check()
    server.held = signed("me@here/1", "deploy")
    with pytest.raises(LostError, match="taken over by on-call@home"):
        mine.check()


def test_a_lease_whose_hold_ended_without_being_given_back_names_who_broke_off() -> None:
    server = Answering(signed("root@vm", "deploy at 50"))
    server.server_time = lambda: kube_lease.moment(server.held["spec"]["renewTime"]) + 31  # type: ignore[attr-defined]
    holder, left = kube_lease.read(server)  # type: ignore[arg-type,unused-ignore]
    assert holder is None
    assert left is not None
    assert (left.who, left.why) == ("root@vm", "deploy at 50")
    server.held = lease(identity="")
    assert kube_lease.read(server) == (None, None)  # type: ignore[arg-type,unused-ignore]


def test_a_lease_that_could_not_be_renewed_in_time_counts_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the API server answers nobody, or the machine was asleep."""
    mine = kube_lease.Hold(*held_by_me())
    mine.check()
    began = time.clock_gettime(time.CLOCK_BOOTTIME)
    monkeypatch.setattr(time, "clock_gettime", lambda _: began + 31)
    with pytest.raises(LostError, match="could not be renewed for 30 s"):
        mine.check()


def test_the_lease_of_a_killed_process_of_this_machine_is_free_at_once() -> None:
    held = lease()
    signed = {
        "identity": "me@here/1",
        "who": "me@here",
        "machine": identity.machine(),
        "pid": 2**22 + 1,
        "start_time": 1,
        "since": "now",
        "why": "deploy",
    }
    held["metadata"] = {"annotations": {kube_lease.HOLDER: json.dumps(signed)}}
    renewed = kube_lease.moment(held["spec"]["renewTime"])
    assert kube_lease.holder_of(held, renewed + 1) is None
    signed["machine"] = "another"
    held["metadata"]["annotations"][kube_lease.HOLDER] = json.dumps(signed)
    holder = kube_lease.holder_of(held, renewed + 1)
    assert holder is not None
    assert (holder.who, holder.why) == ("me@here", "deploy")
