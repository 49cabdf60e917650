"""Whose the fields of a Deployment are, by managedFields as an API server keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from finrisk_ops.kube import deployment
from finrisk_ops.kube.objects import DriftError

BODY: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "finrisk-api"},
    "spec": {
        "replicas": 2,
        "template": {
            "metadata": {"labels": {"app": "finrisk-api"}},
            "spec": {
                "containers": [
                    {"name": "api", "image": "app:1", "env": [{"name": "A", "value": "b"}]},
                ]
            },
        },
    },
}
CONTAINER = 'k:{"name":"api"}'


def live(manager: str, fields: dict[str, Any], **spec: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"manager": manager, "operation": "Update", "time": "2026-01-01T00:00:00Z"}
    entry |= {"fieldsV1": {"f:spec": fields}}
    metadata = {"name": "finrisk-api", "resourceVersion": "7", "managedFields": [entry]}
    return {"metadata": metadata, "spec": BODY["spec"] | spec}


def in_container(**fields: Any) -> dict[str, Any]:
    held = {".": {}, **{f"f:{name}": value for name, value in fields.items()}}
    return {"f:template": {"f:spec": {"f:containers": {CONTAINER: held}}}}


def others(held: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(each.drift.field, each.added) for each in deployment.of_others(held, BODY)]


ROOT = '.spec.template.spec.containers[name="api"]'


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (in_container(image={}), [(f"{ROOT}.image", False)]),
        (
            in_container(env={'k:{"name":"B"}': {".": {}, "f:name": {}, "f:value": {}}}),
            [(f'{ROOT}.env[name="B"]', True)],
        ),
        (in_container(env={'k:{"name":"A"}': {"f:value": {}}}), [(f'{ROOT}.env[name="A"].value', False)]),
        (in_container(tty={}), [(f"{ROOT}.tty", True)]),
        ({"f:template": {"f:metadata": {"f:annotations": {"f:theirs": {}}}}}, []),
        ({"f:minReadySeconds": {}}, []),
    ],
)
def test_what_others_wrote_into_the_pods_is_told_and_their_annotations_are_left_alone(
    fields: dict[str, Any], told: list[tuple[str, bool]]
) -> None:
    assert others(live("kubectl-edit", fields)) == told
    assert others(live("finrisk-replicas", fields)) == []


def test_a_deployment_that_somebody_paused_is_told() -> None:
    assert others(live("kubectl", {"f:paused": {}}, paused=True)) == [(".spec.paused", True)]
    assert others(live("kubectl", {"f:paused": {}})) == [], "it goes on again"


class Answers:
    """A cluster that holds one Deployment, takes everything, and takes note of it."""

    namespace = "finrisk-ai"

    def __init__(self, held: dict[str, Any]) -> None:
        self.held, self.sent = held, list[Any]()

    def find(self, _path: str) -> dict[str, Any]:
        return self.held

    def request(
        self, method: str, _path: str, body: Any, query: dict[str, str], patch: str
    ) -> dict[str, Any]:
        if "dryRun" not in query:
            self.sent.append((patch, body, query))
        return {"kind": "Deployment", "metadata": {"name": "finrisk-api"}, "spec": BODY["spec"]} | {
            "sent": method
        }


def test_the_number_of_pods_is_handed_over_in_the_deployment_as_it_was_read_alone() -> None:
    held = live("finrisk", {"f:replicas": {}})
    held["metadata"]["managedFields"][0]["operation"] = "Apply"
    answers: Any = Answers(held)
    autoscaled = BODY | {"spec": {key: value for key, value in BODY["spec"].items() if key != "replicas"}}
    deployment.apply(answers, autoscaled, check=False)
    assert answers.sent[0][1]["metadata"] == {"name": "finrisk-api", "resourceVersion": "7"}


def test_an_addition_stops_a_release_and_is_removed_when_it_is_taken_back() -> None:
    fields = in_container(env={'k:{"name":"B"}': {".": {}, "f:name": {}}})
    answers: Any = Answers(live("kubectl-edit", fields))
    with pytest.raises(DriftError, match=r'env\[name="B"\] \(by kubectl-edit, 2026-01-01'):
        deployment.apply(answers, BODY, check=False)
    assert answers.sent == []
    assert deployment.apply(answers, BODY, check=True, takes_back=True).changed
    assert answers.sent == []
    done = deployment.apply(answers, BODY, check=False, force=True)
    assert [str(each) for each in done.taken_back] == [
        f'{ROOT}.env[name="B"] (by kubectl-edit, 2026-01-01T00:00:00Z)'
    ]
    kind, patch, _ = answers.sent[0]
    changes = {each["path"]: each["value"] for each in patch}
    assert kind == "json"
    assert changes["/metadata/resourceVersion"] == "7", "or somebody changed it again meanwhile"
    assert changes["/metadata/managedFields"] == []
    assert changes["/spec/template"]["spec"] == BODY["spec"]["template"]["spec"]
