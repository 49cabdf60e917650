"""A playbook of the loop announces with --check --diff what a run does, and a second run does nothing.

deploy.yml and rollback.yml are held to it in test_deploy_rollback.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grounds.machine import Machine, own_machine

LOOP = ("site", "ingest", "export", "prepare", "tune")


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with own_machine() as held:
        yield held


@pytest.mark.parametrize("name", LOOP)
def test_a_check_announces_the_run_and_a_second_run_changes_nothing(machine: Machine, name: str) -> None:
    """In the order of the loop: each playbook stands on what the one before it did."""
    if name == "export":
        machine.collect(150)
    announced = machine.playbook(name, "--check", "--diff")
    done = machine.playbook(name)
    assert announced == done
    assert done[0] > 0
    assert machine.playbook(name) == (0, [])
    assert machine.playbook(name, "--check", "--diff") == (0, [])
