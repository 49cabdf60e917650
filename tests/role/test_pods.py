"""The rendered pods of the service: roll-outs, probes, settings, files, journal, and what acts by itself."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import yaml

from finrisk.http.intake import FAREWELL
from finrisk.settings import POD_KEYS, Settings
from tests.grounds.manifests import CLUSTERS, SITES, Manifest, container, manifests, texts
from tests.grounds.repository import REPOSITORY


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
