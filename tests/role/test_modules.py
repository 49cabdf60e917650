"""Every module of the role: its documentation says what it takes, and it keeps secrets to itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grounds.modules import load, run_module
from tests.grounds.repository import ROLE
from tests.grounds.training_rows import insert, row

MODULES = sorted(path.stem for path in (ROLE / "library").glob("finrisk_*.py"))
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


def documented(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a documentation in the form of an argument spec."""
    spec = {}
    for name, option in options.items():
        assert option["description"], name
        kept = {
            key: option[key]
            for key in ("type", "required", "default", "choices", "elements")
            if key in option
        }
        if "suboptions" in option:
            kept["options"] = documented(option["suboptions"])
        spec[name] = kept
    return spec


def specified(given: dict[str, Any]) -> dict[str, Any]:
    """Return an argument spec without what a documentation does not say."""
    spec = {}
    for name, option in given.items():
        kept = {
            key: option[key]
            for key in ("type", "required", "default", "choices", "elements")
            if key in option
        }
        kept.setdefault("type", "str")
        if not kept.get("required", True):
            del kept["required"]
        if "options" in option:
            kept["options"] = specified(option["options"])
        spec[name] = kept
    return spec


@pytest.mark.parametrize("name", MODULES)
def test_a_modules_documentation_and_its_arguments_say_the_same(name: str) -> None:
    module = load(name)
    documentation = yaml.safe_load(module.DOCUMENTATION)
    assert documentation["module"] == name
    assert documentation["short_description"]
    assert {"check_mode", "diff_mode"} <= set(documentation["attributes"])
    assert documented(documentation.get("options", {})) == specified(arguments(name))
    assert all(name in task for task in yaml.safe_load(module.EXAMPLES))
    assert all(value["description"] for value in yaml.safe_load(module.RETURN).values())


@pytest.mark.parametrize("name", MODULES)
def test_an_option_that_carries_a_secret_is_never_logged(name: str) -> None:
    for option, spec in arguments(name).items():
        if option in _SECRET_NAMES or option.endswith(("_key", "_password")):
            assert spec.get("no_log"), option


def test_the_export_module_announces_writes_and_then_keeps(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 3)
    options: dict[str, Any] = {
        "database_url": database_url,
        "output_dir": str(tmp_path / "out"),
        "environment": "test",
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
    assert "run ansible-playbook playbooks/export.yml first" in " ".join(failed["msg"].split())
