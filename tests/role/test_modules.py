"""Every module of the role: its documentation is true and whole, and it keeps secrets to itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import locks
from finrisk_ops.process.target import ProcessTarget
from tests.grounds.modules import load, run_module
from tests.grounds.modules_page import MODULES, PAGE, documentation, page
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert, row
from tests.grounds.wire import Wire

_SECRET_NAMES = ("key", "password", "database_url", "secret_values")


class _Seen(Exception):  # noqa: N818 - not an error: it carries the argument spec out of main()
    pass


def arguments(name: str) -> dict[str, Any]:
    """Return the argument spec that a module gives to Ansible."""

    def see(_: object, argument_spec: dict[str, Any], **__: Any) -> None:
        raise _Seen(argument_spec)

    module = load(name)
    module.run = see  # type: ignore[attr-defined]
    with pytest.raises(_Seen) as seen:
        module.main()
    spec: dict[str, Any] = seen.value.args[0]
    return spec


_SAID = ("type", "required", "default", "choices", "elements")
"""What documentation and argument spec both say of an option."""


def documented(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a documentation in the form of an argument spec."""
    spec = {}
    for name, option in options.items():
        assert option["description"], name
        spec[name] = {key: option[key] for key in _SAID if key in option}
        if "suboptions" in option:
            spec[name]["options"] = documented(option["suboptions"])
    return spec


def specified(given: dict[str, Any]) -> dict[str, Any]:
    """Return an argument spec without what a documentation does not say."""
    spec = {}
    for name, option in given.items():
        spec[name] = {key: option[key] for key in _SAID if key in option}
        if "options" in option:
            spec[name]["options"] = specified(option["options"])
    return spec


@pytest.mark.parametrize("name", MODULES)
def test_ansible_doc_shows_every_option_of_a_module_as_it_is(name: str) -> None:
    said = documentation()[name]
    assert documented(said["doc"].get("options", {})) == specified(arguments(name))
    assert said["doc"]["short_description"]
    assert said["doc"]["version_added"]
    assert {"check_mode", "diff_mode"} <= set(said["doc"]["attributes"])
    assert all(name in task for task in yaml.safe_load(said["examples"]))
    assert all(value["description"] for value in said["return"].values())


@pytest.mark.parametrize("name", MODULES)
def test_what_a_documentation_names_is_there(name: str) -> None:
    said = documentation()[name]
    text = json.dumps(said)
    options = {each.partition("=")[0] for each in re.findall(r"\bO\(([^)]+)\)", text)}
    assert {each.partition(".")[0] for each in options} <= set(arguments(name))
    assert set(re.findall(r"\bRV\((\w+)", text)) <= set(said["return"])
    assert set(re.findall(r"\bM\((\w+)\)", text)) <= set(MODULES)
    assert not re.findall(r"\bI\([^)]*\)", text), "O() names an option, RV() a result"


def test_the_page_of_the_modules_is_what_make_docs_writes() -> None:
    assert PAGE.read_text("utf-8") == page(), "run make docs, then look at git diff docs/modules.md"


@pytest.mark.parametrize("name", MODULES)
def test_an_option_that_carries_a_secret_is_never_logged(name: str) -> None:
    for option, spec in arguments(name).items():
        if option in _SECRET_NAMES or option.endswith(("_key", "_password")):
            assert spec.get("no_log"), option


PROCESS = {"process": {"var_dir": "/nonexistent", "repository": "/nonexistent"}}
CLUSTER = {"kubernetes": {"kubeconfig": "/nonexistent", "context": "none", "namespace": "finrisk"}}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({}, "one of the following is required: process, kubernetes found in place"),
        (PROCESS | CLUSTER, "mutually exclusive: process|kubernetes found in place"),
        ({"process": {"var_dir": "/nonexistent"}}, "repository found in place -> process"),
        ({"kubernetes": {"context": "none"}}, "namespace found in place -> kubernetes"),
        (PROCESS | {"cloud": {}}, "place.cloud. Supported parameters include: kubernetes, process"),
    ],
)
@pytest.mark.parametrize("name", ["finrisk_release_info", "finrisk_deployment_plan"])
def test_a_place_is_a_process_or_a_cluster(name: str, place: dict[str, Any], said: str) -> None:
    options: dict[str, Any] = {"place": place}
    if name == "finrisk_deployment_plan":
        options |= {"output_dir": "/nonexistent", "running": {}, "base_model": "m", "gate_rules": {}}
    refused = run_module(name, options)
    assert said in refused["msg"]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("finrisk_permissions_info", {"objects": [], "place": PROCESS}, "on kubernetes alone"),
        ("finrisk_service", {"place": CLUSTER}, "on process alone"),
        ("finrisk_schema", {"database_url": "postgresql://h/d", "place": CLUSTER}, "job is missing"),
        ("finrisk_release", {"config_map": {}, "secret": {}, "place": CLUSTER}, "deployment is missing"),
    ],
)
def test_what_a_place_cannot_do_or_still_needs_is_one_sentence(
    name: str, options: dict[str, Any], said: str
) -> None:
    refused = run_module(name, options)
    assert refused["failed"]
    assert said in refused["msg"]
    assert "exception" not in refused


