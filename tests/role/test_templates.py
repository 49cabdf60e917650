"""The rendered objects of every environment: valid, restricted, labelled, free of secrets, as reviewed."""

from __future__ import annotations

import functools
import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from finrisk.http.intake import FAREWELL
from finrisk.settings import POD_KEYS, Settings
from tests.grounds.network_policy import End, Outside, Pod, allowed, selects
from tests.grounds.rendering import (
    ENVIRONMENTS,
    GOLDEN,
    OFF,
    OTHER_CHOICES,
    SECRETS,
    golden_text,
    off,
    rendered_text,
)
from tests.grounds.repository import REPOSITORY

KUBERNETES = "1.36"
CLUSTERS = ("staging", "production")
SITES = (*CLUSTERS, "other choices")
OUR_OWN = "finrisk-ai"

Manifest = dict[str, Any]


@functools.cache
def texts(site: str) -> dict[str, str]:
    if site == "other choices":
        return rendered_text("production", **OTHER_CHOICES)
    if site == "long answers":
        return rendered_text("staging", finrisk_request_deadline_seconds=119.5)
    return rendered_text(site)


def manifests(site: str) -> dict[str, Manifest]:
    return {name: yaml.safe_load(text) for name, text in texts(site).items()}


def pods(site: str) -> Iterator[tuple[str, Manifest]]:
    """The pod templates of a site by the names of their templates."""
    for name, manifest in manifests(site).items():
        spec = manifest.get("spec") or {}
        spec = spec["jobTemplate"]["spec"] if manifest["kind"] == "CronJob" else spec
        if "template" in spec:
            yield name, spec["template"]


def container(site: str, name: str = "deployment") -> Manifest:
    held: Manifest = manifests(site)[name]["spec"]["template"]["spec"]["containers"][0]
    return held


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


def test_the_service_keeps_its_old_name_and_port_and_shows_the_ops_port() -> None:
    service = manifests("staging")["service"]
    named = {port["name"]: port["containerPort"] for port in container("staging")["ports"]}
    assert service["metadata"]["name"] == "finrisk-api-service"
    assert {port["port"]: named[port["targetPort"]] for port in service["spec"]["ports"]} == {
        80: 8000,
        9090: 9090,
    }


def graceful_timeout(settings: dict[str, str], folder: Path) -> int:
    """Seconds that Gunicorn gives a worker to end, by its own configuration under these settings."""
    given = {"FINRISK_VAR_DIR": str(folder), "REQUEST_DEADLINE_SECONDS": settings["REQUEST_DEADLINE_SECONDS"]}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in given.items():
            patched.setenv(name, value)
        held = runpy.run_path(str(REPOSITORY / "app" / "gunicorn.conf.py"))
    return int(held["graceful_timeout"])


