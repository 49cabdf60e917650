"""The variables of the role: one meaning each, secrets marked as such, defaults written once."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from finrisk_ops.errors import FinriskError
from finrisk_ops.options import rollout_timeout, target
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


def _guard() -> ModuleType:
    spec = spec_from_file_location("finrisk_variables", ROLE / "action_plugins" / "finrisk_variables.py")
    assert spec
    assert spec.loader
    module = sys.modules["finrisk_variables"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


guard = _guard()


def complaints(
    *extra: str, of: str = "", environment: dict[str, str] | None = None, **variables: object
) -> list[str]:
    """What the first step of playbooks says of arguments of -e, the environment, and an inventory."""
    given = {name: value for each in extra if each[0] != "{" for name, value in guard.parse_kv(each).items()}
    said = guard.Given(given | variables, extra, environment or {}, given, of.split())
    return list(guard.complaints(guard.known(ROLE), said))


def wrong_numbers(**variables: object) -> list[str]:
    """What it says of numbers."""
    known = guard.known(ROLE)
    named = [(name, value) for name, value in variables.items() if name in known.numbers]
    return list(guard.wrong_numbers(known, named))


@pytest.mark.parametrize(
    "playbook", sorted((REPOSITORY / "playbooks").glob("*.yml")), ids=lambda path: path.stem
)
def test_every_playbook_begins_with_a_look_at_what_was_set(playbook: Path) -> None:
    (play,) = yaml_of(playbook)
    first = play["tasks"][0]
    assert "finrisk_variables" in first
    assert first["tags"] == ["always"]


def test_nothing_of_the_role_or_of_a_shipped_inventory_is_refused() -> None:
    specified: dict[str, Any] = {name: "{{ x }}" for options in SPECS.values() for name in options}
    assert complaints(**DEFAULTS) == complaints(**specified) == []
    for environment in ENVIRONMENTS:
        for file in (REPOSITORY / "inventory" / environment / "group_vars" / "finrisk").glob("*.yml"):
            assert complaints(**yaml_of(file)) == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("finrisk_max_csot=20", "finrisk_max_cost"),
        ("FINRISK_MAX_COST=20", "finrisk_max_cost"),
        ("ab_ratio=25", "finrisk_ab_ratio"),
        ("finrsk_model=x", "finrisk_model"),
        ("finrisk-why=x", "finrisk_why"),
        ('{"finrisk_conform": "production"}', "finrisk_confirm"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_known_one(given: str, meant: str) -> None:
    (said,) = complaints(given)
    assert said.endswith(f"(did you mean {meant}?)")


def test_a_variable_of_another_playbook_is_refused_and_who_reads_it_is_said() -> None:
    assert complaints("finrisk_ab_ratio=50", of="rollback") == [
        "rollback.yml does not read finrisk_ab_ratio: deploy.yml does. Leave it out here"
    ]
    assert complaints("finrisk_min_examples=5", of="prepare") == [
        "prepare.yml does not read finrisk_min_examples: export.yml does. Leave it out here, or write "
        "finrisk_max_examples, if that was meant"
    ]
    assert complaints("finrisk_document=x", of="site status") == [
        "site.yml and status.yml do not read finrisk_document: erase.yml does. Leave it out here"
    ]


def test_of_two_names_that_are_near_the_one_that_the_playbook_reads_is_named() -> None:
    (said,) = complaints("finrisk_documnts=x", of="erase")
    assert said == "nothing reads finrisk_documnts (did you mean finrisk_document?)"
    (said,) = complaints("finrisk_ab_ration=5", of="rollback")
    assert said == "nothing reads finrisk_ab_ration (did you mean finrisk_ab_ratio, which deploy.yml reads?)"


def test_what_an_inventory_a_file_or_another_playbook_of_the_command_is_for_passes() -> None:
    assert complaints(of="rollback", finrisk_ab_ratio="50") == []
    assert complaints("@every.yml", of="rollback", finrisk_ab_ratio="50") == []
    assert complaints("finrisk_ab_ratio=50", of="site deploy") == []
    assert complaints("finrisk_ab_ratio=50", of="ours") == []


@pytest.mark.parametrize("playbook", SPECS)
def test_what_a_playbook_reads_passes_by_hand(playbook: str) -> None:
    given = (f"{name}=" for name in (*SPECS[playbook], "finrisk_format"))
    assert [each for each in complaints(*given, of=playbook) if "does not read" in each] == []


def test_what_stands_in_a_value_is_read_too() -> None:
    assert complaints("finrisk_namespace=x", of="prepare") != []
    own: dict[str, Any] = {"finrisk_output_dir": "/srv/{{ finrisk_namespace }}"}
    assert complaints("finrisk_namespace=x", of="prepare", **own) == []
    assert complaints("finrisk_margins=x", of="status") == []  # by way of __finrisk_gate_rules
    assert complaints("finrisk_gemini_api_key=x", of="evaluate") == []  # in a file of tasks that it imports
    assert complaints("finrisk_approval=x", of="evaluate") == []  # in one that it includes where it acts


def test_an_inventorys_own_variables_pass_unless_they_look_like_ours() -> None:
    assert complaints(region="x", __finrisk_sandbox={}, ansible_user="x") == []
    (said,) = complaints(finrisk_colour="x")
    assert said == f"nothing reads finrisk_colour: {guard.PAGES}"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("finrisk_why=a b", "a"),
        ("finrisk_why=step 25 for the test, ticket=RISK-4711", "step"),
        ("finrisk_why=ticket a=b and more", "ticket"),
    ],
)
def test_a_value_that_ansible_cuts_at_a_blank_is_refused_and_the_line_that_is_told_works(
    given: str, left: str
) -> None:
    said, *_ = complaints(given)
    assert f"{left!r} is all that Ansible took of it" in said
    told = said.partition(" Write -e '")[2].removesuffix("'")
    assert complaints(told) == []
    assert guard.parse_kv(told) == {"finrisk_why": given.partition("=")[2]}


@pytest.mark.parametrize(
    "given",
    [
        "finrisk_ab_ratio=25 finrisk_why=a b",
        "finrisk_why=a b finrisk_ab_ratio=25",
        "finrisk_ab_ratio=25 finrisk_why=a b ansible_user=c",
    ],
)
def test_of_several_variables_the_one_that_was_cut_is_named(given: str) -> None:
    (said,) = complaints(given)
    assert said.startswith("-e finrisk_why was cut at a blank: 'a' is all")
    assert said.endswith("""Write -e 'finrisk_why="a b"'""")


@pytest.mark.parametrize(
    "given",
    [
        '{"finrisk_why": "a b"}',
        'finrisk_why="a b"',
        "finrisk_why='a b'",
        "finrisk_why=a finrisk_next=true",
        "@a file.yml",
        "finrisk_model=a ansible_user=b",
        "finrisk_ab_ratio=25 region=eu",
        "finrisk_ab_ratio=25 ansible_user=b c",
    ],
)
def test_a_whole_value_passes(given: str) -> None:
    assert complaints(given) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("FINRISK_AB_RATIO", "FINRISK_AB_RATIO of the environment is not read: use -e finrisk_ab_ratio=..."),
        (
            "FINRISK_VAR_DRI",
            "nothing reads FINRISK_VAR_DRI of the environment (did you mean FINRISK_VAR_DIR?)",
        ),
        (
            "FINRISK_MIN_EXAMPLES",
            "nothing reads FINRISK_MIN_EXAMPLES of the environment (did you mean MIN_EXAMPLES?)",
        ),
    ],
)
def test_the_environment_is_held_to_the_same(name: str, said: str) -> None:
    assert complaints(environment={name: "x"}) == [said]


def test_names_of_the_environment_that_something_else_reads_pass() -> None:
    names = (
        "FINRISK_VAR_DIR",
        "FINRISK_API_KEY",
        "FINRISK_PG_BIN",
        "FINRISK_TEST_CLUSTER",
        "FINRISK_CLUSTER_INSTALL",
        "EPOCHS",
    )
    assert complaints(environment=dict.fromkeys(names, "x")) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("finrisk_format", "xml", "json or text"),
        ("finrisk_target", "kubernets", "kubernetes or process"),
        ("finrisk_log_level", "LOUD", "DEBUG or ERROR or INFO or WARNING"),
        ("finrisk_arm", "both", "nothing or base or tuned"),
    ],
)
def test_a_wrong_word_is_refused_by_every_playbook(name: str, value: str, words: str) -> None:
    assert complaints(f"{name}={value}") == [f"{name} is {value!r}: it takes {words}"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("finrisk_min_examples", "-5", "a whole number, 0 or more"),
        ("finrisk_min_examples", "2.5", "a whole number, 0 or more"),
        ("finrisk_min_quality", "1.5", "a number from 0 to 1"),
        ("finrisk_min_quality", "high", "a number from 0 to 1"),
        ("finrisk_max_cost", "nan", "a number, 0 or more"),
        ("finrisk_workers", 0, "a whole number, 1 or more"),
        ("finrisk_epochs", 101, "a whole number from 1 to 100"),
        ("finrisk_max_examples", True, "a whole number, 0 or more"),
    ],
)
def test_what_a_number_cannot_be_is_refused_with_what_it_can(name: str, value: object, expected: str) -> None:
    assert wrong_numbers(**{name: value}) == [f"{name} is {value!r}: expected {expected}"]


def test_numbers_within_their_range_pass_however_they_are_written() -> None:
    assert wrong_numbers(finrisk_min_quality="0", finrisk_max_cost=2.5, finrisk_min_examples="7") == []
    assert wrong_numbers(finrisk_min_quality=1, finrisk_epochs="100", finrisk_max_examples=None) == []
    assert set(guard.RANGES) <= set(guard.known(ROLE).numbers)
    defaults = {name: value for name, value in DEFAULTS.items() if "{{" not in str(value)}
    assert wrong_numbers(**defaults) == []


@pytest.mark.parametrize(
    "name", ["finrisk_enable_finetuning", "AB_TEST_TRAFFIC_SPLIT", "finrisk_finetuned_model_name"]
)
def test_what_only_a_release_writes_cannot_be_set(name: str) -> None:
    (said,) = complaints(f"{name}=1")
    assert said.startswith(f"{name} cannot be set: deploy and rollback alone write it.")


def test_the_old_spellings_of_the_ratio_are_refused() -> None:
    said = [*complaints("finrisk_ab_test_ratio=7"), *complaints(environment={"AB_TEST_FINETUNED_RATIO": "7"})]
    assert len(said) == 2
    assert all("use -e finrisk_ab_ratio=N" in each for each in said)


@pytest.mark.parametrize("value", ["\ufeffkey", "key\r", "key\n"])
def test_a_value_of_the_environment_with_what_nobody_sees_is_refused_and_not_shown(value: str) -> None:
    (said,) = complaints(environment={"USER_HASH_KEY": value, "HOME": value})
    assert said.startswith(
        "USER_HASH_KEY of the environment begins or ends with a character that nobody sees"
    )
    assert "key" not in said


def test_the_gate_is_overridden_by_hand_alone() -> None:
    assert complaints("finrisk_gate=override") == []
    (said,) = complaints(finrisk_gate="override")
    assert said.startswith("finrisk_gate is 'override' in the inventory: it is for one run, by -e alone")
    (said,) = complaints("finrisk_gate=advise", finrisk_gate="override")
    assert "by -e alone" in said
    assert complaints(finrisk_gate="require") == []


@pytest.mark.parametrize("name", ["finrisk_approvals", "finrisk_approvers"])
def test_who_has_to_agree_is_said_by_the_inventory_alone(name: str) -> None:
    assert complaints(environment={}, **{name: "1"}) == []
    (said,) = complaints(f"{name}=0")
    assert said.startswith(f"{name} is given by -e: the inventory alone says who has to agree")
    (said,) = complaints(f"__{name}=0")
    assert said.startswith(f"__{name} is given by -e, and the role sets it")


@pytest.mark.parametrize(
    ("environment", "gate"), [("local", "advise"), ("staging", "require"), ("production", "require")]
)
def test_real_users_are_moved_on_evidence(environment: str, gate: str) -> None:
    given = yaml_of(REPOSITORY / "inventory" / environment / "group_vars" / "finrisk" / "main.yml")
    assert {**DEFAULTS, **given}["finrisk_gate"] == gate


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    ports = {"api_port": 8000, "ops_port": port}
    place = {"process": {"var_dir": "/nowhere", "repository": "/nowhere", **ports}, "kubernetes": None}
    with pytest.raises(FinriskError, match=rf"finrisk_ops_port is {port}: expected a port, 1 to 65535"):
        target({"place": place})


def test_a_roll_out_without_any_time_is_refused() -> None:
    assert rollout_timeout({"timeout": 1}) == 1
    for seconds in (0, -5):
        with pytest.raises(FinriskError, match=f"finrisk_rollout_timeout is {seconds}: expected 1 second"):
            rollout_timeout({"timeout": seconds})
