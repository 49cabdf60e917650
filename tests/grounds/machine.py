"""A sandbox of one's own on this machine, and the playbooks on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from sandbox.analysts import Analysts, Reply, strategies_of
from sandbox.samples import strategies
from tests.grounds import packages
from tests.grounds.checkout import own_ports
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until


class Machine:
    """A sandbox in a folder, with the environment of an operator's shell."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "FINRISK_VAR_DIR": str(folder / "var"),
            "OUTPUT_DIR": str(folder / "training_data"),
            "MIN_EXAMPLES": "100",
            **{name: os.environ[name] for name in packages.INHERITED if name in os.environ},
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
        analysts = Analysts(service["api_url"], held["api_key"])
        asked = [
            {**each, "question_scoped": each["strategy"], "gold_doc_ids": each["expects"]}
            for each in strategies()
        ]
        replies = analysts.ask_all(strategies_of(asked)[: examples * 2], lambda _: None)
        assert {reply.status for reply in replies} == {200}
        until(lambda: _stored(held["database_url"]) == (len(replies), sum(map(_is_rated, replies))))


def _is_rated(reply: Reply) -> bool:
    return reply.rating is not None


def _stored(database_url: str) -> tuple[int, int]:
    """How many answers and how many ratings have reached the database."""
    with psycopg.connect(database_url) as connection:
        [stored] = connection.execute(
            "select (select count(*) from analyses), (select count(*) from feedback)"
        ).fetchall()
    return stored[0], stored[1]


@contextmanager
def own_machine() -> Iterator[Machine]:
    """Lend one whose sandbox runs and has sample documents; all of it goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="finrisk-loop-"))
    folder.chmod(0o711)
    machine = Machine(folder)
    own_ports(machine.var)
    try:
        machine.module("sandbox", "up")
        machine.module("sandbox.samples", str(machine.var / "samples"))
        yield machine
    finally:
        machine.module("sandbox.demo", "--down")
        shutil.rmtree(folder, ignore_errors=True)
