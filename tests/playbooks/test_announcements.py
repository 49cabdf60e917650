"""Every playbook of the loop: --check --diff announces what a run does, and a second run does nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grounds.machine import Machine, own_machine

LOOP: tuple[tuple[str, list[str]], ...] = (
    ("site", []),
    ("ingest", []),
    ("export", []),
    ("prepare", []),
    ("tune", []),
    ("deploy", ["-e", "finrisk_ab_ratio=50"]),
    ("rollback", []),
)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with own_machine() as held:
        yield held


@pytest.mark.parametrize(("name", "arguments"), LOOP, ids=[name for name, _ in LOOP])
def test_a_check_announces_the_run_and_a_second_run_changes_nothing(
    machine: Machine, name: str, arguments: list[str]
) -> None:
    """In the order of the loop: each playbook stands on what the one before it did."""
    if name == "export":
        machine.collect(150)
    announced = machine.playbook(name, "--check", "--diff", *arguments)
    done = machine.playbook(name, *arguments)
    assert announced == done
    assert done[0] > 0
    assert machine.playbook(name, *arguments) == (0, [])
    assert machine.playbook(name, "--check", "--diff", *arguments) == (0, [])
