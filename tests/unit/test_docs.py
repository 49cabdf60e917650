"""The documentation is true: what operators can type stands in it, and what it names is there."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from finrisk.settings import POD_KEYS, Settings
from tests.grounds.markdown import PAGES, anchors, fences, headings, links, name, names, table, tables
from tests.grounds.repository import DOCS, REPOSITORY, ROLE

PLAYBOOKS = sorted(path.stem for path in (REPOSITORY / "playbooks").glob("*.yml"))
MODULES = sorted(path.stem for path in (ROLE / "library").glob("*.py"))
TARGETS = re.findall(r"^([a-z-]+):.*## ", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
_ENVIRONMENT = re.compile(r"lookup\('ansible\.builtin\.env', '(\w+)'\)(?: \| default\((.+?), true\))?")
_OTHER_VARIABLE = re.compile(r"\{\{ (\w+) \}\}")
NO_VARIABLE = {"finrisk_rules", "finrisk_ops", "finrisk_user", "finrisk_db"}
"""Names of packages and of the database that look like a variable."""


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


SPECS: dict[str, dict[str, Any]] = {
    entry: spec["options"]
    for entry, spec in yaml_of(ROLE / "meta" / "argument_specs.yml")["argument_specs"].items()
}
DEFAULTS: dict[str, Any] = yaml_of(ROLE / "defaults" / "main.yml")


def shown(value: object) -> str:
    """Return a value as the tables write it."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "empty"
    return "empty" if value is None or value in ("", {}) else str(value)


def default_of(variable: str) -> tuple[str, str] | None:
    """Return a variable's default and environment name; None when the default is worked out."""
    if variable not in DEFAULTS:
        return "required", ""
    value = DEFAULTS[variable]
    if isinstance(value, str) and (found := _ENVIRONMENT.search(value)):
        default = (found[2] or "").strip("'")
        return None if "~" in default else (default or "empty", found[1])
    if isinstance(value, str) and (other := _OTHER_VARIABLE.fullmatch(value)):
        return other[1], ""
    if isinstance(value, str) and "{{" in value:
        return None
    items = value if isinstance(value, list) else [value]
    deep = any(isinstance(each, dict) for each in items)
    return None if deep and value else (shown(value), "")


@cache
def settings_rows() -> dict[str, dict[str, str]]:
    held = table(DOCS / "settings.md", "Every key", "key")
    return dict(zip(names(held), held.rows, strict=True))


@cache
def settings_variables() -> frozenset[str]:
    return frozenset(name(row["inventory variable"]) for row in settings_rows().values()) - {"none"}