@pytest.mark.parametrize("site", [*SITES, "long answers"])
def test_a_roll_out_loses_no_request(site: str, tmp_path: Path) -> None:
    """A pod that goes first waits until clients know, then answers what it took on; never one pod fewer."""
    objects = manifests(site)
    deployment, settings, held = objects["deployment"]["spec"], objects["configmap"]["data"], container(site)
    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": "100%"}
    assert deployment["progressDeadlineSeconds"] > held["startupProbe"]["failureThreshold"]
    hook = " ".join(held["lifecycle"]["preStop"]["exec"]["command"])
    pause = int(re.search(r"; sleep (\d+)$", hook)[1])  # type: ignore[index]  # fails without
    (folder,) = (entry["value"] for entry in held["env"] if entry["name"] == "FINRISK_VAR_DIR")
    assert f"touch {folder}/{FAREWELL};" in hook
    graceful = graceful_timeout(settings, tmp_path)
    assert pause >= 5
    assert graceful >= float(settings["REQUEST_DEADLINE_SECONDS"])
    assert pause + graceful < deployment["template"]["spec"]["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("site", SITES)
def test_probes_ask_the_ops_port_and_a_busy_pod_is_not_killed(site: str) -> None:
    held = container(site)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert held[probe]["httpGet"]["port"] == "ops"
    liveness = held["livenessProbe"]
    assert liveness["httpGet"]["path"] == "/healthz"
    assert liveness["periodSeconds"] * liveness["failureThreshold"] >= 60
    assert held["startupProbe"]["periodSeconds"] == 1


def test_the_number_of_pods_belongs_to_the_autoscaler_or_to_the_deployment_never_to_both() -> None:
    for site in SITES:
        objects = manifests(site)
        assert ("hpa" in objects) != ("replicas" in objects["deployment"]["spec"]), site
    assert {"hpa" in manifests(site) for site in SITES} == {True, False}
    autoscaler = manifests("production")["hpa"]["spec"]
    assert autoscaler["minReplicas"] >= 2
    assert autoscaler["scaleTargetRef"]["name"] == manifests("production")["deployment"]["metadata"]["name"]


@pytest.mark.parametrize("site", SITES)
def test_a_pod_gets_every_setting_from_exactly_one_place(site: str) -> None:
    """The keys of ConfigMap, Secret and credentials and the pod's own are the fields of the settings."""
    objects = manifests(site)
    held = container(site)
    own = {entry["name"] for entry in held["env"] if "value" in entry}
    credentials = {
        entry["name"]: entry["valueFrom"]["secretKeyRef"] for entry in held["env"] if "valueFrom" in entry
    }
    assert own == set(POD_KEYS)
    assert {name: reference["key"] for name, reference in credentials.items()} == {
        name: name for name in objects["credentials"]["stringData"]
    }
    keys = [*objects["configmap"]["data"], *objects["secret"]["stringData"], *credentials, *own]
    assert sorted(keys) == sorted(name.upper() for name in Settings.model_fields)
    names = [next(iter(entry.values()))["name"] for entry in held["envFrom"]]
    assert names == [objects["configmap"]["metadata"]["name"], objects["secret"]["metadata"]["name"]]


@pytest.mark.parametrize("site", SITES)
def test_files_lie_where_the_service_looks_for_them(site: str) -> None:
    held = container(site)
    values = {entry["name"]: entry.get("value") for entry in held["env"]}
    mounts = {mount["mountPath"]: mount for mount in held["volumeMounts"]}
    settings = Settings.model_construct(
        finrisk_var_dir=values["FINRISK_VAR_DIR"], finrisk_keys_file=values["FINRISK_KEYS_FILE"]
    )
    assert f"{values['FINRISK_VAR_DIR']}/journal" in mounts
    assert str(settings.keys_path) == "/etc/finrisk/api_keys.json"
    assert "subPath" not in mounts["/etc/finrisk"]  # such a mount would never see a changed key
    volumes = {
        volume["name"]: volume
        for volume in manifests(site)["deployment"]["spec"]["template"]["spec"]["volumes"]
    }
    assert volumes[mounts["/dev/shm"]["name"]]["emptyDir"]["medium"] == "Memory"
    assert volumes[mounts["/etc/finrisk"]["name"]]["secret"]["defaultMode"] == 0o440


def test_the_journal_is_a_claim_or_forgets_with_the_pod_as_chosen() -> None:
    def journal(site: str) -> Manifest:
        volumes = manifests(site)["deployment"]["spec"]["template"]["spec"]["volumes"]
        return next(volume for volume in volumes if volume["name"] == "journal")

    claim = manifests("production")["journal-claim"]
    assert journal("production")["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]  # all pods write to it
    assert "emptyDir" in journal("other choices")
    assert "journal-claim" not in texts("other choices")


@pytest.mark.parametrize("site", SITES)
def test_the_operators_role_allows_nothing_beyond_the_playbooks(site: str) -> None:
    rules = manifests(site)["role"]["rules"]
    assert not any("*" in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]] for rule in rules)
    allowed_resources = {resource for rule in rules for resource in rule["resources"]}
    assert not allowed_resources & {"roles", "rolebindings", "pods/exec", "serviceaccounts", "nodes"}
    assert "pods/portforward" in allowed_resources


def test_what_acts_by_itself_is_off_unless_it_is_asked_for_and_may_less_than_an_operator() -> None:
    assert not any(name.endswith("-act") for site in CLUSTERS for name in texts(site))
    objects = manifests("other choices")

    def rights(name: str) -> set[tuple[str, str, str]]:
        rules = objects[name]["rules"]
        return {
            (group, resource, verb)
            for rule in rules
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }

    assert rights("role-act") < rights("role")
    assert not {("batch", "jobs", "create"), ("apps", "deployments", "create")} & rights("role-act")
    [subject] = objects["rolebinding-act"]["subjects"]
    assert subject["name"] == objects["serviceaccount-act"]["metadata"]["name"]
    assert objects["rolebinding-act"]["roleRef"]["name"] == objects["role-act"]["metadata"]["name"]


def test_what_acts_by_itself_gets_the_variables_of_its_environment_and_can_only_go_down() -> None:
    objects = manifests("other choices")
    job = objects["cronjob-act"]["spec"]
    [held] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert job["concurrencyPolicy"] == "Forbid"
    assert [each["name"] for each in held["env"]] == ["DATABASE_URL"]
    own = yaml.safe_load((REPOSITORY / "ops" / "pod.yml").read_text("utf-8"))
    assert (own["finrisk_act"], own["finrisk_act_promote"], own["finrisk_offline"]) == (True, False, False)
    told = json.loads(objects["configmap-act"]["data"]["variables.json"])
    specs = yaml.safe_load((REPOSITORY / "roles/finrisk/meta/argument_specs.yml").read_text("utf-8"))
    options = specs["argument_specs"]["evaluate"]["options"]
    secret = {name for name, option in options.items() if option.get("no_log")}
    paths = {name for name, option in options.items() if option["type"] == "path"}
    assert told.keys() | own.keys() == options.keys() - secret
    assert not told.keys() & own.keys()
    assert paths <= own.keys()  # a path of another machine is none here
    assert (told["finrisk_environment"], told["finrisk_target"]) == ("production", "kubernetes")
    assert held["args"] == ["-e", "@/etc/finrisk/variables.json", "-e", "@ops/pod.yml"]


