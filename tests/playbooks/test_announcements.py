"""Every playbook of the loop: --check --diff announces what a run does, and a second run does nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grounds.checkout import own_ports
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY

LOOP: tuple[tuple[str, list[str]], ...] = (
    ("site", []),
    ("ingest", []),
    ("export", []),
    ("prepare", []),
    ("tune", []),
    ("deploy", ["-e", "finrisk_ab_ratio=50"]),
    ("rollback", []),
)


class Machine:
    """A sandbox of this file's own, and the playbooks on it."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "FINRISK_VAR_DIR": str(folder / "var"),
            "OUTPUT_DIR": str(folder / "training_data"),
            "MIN_EXAMPLES": "100",
        }
        self.var = folder / "var"

    def module(self, *arguments: str) -> None:
        command = [sys.executable, "-m", *arguments]
        subprocess.run(
            command, cwd=REPOSITORY, env=self.environment, check=True, capture_output=True, timeout=120
        )

    def playbook(self, name: str, *arguments: str) -> tuple[int, list[str]]:
        """Run it; the recap's changed count, and the names of the tasks that changed something."""
        done = subprocess.run(
            ["ansible-playbook", f"playbooks/{name}.yml", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        run = Run(done.returncode, done.stdout, done.stderr)
        return run.changed, run.changed_tasks

    def collect(self, examples: int) -> None:
        """Ask sample questions until so many pairs are kept."""
        held = json.loads((self.var / "sandbox.json").read_text())
        service = json.loads((self.var / "service.json").read_text())
        from sandbox.analysts import Analysts, strategies_of
        from sandbox.samples import strategies

        analysts = Analysts(service["api_url"], held["api_key"])
        asked = [
            {**each, "question_scoped": each["strategy"], "gold_doc_ids": each["expects"]}
            for each in strategies()
        ]
        replies = analysts.ask_all(strategies_of(asked)[: examples * 2], lambda _: None)
        assert {reply.status for reply in replies} == {200}
        time.sleep(1.5)  # the journal reaches the database


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="finrisk-loop-"))
    folder.chmod(0o711)
    held = Machine(folder)
    own_ports(held.var)
    try:
        held.module("sandbox", "up")
        held.module("sandbox.samples", str(held.var / "samples"))
        yield held
    finally:
        held.module("sandbox.demo", "--down")
        shutil.rmtree(folder, ignore_errors=True)


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
