"""``--check`` and ``status.yml`` write nothing: no run state, nothing beside the datasets, no inventory."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from finrisk_ops.process import gunicorn
from sandbox.connection import free_ports
from tests.grounds import disks
from tests.grounds.playground import Playground, connection_of_service
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert, row
from tests.grounds.tuning import options, submit, tuned_model
from tests.grounds.wire import wire

IMAGE = "registry.example.com/finrisk/finrisk-api:0.2.0"
STATE = ("var", "training_data", "inventory")
LIVE = ("var/gemini", "var/journal", "var/logs", "var/metrics")
"""What simulator and service write while they run; that no playbook does, the second test shows."""

RUNS = {
    "a first site": "site --check -e finrisk_var_dir={folder}/var/first",
    "a site with other settings": "site --check -e finrisk_max_output_tokens=999",
    "a site with other keys": 'site --check -e {{"finrisk_client_keys":[]}}',
    "ingest": "ingest --check -e finrisk_documents={folder}/filings",
    "export": "export --check",
    "a first export": "export --check -e finrisk_output_dir={folder}/training_data/first",
    "prepare": "prepare --check -e finrisk_train_split=0.7",
    "tune": "tune --check -e finrisk_epochs=3",
    "a job to cancel": "tune --check -e finrisk_tune_cancel=true",
    "deploy": "deploy --check -e finrisk_ab_ratio=50",
    "promote": "promote --check -e finrisk_promote_file={folder}/inventory/next.yml",
    "rollback": "rollback --check",
    "erase": "erase --check -e finrisk_document=corvane-2025",
    "status": "status",
}


@dataclass(frozen=True)
class World:
    """A running environment in which every playbook would have something to do."""

    playground: Playground

    def run(self, line: str) -> Run:
        """Run a playbook on the world's own inventory."""
        folder = self.playground.folder
        playbook, *arguments = line.format(folder=folder).split()
        return self.playground.run(playbook, "-i", f"{folder}/inventory/local", "--diff", *arguments)

    def run_all(self) -> Mapping[str, Run]:
        """Run every playbook, two at a time: what writes nothing disturbs nobody."""
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(RUNS, pool.map(self.run, RUNS.values()), strict=True))

    def tree(self) -> dict[str, tuple[object, ...]]:
        """Mode, length, time and content of every entry that no running program writes."""
        folder = self.playground.folder
        paths = [path for name in STATE for path in (folder / name, *(folder / name).rglob("*"))]
        named = {str(path.relative_to(folder)): path for path in paths}
        return {name: entry(path) for name, path in named.items() if not name.startswith(LIVE)}


def failures(runs: Mapping[str, Run]) -> dict[str, list[str]]:
    """Return what the runs that failed say of it."""
    return {
        name: [line for line in run.output.splitlines() if line.startswith("local: ")] or [run.output]
        for name, run in runs.items()
        if run.code
    }


def entry(path: Path) -> tuple[object, ...]:
    there = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    link = os.readlink(path) if path.is_symlink() else ""
    return oct(there.st_mode), there.st_size, there.st_mtime_ns, content, link


@pytest.fixture(scope="module")
def world(new_database: Callable[[bool], str]) -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="finrisk-check-"))
    playground = Playground(folder)
    shutil.copytree(REPOSITORY / "inventory", folder / "inventory")
    (folder / "filings").mkdir()
    (folder / "filings" / "page.md").write_text("# Corvane Bank\nThe ratio fell to 118 % in 2024.")
    api, ops = free_ports(0, 0)
    database_url = new_database(True)
    with wire(folder / "var") as ground:
        playground.sandbox(**connection_of_service(ground, database_url, api, ops))
        (folder / "var" / "first").mkdir()  # another environment, of which there is only the sandbox
        shutil.copy(folder / "var" / "sandbox.json", folder / "var" / "first")
        try:
            insert(database_url, 120)
            tuned_model(ground, folder / "training_data", database_url)
            ours = f"-e finrisk_image={IMAGE}"
            for line in (f"site {ours}", f"deploy -e finrisk_ab_ratio=25 {ours}", "export"):
                done = playground.run(*line.split())
                assert done.code == 0, done.output
            insert(database_url, 0, row(120, sources=[{"document_id": "corvane-2025"}]))
            ground.fault(kind="job_slow", seconds=3600, times=1)
            slow = submit(options(ground, folder / "training_data", database_url, epochs=4))
            assert slow["job"]["state"] == "CREATING"
            yield World(playground)
        finally:
            gunicorn.stop(gunicorn.Place(folder / "var", REPOSITORY, api, ops))
    shutil.rmtree(folder, ignore_errors=True)


def test_what_only_looks_leaves_no_trace(world: World) -> None:
    before = world.tree()
    runs = world.run_all()
    after = world.tree()
    assert {name: after.get(name) for name in {*before, *after} if before.get(name) != after.get(name)} == {}
    assert failures(runs) == {}
    idle = [name for name, run in runs.items() if not run.changed]
    assert idle == ["status"], "what has nothing to do would write nothing anyway"


def test_what_only_looks_needs_no_folder_that_it_may_write_to(world: World) -> None:
    """Nor does it write where the running service does, which the first test has to leave out."""
    folder = world.playground.folder
    before = disks.read_only(*(folder / name for name in STATE))
    for name in STATE:
        probe = disks.run([*before, "touch", str(folder / name / "probe")])
        assert "Read-only file system" in probe.stderr, "or the test would prove nothing"
    runs = World(replace(world.playground, before=before)).run_all()
    assert failures(runs) == {}
