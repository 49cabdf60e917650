"""Releases on a real API server: what they write, what they leave alone, and who else wrote there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.release import keeping
from finrisk_ops.release.release import Outcome
from finrisk_ops.release.revision import make
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.failure import ClusterError
from tests.cluster import releases
from tests.cluster.releases import MODEL, Ground

UNDO = ("rollout", "undo", "deployment/finrisk-api")
SET_IMAGE = ("set", "image", "deployment/finrisk-api", "api=localhost/finrisk/by-hand:1")
SCALE = ("scale", "deployment/finrisk-api", "--replicas=2")


@pytest.fixture(scope="module")
def ground(node: Cluster, images: dict[str, str]) -> Iterator[Ground]:
    with releases.ground(node, images["app"], releases.objects(images["app"])) as made:
        yield made


@pytest.fixture
def quarter(ground: Ground) -> Outcome:
    """A quarter of the users on the tuned model, whatever was there before."""
    return ground.deploy(25, force_conflicts=True)


def test_a_release_is_two_immutable_objects_and_the_deployment_that_names_them(
    ground: Ground, quarter: Outcome
) -> None:
    name = quarter.revision.name
    config, secret = (
        ground.get("configmap", f"finrisk-config-{name}"),
        ground.get("secret", f"finrisk-secrets-{name}"),
    )
    labels = {"finrisk.io/revision": name, "finrisk.io/current": "true", "finrisk.io/proven": "true"}
    for held in (config, secret):
        assert held["immutable"] is True
        assert held["metadata"]["labels"].items() >= labels.items()
    told = json.loads(config["metadata"]["annotations"]["finrisk.io/release"])
    assert (told["model"], told["ratio"], told["image"]) == (MODEL, 25, ground.image)
    assert told["who"]
    assert told["when"]
    assert config["data"]["AB_TEST_TRAFFIC_SPLIT"] == "0.25"
    for held in (config, secret, ground.deployment):
        entries = held["metadata"]["managedFields"]
        assert ("finrisk", "Apply") in {(entry["manager"], entry["operation"]) for entry in entries}
    (container,) = ground.deployment["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [
        {"configMapRef": {"name": f"finrisk-config-{name}"}},
        {"secretRef": {"name": f"finrisk-secrets-{name}"}},
    ]
    assert ground.told() == {(name, 0.25)}
    with pytest.raises(ClusterError, match="field is immutable"):
        ground.kubectl("patch", "configmap", f"finrisk-config-{name}", "-p", '{"data":{"WORKERS":"9"}}')


def test_the_label_of_the_current_revision_moves_and_a_second_run_changes_nothing(
    ground: Ground, quarter: Outcome
) -> None:
    preview = ground.deploy(50, check=True)
    assert preview.changed
    assert ground.told() == {(quarter.revision.name, 0.25)}
    half = ground.deploy(50)
    assert half.revision.name == preview.revision.name, "a check announces what a run then does"
    assert ground.names("configmap", "finrisk.io/current=true") == {
        f"configmap/finrisk-config-{half.revision.name}"
    }
    assert ground.names("configmap", f"finrisk.io/proven=true,finrisk.io/revision={quarter.revision.name}")
    before = ground.deployment["metadata"]["resourceVersion"]
    assert not ground.deploy(50).changed
    assert not ground.deploy(50, check=True).changed
    assert ground.deployment["metadata"]["resourceVersion"] == before


def test_labels_and_annotations_of_others_are_left_alone(ground: Ground, quarter: Outcome) -> None:
    ground.kubectl("label", "deployment/finrisk-api", "team=risk")
    ground.kubectl("annotate", "deployment/finrisk-api", "example.com/pager=17")
    config = f"configmap/finrisk-config-{quarter.revision.name}"
    ground.kubectl("label", config, "team=risk")
    assert not ground.deploy(25).changed, "what FinRisk does not set is no drift"
    ground.deploy(50)
    metadata = ground.deployment["metadata"]
    assert metadata["labels"]["team"] == "risk"
    assert metadata["annotations"]["example.com/pager"] == "17"
    assert config in ground.names("configmap", "team=risk")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (SET_IMAGE, '.spec.template.spec.containers[name="api"].image'),
        (SCALE, ".spec.replicas"),
        (UNDO, '.spec.template.spec.containers[name="api"].envFrom'),
    ],
    ids=["set image", "scale", "rollout undo"],
)
def test_drift_stops_a_deploy_which_names_who_took_what(
    ground: Ground, command: tuple[str, ...], field: str
) -> None:
    if command == UNDO:
        ground.deploy(25, force_conflicts=True)  # what it goes back to
    half = ground.deploy(50, force_conflicts=True)
    ground.kubectl(*command)
    touched, there = ground.deployment["spec"], ground.names("configmap")
    for check in (True, False):
        with pytest.raises(FinriskError, match="Nothing was changed") as refused:
            ground.deploy(75, check=check)
        taken = {each["field"]: each for each in refused.value.detail["drift"]}
        assert taken[field]["manager"].startswith("kubectl")
        assert taken[field]["when"] or command == SCALE, "the server keeps no time of that one"
        assert "-e finrisk_force_conflicts=true" in refused.value.message
    assert ground.deployment["spec"] == touched
    assert ground.names("configmap") == there
    began = time.monotonic()
    forced = ground.deploy(50, force_conflicts=True)
    assert time.monotonic() - began < 30, "a pod that is told to end while it starts ends"
    assert forced.revision.digest == half.revision.digest
    assert ground.told() == {(forced.revision.name, 0.5)}
    assert ground.deployment["spec"]["replicas"] == 1
    assert not ground.deploy(50).changed, "what was taken back is FinRisk's again"


def edited(ground: Ground, kind: str, name: str, data: dict[str, str]) -> None:
    """Put another object in the place of an immutable one, as kubectl replace --force does."""
    held = ground.get(kind, name)
    metadata = {
        key: held["metadata"][key] for key in ("name", "labels", "annotations") if key in held["metadata"]
    }
    ground.kubectl("delete", kind, name)
    made = {"apiVersion": "v1", "kind": held["kind"], "metadata": metadata, "data": held["data"] | data}
    ground.kubectl("create", "-f", "-", stdin=json.dumps(made))


@pytest.mark.parametrize(
    "state",
    [
        "rollout undo",
        "set image",
        "scaled and paused",
        "ConfigMap edited",
        "every revision deleted",
        "Deployment deleted",
        "a variable of their own",
    ],
)
def test_rollback_takes_everybody_to_base_from_any_state(ground: Ground, state: str) -> None:
    if state == "rollout undo":
        ground.deploy(25, force_conflicts=True)  # what it goes back to
    half = ground.deploy(50, force_conflicts=True).revision.name
    if state == "rollout undo":
        ground.kubectl(*UNDO)
    elif state == "set image":
        ground.kubectl(*SET_IMAGE)
    elif state == "scaled and paused":
        ground.kubectl(*SCALE)
        ground.kubectl("rollout", "pause", "deployment/finrisk-api")
    elif state == "ConfigMap edited":
        edited(ground, "configmap", f"finrisk-config-{half}", {"MAX_OUTPUT_TOKENS": "1"})
    elif state == "every revision deleted":
        ground.kubectl("delete", "configmap,secret", "-l", "finrisk.io/revision")
    elif state == "Deployment deleted":
        ground.kubectl("delete", "deployment", "finrisk-api")
    else:  # which lets every pod crash-loop, and conflicts with nothing that FinRisk sets
        ground.kubectl("set", "env", "deployment/finrisk-api", "MAX_OUTPUT_TOKENS=none")
    announced = ground.roll_back(check=True)
    done = ground.roll_back()
    assert announced.changed
    assert announced.revision.name == done.revision.name
    assert done.revision.release.ratio == 0
    assert done.revision.settings["MAX_OUTPUT_TOKENS"] == "4096"
    assert ground.told() == {(done.revision.name, 0.0)}
    scaled = state == "scaled and paused"
    assert ground.deployment["spec"]["replicas"] == (2 if scaled else 1), "the number of pods stays"
    assert not ground.roll_back().changed
    if not scaled:
        assert ground.deploy(50, check=True).changed, "nothing is left that would stop the next deploy"


def test_a_named_revision_comes_back_with_the_objects_it_was_proven_with(
    ground: Ground, quarter: Outcome
) -> None:
    ground.deploy(50)
    back = ground.roll_back(quarter.revision.name)
    assert back.revision.name == quarter.revision.name
    assert ground.told() == {(quarter.revision.name, 0.25)}
    with pytest.raises(FinriskError, match=r"there is no revision 'r9999-00000000'; there are: "):
        ground.roll_back("r9999-00000000")


def test_old_revisions_go_once_no_replicaset_uses_them(ground: Ground, quarter: Outcome) -> None:
    ground.deploy(50)
    target = ground.target()
    left = []
    for ratio in (11, 12):  # made once, and forgotten by every ReplicaSet
        what = ground.rendered(ratio)
        made = make(what.config, what.secret, what.release, ratio - 10)
        target.store(made)
        left.append(made.name)
    replicasets = json.loads(ground.kubectl("get", "replicasets", "-o", "json"))["items"]
    used = {held["metadata"]["labels"]["finrisk.io/revision"] for held in replicasets}
    before = set(target.names())
    keeping.prune(target, newest=1)
    names = set(target.names())
    assert before >= {*left, quarter.revision.name}
    assert quarter.revision.name in used
    assert not names & set(left)
    assert names >= before & used
    kept = {name.removeprefix("secret/finrisk-secrets-") for name in ground.names("secret")}
    assert kept == {name.removeprefix("configmap/finrisk-config-") for name in ground.names("configmap")}


def test_a_half_deleted_revision_is_no_obstacle(ground: Ground, quarter: Outcome) -> None:
    what = ground.rendered(11)
    made = make(what.config, what.secret, what.release, 1)
    ground.target().store(made)
    ground.kubectl("delete", "configmap", f"finrisk-config-{made.name}")
    assert made.name in ground.target().names()
    assert not ground.deploy(25).changed
    assert quarter.revision.name == ground.target().current()
    keeping.prune(ground.target(), newest=1)
    assert made.name not in ground.target().names()


def test_a_copy_that_somebody_keeps_is_not_taken_for_the_revision(ground: Ground, quarter: Outcome) -> None:
    name = f"finrisk-config-{quarter.revision.name}"
    body = json.loads(ground.kubectl("get", "configmap", name, "-o", "json"))
    copy = {"name": f"{name}-kept", "labels": body["metadata"]["labels"]}
    ground.kubectl(
        "create", "-f", "-", stdin=json.dumps(body | {"metadata": copy, "data": {"EDITED": "yes"}})
    )
    names = {revision.name for revision in keeping.proven(ground.target())}
    assert quarter.revision.name in names
    ground.kubectl("delete", "configmap", copy["name"])


def test_a_half_written_revision_is_finished_under_its_own_number(ground: Ground, quarter: Outcome) -> None:
    what = ground.rendered(60)
    begun = make(what.config, what.secret, what.release, quarter.revision.number + 1)
    ground.target().store(begun)
    ground.kubectl("delete", "secret", f"finrisk-secrets-{begun.name}")
    assert ground.deploy(60).revision.name == begun.name
    assert ground.told() == {(begun.name, 0.6)}


def test_what_was_taken_back_goes_when_a_later_release_no_longer_has_it(ground: Ground) -> None:
    def with_variable(deployment: dict[str, Any]) -> None:
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        container["env"].append({"name": "OF_ONE_RELEASE", "value": "1"})

    ground.deploy(25, edit=with_variable, force_conflicts=True)
    ground.kubectl("set", "env", "deployment/finrisk-api", "OF_ONE_RELEASE=2")
    assert ground.deploy(25, edit=with_variable, force_conflicts=True).changed
    ground.deploy(25)
    (container,) = ground.deployment["spec"]["template"]["spec"]["containers"]
    assert "OF_ONE_RELEASE" not in {each["name"] for each in container["env"]}
