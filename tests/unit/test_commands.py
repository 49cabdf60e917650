"""Commands that FinRisk prints run as they are printed."""

from __future__ import annotations

import re

import pytest
import yaml

from finrisk_ops.status import commands
from tests.grounds.repository import REPOSITORY

ROLE = REPOSITORY / "roles" / "finrisk"
CONFIRMATION = "confirm.yml"


def test_every_playbook_that_asks_for_a_confirmation_is_known() -> None:
    """One that asks with a condition does so for a variable that no printed command sets."""
    asking = {
        path.stem
        for path in (ROLE / "tasks").glob("*.yml")
        for task in yaml.safe_load(path.read_text("utf-8"))
        if task.get("ansible.builtin.import_tasks") == CONFIRMATION and "when" not in task
    }
    assert asking == set(commands.CONFIRMED)


@pytest.mark.parametrize(
    ("rest", "confirms", "ends"),
    [
        ("deploy.yml -e finrisk_next=true", True, "-e finrisk_next=true -e finrisk_confirm=production"),
        ("rollback.yml", True, "rollback.yml -e finrisk_confirm=production"),
        ("rollback.yml", False, "rollback.yml"),
        ("rollback.yml --check", True, "rollback.yml --check"),
        ("status.yml", True, "status.yml"),
    ],
)
def test_a_command_has_the_confirmation_where_it_is_asked_for(rest: str, confirms: bool, ends: str) -> None:
    play = commands.player({"environment": "production", "confirms": confirms})
    assert play(rest).startswith("ansible-playbook -i inventory/production playbooks/")
    assert play(rest).endswith(f" playbooks/{ends}" if ends.startswith(rest) else ends)


def test_one_place_writes_commands_so_that_none_lacks_inventory_or_confirmation() -> None:
    writers = {
        path.relative_to(ROLE).as_posix()
        for path in ROLE.rglob("*.py")
        if re.search(r"ansible-playbook +(-|playbooks|[\"'])", path.read_text("utf-8"))
        or "ansible-playbook {" in path.read_text("utf-8")
    }
    assert writers == {"module_utils/finrisk_ops/status/commands.py"}