def test_a_drain_takes_one_pod_at_a_time_and_broken_ones_do_not_stop_it() -> None:
    budget = manifests("production")["pdb"]["spec"]
    assert (budget["maxUnavailable"], budget["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


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


API = Pod({"app": "finrisk-api"}, ports={"api": 8000, "ops": 9090})
POSTGRES = Pod({"app": "postgres"}, ports={"postgresql": 5432})
MIGRATION = Pod({"app": "finrisk-migration"})
ACT = Pod({"app": "finrisk-act"})
STRANGER = Pod({"app": "something"})
ELSEWHERE = Pod({"app": "finrisk-api"}, namespace="elsewhere")
CLIENT = Pod({"finrisk.io/client": "true"}, namespace="elsewhere")
INGRESS = Pod({"app": "traefik"}, namespace="ingress")
MONITORING = Pod({"app": "prometheus"}, namespace="monitoring")
DNS = Pod({"k8s-app": "kube-dns"}, namespace="kube-system")
API_SERVER = Outside("10.0.0.1")
GOOGLE = Outside("142.250.74.10")
METADATA = Outside("169.254.169.254")
MANAGED_DATABASE = Outside("10.20.0.7")


def policies(site: str) -> list[Manifest]:
    return [held for held in manifests(site).values() if held["kind"] == "NetworkPolicy"]


@pytest.mark.parametrize(
    ("site", "source", "target", "port", "open_"),
    [
        ("staging", INGRESS, API, 8000, True),
        ("staging", CLIENT, API, 8000, True),
        ("staging", MONITORING, API, 9090, True),
        ("staging", MONITORING, API, 8000, False),
        ("staging", INGRESS, API, 9090, False),
        ("staging", CLIENT, API, 9090, False),
        ("staging", ELSEWHERE, API, 8000, False),
        ("staging", STRANGER, API, 8000, False),
        ("staging", Outside("198.51.100.4"), API, 8000, False),
        ("staging", API, API, 8000, False),
        ("staging", API, POSTGRES, 5432, True),
        ("staging", MIGRATION, POSTGRES, 5432, True),
        ("staging", STRANGER, POSTGRES, 5432, False),
        ("staging", ELSEWHERE, POSTGRES, 5432, False),
        ("staging", INGRESS, POSTGRES, 5432, False),
        ("staging", API, POSTGRES, 22, False),
        ("staging", POSTGRES, GOOGLE, 443, False),
        ("staging", POSTGRES, API, 8000, False),
        ("staging", API, GOOGLE, 443, True),
        ("staging", API, GOOGLE, 80, False),
        ("staging", MIGRATION, GOOGLE, 443, False),
        ("staging", API, API_SERVER, 443, False),
        ("staging", API, METADATA, 443, False),
        ("staging", API, MANAGED_DATABASE, 5432, False),
        ("staging", STRANGER, GOOGLE, 443, False),
        ("production", API, MANAGED_DATABASE, 5432, True),
        ("production", MIGRATION, MANAGED_DATABASE, 5432, True),
        ("production", MIGRATION, Outside("10.20.1.7"), 5432, False),
        ("production", API, Outside("10.20.1.7"), 5432, False),
        ("production", API, MANAGED_DATABASE, 443, False),
        ("other choices", INGRESS, API, 8000, False),
        ("other choices", MONITORING, API, 9090, False),
        ("other choices", API, POSTGRES, 5432, True),
        ("other choices", ACT, API_SERVER, 443, True),
        ("other choices", ACT, GOOGLE, 80, False),
        ("other choices", ACT, POSTGRES, 5432, False),  # through the API server
        ("other choices", API, ACT, 443, False),
        ("staging", ACT, API_SERVER, 443, False),
        ("other choices", API, Pod({"app": "gemini"}), 8080, False),  # gemini itself takes nothing by default
    ],
)
def test_only_the_ways_that_are_used_are_open(
    site: str, source: End, target: End, port: int, open_: bool
) -> None:
    assert allowed(policies(site), source, target, port) is open_


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("source", [API, MIGRATION])
def test_names_are_looked_up_at_the_clusters_own_dns_alone(site: str, source: Pod) -> None:
    for protocol in ("UDP", "TCP"):
        assert allowed(policies(site), source, DNS, 53, protocol)
        assert not allowed(policies(site), source, Outside("8.8.8.8"), 53, protocol)


def test_without_the_default_policy_a_stranger_would_get_through() -> None:
    weaker = [held for held in policies("staging") if held["metadata"]["name"] != "finrisk-default-deny"]
    assert allowed(weaker, STRANGER, GOOGLE, 443)
    assert not allowed(policies("staging"), STRANGER, GOOGLE, 443)


def test_an_additional_way_out_is_open_as_far_as_the_service_is_concerned() -> None:
    other = Pod({"app": "gemini"}, namespace=OUR_OWN)
    of_the_service = [held for held in policies("other choices") if held["metadata"]["name"] == "finrisk-api"]
    assert allowed(of_the_service, API, other, 8080)
    assert not allowed(of_the_service, API, other, 8081)