def test_the_export_module_announces_writes_and_then_keeps(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 3)
    options: dict[str, Any] = {
        "database_url": database_url,
        "output_dir": str(tmp_path / "out"),
        "environment_name": "test",
        "min_examples": 2,
    }
    announced = run_module("finrisk_export", options, check=True)
    assert announced["changed"]
    assert not (tmp_path / "out").exists()
    written = run_module("finrisk_export", options)
    assert (written["changed"], written["sha256"]) == (True, announced["sha256"])
    kept = run_module("finrisk_export", options)
    assert (kept["changed"], kept["raw_file"]) == (False, written["raw_file"])
    assert announced["diff"]["after"].splitlines()[0].endswith("3 examples")
    failed = run_module("finrisk_export", options | {"min_examples": 4})
    assert failed["failed"]
    assert failed["missing_examples"] == 1


def test_the_prepare_module_writes_once(tmp_path: Path) -> None:
    raw = tmp_path / "mine.json"
    raw.write_text("\n".join(json.dumps(row(number)) for number in range(30)))
    options: dict[str, Any] = {"raw_file": str(raw), "output_dir": str(tmp_path / "out")}
    announced = run_module("finrisk_prepare", options, check=True)
    assert announced["changed"]
    assert not (tmp_path / "out").exists()
    written = run_module("finrisk_prepare", options)
    assert (written["changed"], written["valid"]) == (True, 30)
    assert not run_module("finrisk_prepare", options)["changed"]
    failed = run_module("finrisk_prepare", {"output_dir": str(tmp_path)})
    assert "run playbooks/export.yml first" in " ".join(failed["msg"].split())


def test_a_refusal_that_can_be_recorded_nowhere_is_told_all_the_same(tmp_path: Path) -> None:
    nowhere = {"kubernetes": {"kubeconfig": str(tmp_path / "none"), "context": "", "namespace": "n"}}
    record = {"environment_name": "e", "action": "deploy"}
    given = {"database_url": "postgresql://h/d", "job": {}, "place": nowhere, "record": record}
    assert "there is no kubeconfig" in run_module("finrisk_schema", given)["msg"]


@pytest.mark.parametrize(
    ("action", "why"),
    [("site", "site.yml at 0 % tuned, 100 % base"), ("deploy", "deploy at 0 % tuned, 100 % base")],
)
def test_a_release_holds_its_lock_by_the_name_of_its_playbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, why: str
) -> None:
    def locked(_: ProcessTarget, said: str, **_takes_over: bool) -> None:
        raise FinriskError(f"held for: {said}")

    monkeypatch.setattr(ProcessTarget, "locked", locked)
    given = {
        "config_map": {"kind": "ConfigMap", "data": {}},
        "secret": {"kind": "Secret", "stringData": {}},
        "action": action,
        "place": {"process": {"var_dir": str(tmp_path), "repository": str(tmp_path)}},
    }
    assert run_module("finrisk_release", given)["msg"].startswith(f"held for: {why}")


def test_another_user_hash_key_needs_force_while_the_tuned_model_has_users(tmp_path: Path) -> None:
    def write(key: str, ratio: int, force: bool = False) -> dict[str, Any]:
        given = {
            "secret": {"kind": "Secret", "stringData": {"USER_HASH_KEY": ""}},
            "secret_values": {"USER_HASH_KEY": key},
            "client_keys": [],
            "running_ratio": ratio,
            "force_conflicts": force,
            "place": {"process": {"var_dir": str(tmp_path), "repository": str(tmp_path)}},
        }
        return run_module("finrisk_credentials", given)

    (tmp_path / "credentials.json").write_text('{"stri')
    assert write("first", 0)["changed"], "what cannot be read holds no key"
    with locks.file(tmp_path / "release.lock", "deploy at 50"):
        assert "another release is under way" in write("second", 0)["msg"]
    before = (tmp_path / "credentials.json").read_bytes()
    refused = write("second", 25)
    assert refused["failed"]
    assert "USER_HASH_KEY is not the one in use, and 25 % of the users have the tuned model" in refused["msg"]
    assert (tmp_path / "credentials.json").read_bytes() == before
    assert not write("first", 25)["changed"]
    assert write("second", 25, force=True)["changed"]
    assert write("third", 0)["changed"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/account.json"}, "GOOGLE_APPLICATION_CREDENTIALS="),
        ({"WORKERS": "-1", "REDACTION_NAMES": "Jane Roe"}, "WORKERS='-1'"),
        ({"REDACTION_NAMES": "Jane Roe"}, ""),
    ],
)
def test_other_credentials_are_written_when_the_service_can_use_them(
    tmp_path: Path, ground: Wire, changes: dict[str, str], reason: str
) -> None:
    def write(check: bool, **given: str) -> dict[str, Any]:
        values = {"USER_HASH_KEY": "ab" * 32, "GOOGLE_APPLICATION_CREDENTIALS": "", "REDACTION_NAMES": ""}
        settings = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "us-central1", "WORKERS": "2"}
        options = {
            "secret": {"kind": "Secret", "stringData": dict.fromkeys(values, "")},
            "secret_values": {name: given.get(name, value) for name, value in values.items()},
            "config_map": {"data": {name: given.get(name, value) for name, value in settings.items()}},
            "client_keys": [],
            "place": {"process": {"var_dir": str(tmp_path), "repository": str(REPOSITORY)}},
        }
        return run_module("finrisk_credentials", options, check=check)

    account = str(ground.credentials_file)
    assert write(False, GOOGLE_APPLICATION_CREDENTIALS=account)["changed"]
    held = (tmp_path / "credentials.json").read_bytes()
    given = {"GOOGLE_APPLICATION_CREDENTIALS": account} | changes
    for check in (True, False):
        result = write(check, **given)
        assert result.get("changed", False) is not bool(reason), result
        assert reason in result.get("msg", "")
    assert ((tmp_path / "credentials.json").read_bytes() == held) is bool(reason)
