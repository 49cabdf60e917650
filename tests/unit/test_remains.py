"""What a killed run left of its modules goes with the next run; what others may need stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from ansible.plugins.loader import callback_loader

from tests.grounds.repository import REPOSITORY, ROLE

HOUR = 3600
MODULE = "AnsiballZ_finrisk_release.py"


@pytest.fixture
def remains(tmp_path: Path) -> Path:
    """A folder of Ansible's with modules of two hours ago, of now and of others."""
    for name, file, hours in (
        ("old", MODULE, 2),
        ("new", MODULE, 0),
        ("others", "AnsiballZ_setup.py", 2),
        ("both", MODULE, 2),
        ("empty", "", 2),
    ):
        folder = tmp_path / f"ansible-tmp-{name}"
        folder.mkdir()
        if file:
            (folder / file).write_text("frk_key")
        if name == "both":
            (folder / "source").touch()
        os.utime(folder, (time.time() - hours * HOUR,) * 2)
    (tmp_path / "ansible-tmp-link").symlink_to(tmp_path / "ansible-tmp-both")
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name.removeprefix("ansible-tmp-") for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("playbook", "gone"),
    [(REPOSITORY / "playbooks" / "rollback.yml", {"old"}), (Path("/srv/own.yml"), set[str]())],
)
def test_modules_of_a_killed_run_go_before_the_first_play_of_ours(
    remains: Path, playbook: Path, gone: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_REMOTE_TEMP", str(remains))
    callback_loader.add_directory(str(ROLE / "callback_plugins"))
    before = names(remains)

    class Playbook:
        _file_name = str(playbook)

    callback_loader.get("finrisk_remains").v2_playbook_on_start(Playbook())
    assert names(remains) == before - gone
