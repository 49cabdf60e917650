"""The rendered objects of every environment: valid, restricted, labelled, free of secrets, as reviewed."""

from __future__ import annotations

import kubernetes_validate
import pytest

from tests.grounds.manifests import OUR_OWN, SITES, container, manifests, pods, texts
from tests.grounds.network_policy import selects
from tests.grounds.rendering import (
    ENVIRONMENTS,
    GOLDEN,
    OFF,
    SECRETS,
    golden_text,
    off,
    rendered_text,
)
from tests.grounds.repository import REPOSITORY

KUBERNETES = "1.36"


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, OFF])
def test_every_object_is_as_it_was_reviewed(environment: str) -> None:
    """After a change on purpose: make golden, then look at git diff tests/golden."""
    objects = (
        off({each: manifests(each) for each in ENVIRONMENTS})
        if environment == OFF
        else manifests(environment)
    )
    now = {name: golden_text(manifest) for name, manifest in objects.items()}
    reviewed = {path.stem: path.read_text() for path in (GOLDEN / environment).glob("*.yml")}
    assert sorted(now) == sorted(reviewed)
    for name, text in now.items():
        assert text == reviewed[name], name


@pytest.mark.parametrize("site", SITES)
def test_every_object_keeps_to_the_schema_of_its_kind(site: str) -> None:
    for manifest in manifests(site).values():
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_the_schema_check_notices_a_misspelled_field() -> None:
    broken = manifests("staging")["service"]
    broken["spec"]["selectors"] = broken["spec"].pop("selector")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, KUBERNETES, strict=True)


def test_every_template_is_rendered_somewhere() -> None:
    there = {path.name.removesuffix(".yml.j2") for path in (REPOSITORY / "templates").glob("*.yml.j2")}
    assert there == {name for site in SITES for name in texts(site)}


@pytest.mark.parametrize("site", SITES)
def test_every_object_names_its_namespace_and_carries_the_labels(site: str) -> None:
    for name, manifest in manifests(site).items():
        metadata = manifest["metadata"]
        if manifest["kind"] == "Namespace":
            assert metadata["name"] == OUR_OWN
        else:
            assert metadata["namespace"] == OUR_OWN, name
        assert metadata["labels"]["app"], name
        assert metadata["labels"]["app.kubernetes.io/part-of"] == "finrisk", name


@pytest.mark.parametrize("site", [*ENVIRONMENTS, "other choices"])
def test_no_rendered_object_holds_a_secret(site: str) -> None:
    for name, text in texts(site).items():
        assert "canary" not in text, name
    for name, manifest in manifests(site).items():
        if manifest["kind"] == "Secret":
            assert set(manifest["stringData"].values()) == {""}, name


def test_a_secret_in_a_template_would_be_seen() -> None:
    assert all("canary" in value for value in SECRETS.values())
    shown = rendered_text("production", finrisk_base_model="{{ finrisk_user_hash_key }}")
    assert "canary" in shown["configmap"]


@pytest.mark.parametrize("site", SITES)
def test_every_pod_keeps_to_the_restricted_level(site: str) -> None:
    """After https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
    found = list(pods(site))
    assert {name for name, _ in found} >= {"deployment", "migration-job"}
    for name, template in found:
        spec = template["spec"]
        assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & set(spec), name
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert {kind for volume in spec.get("volumes", []) for kind in volume if kind != "name"} <= {
            *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim"),
            *("projected", "secret"),
        }
        for held in [*spec["containers"], *spec.get("initContainers", [])]:
            security = held["securityContext"]
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert not security.get("privileged")
            assert not any("hostPort" in port for port in held.get("ports", []))


@pytest.mark.parametrize("site", SITES)
def test_the_namespace_lets_in_restricted_pods_alone(site: str) -> None:
    labels = manifests(site)["namespace"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"]


@pytest.mark.parametrize("site", SITES)
def test_no_pod_can_write_to_its_image_and_one_alone_talks_to_the_api_server(site: str) -> None:
    for name, template in pods(site):
        assert template["spec"]["automountServiceAccountToken"] is (name == "cronjob-act"), name
        assert template["spec"]["enableServiceLinks"] is False, name
        for held in template["spec"]["containers"]:
            assert held["securityContext"]["readOnlyRootFilesystem"] is True
            assert held["resources"]["limits"]["memory"], name
            assert set(held["resources"]["requests"]) == {"cpu", "memory"}, name
            assert "/tmp" in {mount["mountPath"] for mount in held["volumeMounts"]}, name
        known = {volume["name"] for volume in template["spec"]["volumes"]}
        known |= {"data"}  # of the StatefulSet's claim
        for held in template["spec"]["containers"]:
            assert {mount["name"] for mount in held["volumeMounts"]} <= known, name


@pytest.mark.parametrize("site", SITES)
def test_selectors_find_their_pods(site: str) -> None:
    objects = manifests(site)
    labels = {name: template["metadata"]["labels"] for name, template in pods(site)}
    for name in ("deployment", "postgres-statefulset"):
        if name in objects:
            assert selects(objects[name]["spec"]["selector"], labels[name])
    assert selects({"matchLabels": objects["service"]["spec"]["selector"]}, labels["deployment"])
    assert not selects({"matchLabels": objects["service"]["spec"]["selector"]}, labels["migration-job"])
    assert selects(objects["pdb"]["spec"]["selector"], labels["deployment"])
    if "postgres-service" in objects:
        selector = {"matchLabels": objects["postgres-service"]["spec"]["selector"]}
        assert selects(selector, labels["postgres-statefulset"])


@pytest.mark.parametrize("site", SITES)
def test_the_operators_role_allows_nothing_beyond_the_playbooks(site: str) -> None:
    rules = manifests(site)["role"]["rules"]
    assert not any("*" in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]] for rule in rules)
    allowed_resources = {resource for rule in rules for resource in rule["resources"]}
    assert not allowed_resources & {"roles", "rolebindings", "pods/exec", "serviceaccounts", "nodes"}
    assert "pods/portforward" in allowed_resources


def test_the_migration_job_is_named_after_the_newest_migration() -> None:
    newest = max(path.name for path in (REPOSITORY / "app/finrisk/db/migrations").glob("*.sql"))
    job = manifests("staging")["migration-job"]
    assert job["metadata"]["name"] == f"finrisk-migrate-{newest.partition('_')[0]}"
    assert container("staging", "migration-job")["args"] == ["migrate"]
    assert container("staging")["args"] == ["serve"]


def test_postgresql_keeps_the_names_that_people_know() -> None:
    objects = manifests("staging")
    port = objects["postgres-service"]["spec"]["ports"][0]["port"]
    assert (objects["postgres-service"]["metadata"]["name"], port) == ("postgres-service", 5432)
    assert objects["postgres-statefulset"]["spec"]["serviceName"] == "postgres-service"
    values = {
        entry["name"]: entry.get("value") for entry in container("staging", "postgres-statefulset")["env"]
    }
    assert (values["POSTGRES_USER"], values["POSTGRES_DB"]) == ("finrisk_user", "finrisk_db")
    assert "postgres-statefulset" not in texts("production")
