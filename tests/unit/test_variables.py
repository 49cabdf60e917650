"""The variables of the role: one meaning each, secrets marked as such, defaults written once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grounds.repository import REPOSITORY, ROLE

ENVIRONMENTS = ("local", "cluster", "staging", "production")
SECRET = re.compile(r"finrisk_(\w+_key|\w*password|database_url)")
NO_SECRET = {"finrisk_require_api_key"}
"""Named like a secret, and none."""
STRICTNESS = {"required", "choices"}
"""One playbook may ask more of a variable than another: a rollback takes what tune refuses."""


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


SPECS: dict[str, dict[str, dict[str, Any]]] = {
    playbook: entry["options"]
    for playbook, entry in yaml_of(ROLE / "meta" / "argument_specs.yml")["argument_specs"].items()
}
DEFAULTS: dict[str, Any] = yaml_of(ROLE / "defaults" / "main.yml")


def test_a_variable_means_the_same_in_every_playbook() -> None:
    meanings: dict[str, dict[str, Any]] = {}
    for options in SPECS.values():
        for name, option in options.items():
            meaning = {key: value for key, value in option.items() if key not in STRICTNESS}
            assert meanings.setdefault(name, meaning) == meaning, name


def test_no_option_replaces_one_of_its_group() -> None:
    """Ansible would warn of a duplicate key in every run."""
    specs = yaml.compose((ROLE / "meta" / "argument_specs.yml").read_text("utf-8"))
    assert specs
    mappings = [node for node in _nodes(specs) if isinstance(node, yaml.MappingNode)]
    for mapping in mappings:
        own = {key.value for key, _ in mapping.value}
        for group in (each for key, value in mapping.value if key.value == "<<" for each in _groups(value)):
            assert not own & {key.value for key, _ in group.value}
    assert any(key.value == "<<" for mapping in mappings for key, _ in mapping.value)


def _nodes(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    if isinstance(node, yaml.CollectionNode):
        for child in node.value:
            for each in child if isinstance(child, tuple) else (child,):
                yield from _nodes(each)


def _groups(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


@pytest.mark.parametrize("playbook", SPECS)
def test_every_secret_is_marked(playbook: str) -> None:
    options = SPECS[playbook]
    secrets = {name for name in options if SECRET.fullmatch(name)} - NO_SECRET
    assert {name for name, option in options.items() if option.get("no_log")} == secrets


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_inventory_says_only_what_differs_from_the_role(environment: str) -> None:
    given = yaml_of(REPOSITORY / "inventory" / environment / "group_vars" / "finrisk" / "main.yml")
    repeated = {name for name, value in given.items() if name in DEFAULTS and DEFAULTS[name] == value}
    assert repeated == set()
