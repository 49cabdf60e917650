"""Settings, templates and inventory variables mean the same keys (docs/settings.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from jinja2.meta import find_undeclared_variables

from finrisk.settings import POD_KEYS, Settings
from tests.grounds.repository import REPOSITORY, ROLE

SECTIONS = {"configmap": "data", "secret": "stringData", "credentials": "stringData"}
TRAFFIC = {"ENABLE_FINETUNING", "ENABLE_AB_TESTING", "AB_TEST_TRAFFIC_SPLIT", "AB_EXPERIMENT"}
"""Written by deploy and rollback alone: no inventory variable."""


def rendered(name: str) -> dict[str, str]:
    """Return the keys of a template with, as their values, the variables that they are rendered from."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  YAML, as Ansible renders it
    environment.filters["to_json"] = lambda value, **_: f'"{value}"'
    source = (REPOSITORY / "templates" / f"{name}.yml.j2").read_text("utf-8")
    variables = find_undeclared_variables(environment.parse(source))
    text = environment.from_string(source).render({variable: variable for variable in variables})
    held: dict[str, str] = yaml.safe_load(text)[SECTIONS[name]]
    return held


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def config_map() -> dict[str, str]:
    return rendered("configmap")


def test_every_key_of_a_template_is_a_setting_and_the_reverse() -> None:
    in_templates = [key for name in SECTIONS for key in rendered(name)]
    fields = {key.upper() for key in Settings.model_fields}
    assert sorted(in_templates) == sorted(set(in_templates)), "a key stands in two templates"
    assert set(in_templates) == fields - set(POD_KEYS)


def test_what_a_pod_knows_by_itself_is_a_setting() -> None:
    assert set(POD_KEYS) <= {key.upper() for key in Settings.model_fields}


def test_a_config_map_key_is_rendered_from_the_variable_of_its_name(config_map: dict[str, str]) -> None:
    for key in config_map.keys() - TRAFFIC:
        assert config_map[key].lower() == f"finrisk_{key.lower()}", key


def test_the_traffic_keys_are_rendered_from_no_variable(config_map: dict[str, str]) -> None:
    assert {key: config_map[key] for key in TRAFFIC} == {
        "ENABLE_FINETUNING": "false",
        "ENABLE_AB_TESTING": "false",
        "AB_TEST_TRAFFIC_SPLIT": "0",
        "AB_EXPERIMENT": "",
    }


@pytest.mark.parametrize("template", ["secret", "credentials"])
def test_a_template_of_secrets_holds_no_value(template: str) -> None:
    assert set(rendered(template).values()) == {""}


def test_every_variable_of_the_config_map_has_a_default_and_is_checked(config_map: dict[str, str]) -> None:
    variables = {f"finrisk_{key.lower()}" for key in config_map.keys() - TRAFFIC}
    assert variables <= yaml_of(ROLE / "defaults" / "main.yml").keys()
    specs = yaml_of(ROLE / "meta" / "argument_specs.yml")["argument_specs"]
    for entry in ("site", "deploy", "rollback"):
        assert variables <= specs[entry]["options"].keys(), entry


def test_the_credentials_that_the_role_fills_in_are_those_of_the_template() -> None:
    filled = yaml_of(ROLE / "vars" / "main.yml")["__finrisk_credentials"]
    assert filled.keys() == rendered("credentials").keys()


def test_the_role_defaults_are_the_defaults_of_the_service(config_map: dict[str, str]) -> None:
    defaults = yaml_of(ROLE / "defaults" / "main.yml")
    for key in config_map.keys() - TRAFFIC:
        given = defaults[f"finrisk_{key.lower()}"]
        if isinstance(given, str) and "{{" in given:
            continue  # taken from the environment or from another variable
        assert given == Settings.model_fields[key.lower()].default, key