@cache
def variable_rows() -> dict[str, list[dict[str, str]]]:
    """Return the rows of docs/playbooks.md that are about each playbook's variables."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for held in tables(DOCS / "playbooks.md"):
        if held.columns[0] != "variable":
            continue
        for row in held.rows:
            for playbook in row.get("playbooks", name(held.section).removesuffix(".yml")).split(", "):
                found[playbook].append(row)
    return found


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert sorted(settings_rows()) == sorted(key.upper() for key in Settings.model_fields)


def test_the_documented_defaults_of_the_settings_are_theirs() -> None:
    documented = {key: row["default"] for key, row in settings_rows().items()}
    assert documented == {key.upper(): shown(field.default) for key, field in Settings.model_fields.items()}


def test_each_setting_names_the_template_and_the_variable_that_write_it() -> None:
    templates = {"configmap": "ConfigMap", "secret": "Secret", "credentials": "credentials"}
    expected = dict.fromkeys(POD_KEYS, "the process itself")
    for file, word in templates.items():
        text = (REPOSITORY / "templates" / f"{file}.yml.j2").read_text("utf-8")
        for key, variable in re.findall(r"^  ([A-Z_]+): (?:\{\{ (\w+))?", text, re.MULTILINE):
            expected[key] = word
            if word == "ConfigMap":
                assert name(settings_rows()[key]["inventory variable"]) == (variable or "none"), key
    for key, value in yaml_of(ROLE / "vars" / "main.yml")["__finrisk_credentials"].items():
        assert name(settings_rows()[key]["inventory variable"]) in value, key
    assert {key: row["written by"] for key, row in settings_rows().items()} == expected
    assert settings_variables() <= DEFAULTS.keys()


def test_every_playbook_has_its_section_and_the_reverse() -> None:
    sections = [
        name(each).removesuffix(".yml") for each in headings(DOCS / "playbooks.md") if ".yml`" in each
    ]
    assert sorted(sections) == PLAYBOOKS
    assert sorted(SPECS) == PLAYBOOKS


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_playbook_documents_exactly_its_variables(playbook: str) -> None:
    documented = [name(row["variable"]) for row in variable_rows()[playbook]]
    assert sorted(documented) == sorted(SPECS[playbook].keys() - settings_variables())


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_documented_defaults_and_environment_names_are_those_of_the_role(playbook: str) -> None:
    read = (ROLE / "tasks" / f"{playbook}.yml", ROLE / "vars" / "main.yml")
    tasks = "".join(path.read_text("utf-8") for path in read)
    for row in variable_rows()[playbook]:
        found, environment = default_of(name(row["variable"])), name(row["environment"])
        if found:
            assert row["default"] == found[0], row
        given = found[1] if found else environment
        assert environment == given or f"'{environment}'" in tasks, row
        if environment:
            sources = (ROLE / "defaults" / "main.yml").read_text("utf-8") + tasks
            assert f"'{environment}'" in sources, row


def test_the_environment_names_of_the_settings_are_documented() -> None:
    text = (DOCS / "playbooks.md").read_text("utf-8")
    expected = {
        (variable, found[1])
        for variable in settings_variables() - {"finrisk_var_dir"}
        if (found := default_of(variable)) and found[1]
    }
    assert set(re.findall(r"`(finrisk_\w+)` \(`(\w+)`\)", text)) == expected


def test_every_make_target_is_documented_and_the_reverse() -> None:
    documented = names(table(DOCS / "playbooks.md", "Make targets", "target"))
    assert sorted(documented) == sorted(f"make {target}" for target in TARGETS)


def test_every_direct_dependency_says_why_it_is_here_and_the_reverse() -> None:
    wanted = {
        (re.split(r"[\[<>=~! ]", line)[0], path.stem)
        for path in (REPOSITORY / "requirements").glob("*.in")
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith(("#", "-r"))
    }
    held = table(DOCS / "architecture.md", "Dependencies, and why", "package")
    assert {(name(row["package"]), row["in"]) for row in held.rows} <= wanted
    assert set(names(held)) == {package for package, _ in wanted}
    assert all(row["why"] for row in held.rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        target, _, anchor = link.partition("#")
        path = (page.parent / target) if target else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_names_what_there_is(page: Path) -> None:
    text = fences(page) + "\n" + "\n".join(re.findall(r"`([^`\n]+)`", page.read_text("utf-8")))
    called = re.findall(r"(?:^|[\s(`$])make (?:-s )?(?!it with)([a-z][a-z-]*)\b(?!=)", text)
    assert set(called) <= set(TARGETS)
    assert set(re.findall(r"playbooks/(\w+)\.yml", text)) <= set(PLAYBOOKS)
    for inventory in re.findall(r"-i (inventory/\w+)", text):
        assert (REPOSITORY / inventory).is_dir(), inventory


def test_the_timer_runs_what_there_is() -> None:
    text = (REPOSITORY / "ops" / "finrisk-act.service").read_text("utf-8")
    [command] = re.findall(r"^ExecStart=/srv/finrisk/[.]venv/bin/ansible-playbook (.*)$", text, re.MULTILINE)
    _, inventory, playbook, _, variable = command.split()
    assert (REPOSITORY / inventory).is_dir()
    assert (REPOSITORY / playbook).is_file()
    assert variable.partition("=")[0] in SPECS["evaluate"]
    assert "KillMode=process" in text  # else the service that a rollback starts ends with the unit
    assert (REPOSITORY / "ops" / "finrisk-act.timer").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_of_ours_is_known(page: Path) -> None:
    inventories = [key for path in (REPOSITORY / "inventory").rglob("finrisk/*.yml") for key in yaml_of(path)]
    options = [option for spec in SPECS.values() for option in spec]
    metrics = (REPOSITORY / "app" / "finrisk" / "metrics.py").read_text("utf-8")
    known = {
        *inventories,
        *options,
        *DEFAULTS,
        *MODULES,
        *NO_VARIABLE,
        *re.findall(r'"(finrisk_\w+)"', metrics),
    }
    found = set(re.findall(r"(?<![\w./])finrisk_[a-z0-9_]+(?![\w*])", page.read_text("utf-8")))
    assert {each for each in found if not each.endswith("_")} - known == set()
