"""A run that would reach nothing fails, and says what there is to reach."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY

NOTHING = "Nothing was changed"


def play(
    *arguments: str,
    folder: Path = REPOSITORY,
    playbooks: str = "playbooks",
    name: str = "rollback",
    **environment: str,
) -> Run:
    """Run a playbook as it is typed in a folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", f"{playbooks}/{name}.yml", *arguments],
        cwd=folder,
        env={**kept, "ANSIBLE_NOCOLOR": "1", "FINRISK_VAR_DIR": "/nowhere", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def without_the_group(tmp_path: Path) -> str:
    """An inventory in which the group finrisk has no host."""
    path = tmp_path / "hosts.yml"
    path.write_text("finrisk:\n  hosts: {}\nother:\n  hosts:\n    one: {}\n")
    return str(path)


def test_an_inventory_that_is_not_there_fails_with_those_that_are() -> None:
    runs = [
        play("-i", "inventory/stagin"),
        play("-i", "inventory/local", "-i", "inventory/stagin"),
        play(ANSIBLE_INVENTORY="inventory/stagin"),
    ]
    for run in runs:
        assert run.code == 1, run.output
        assert "there is no inventory inventory/stagin: this checkout has " in run.stderr
        for name in ("local", "production", "staging"):
            assert f"-i inventory/{name}" in run.stderr
        assert NOTHING in run.stderr


def test_an_inventory_in_which_no_host_is_meant_fails_too(without_the_group: str) -> None:
    for arguments in (["-i", without_the_group], ["-i", without_the_group, "--limit", "one"]):
        run = play(*arguments)
        assert run.code == 1, run.output
        assert f"no host of the group finrisk is in {without_the_group}" in run.stderr
        assert "-i inventory/local" in run.stderr
    assert play("-i", "inventory/local", "--limit", "stagin").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tags", "plan"], "no step of rollback.yml has the tag plan: its tags are none"),
        (["--start-at-task", "Relese*"], "no step of rollback.yml is called 'Relese*'"),
    ],
)
def test_a_run_without_a_step_fails(arguments: list[str], said: str) -> None:
    run = play(*arguments)
    assert run.code == 1, run.output
    assert said in run.stderr


def test_files_of_variables_that_are_no_yaml_are_named_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("finrisk:\n  hosts: {one: {ansible_connection: local}}\n")
    folder = tmp_path / "group_vars" / "finrisk"
    folder.mkdir(parents=True)
    (folder / "fine.yml").write_text("secret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n")
    said = {
        "one: 1\n\ttwo: 2\n": "is no YAML: line 2: a tab, where YAML takes blanks",
        "one: [1\ntwo: 2\n": "is no YAML: line 2: did not find expected ',' or ']'",
        'one: "1\n': "is no YAML: line 2: found unexpected end of stream",
        "one: {{ two }}\n": "is no YAML: line 1: found unhashable key",
        "one: 1\ntwo: café\n": "is no text in UTF-8: line 2: incomplete UTF-8 octet sequence",
    }
    for number, written in enumerate(said):
        (folder / f"{number}.yml").write_text(written, "latin-1")
    run = play("-i", str(tmp_path))
    assert run.code == 1, run.output
    for number, words in enumerate(said.values()):
        assert f"{folder / f'{number}.yml'} {words}" in run.stderr
    assert "fine.yml" not in run.stderr
    assert NOTHING in run.stderr


def test_from_another_folder_it_says_which_configuration_is_missing_and_with_it_it_works(
    tmp_path: Path,
) -> None:
    where = str(REPOSITORY / "playbooks")
    run = play("-i", str(REPOSITORY / "inventory" / "local"), folder=tmp_path, playbooks=where, name="status")
    assert run.code == 1, run.output
    assert f"{REPOSITORY / 'ansible.cfg'} is not in use" in run.stderr
    config = run.stderr.partition("ANSIBLE_CONFIG=")[2].split(" before it")[0]
    run = play(folder=tmp_path, playbooks=where, name="status", ANSIBLE_CONFIG=config)
    assert run.code == 0, run.output
    assert "Findings" in run.stdout


def test_a_site_names_the_one_thing_that_its_cluster_lacks() -> None:
    given: dict[str, Any] = {
        "POSTGRES_PASSWORD": "canary",
        "USER_HASH_KEY": "ab" * 32,
        "KUBECONFIG": "/nowhere",
    }
    run = play("-i", "inventory/staging", name="site", **given)
    assert "there is no kubeconfig with a context at /nowhere" in run.stderr
    for name in ("POSTGRES_PASSWORD", "USER_HASH_KEY"):
        run = play("-i", "inventory/staging", name="site", **given | {name: ""})
        assert run.code == 2, run.output
        assert f"Check what a cluster needs: {name} is empty in this shell" in run.stderr
        assert run.stderr.count("is empty") == 1
        assert "canary" not in run.output
